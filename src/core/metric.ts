import type { Picture } from './picture.ts';
import type { TokenGrid } from './token-grid.ts';

/** What a metric looks at. Source and reconstruction have the same size. */
export interface MetricSample {
  readonly source: Picture;
  readonly reconstruction: Picture;
  readonly grid: TokenGrid;
  readonly codebookSize: number;
}

/** What a file in src/metrics exports by default; its file name is the metric's id, its words are in src/i18n. */
export interface Metric {
  readonly unit: '' | 'dB' | '%' | 'bits' | ': 1';
  readonly better: 'higher' | 'lower' | 'neither';
  readonly digits: number;
  /** Place in lists; smaller comes first. */
  readonly order: number;
  /** `null` where the number is not defined for this sample (its definition says when). */
  measure(sample: MetricSample): number | null;
}

/** Values by metric id. */
export type Measures = Readonly<Record<string, number | null>>;
