import type { Picture } from './picture.ts';
import type { TokenGrid } from './token-grid.ts';

/** What a metric looks at. Source and reconstruction have the same size. */
export interface MetricSample {
  readonly source: Picture;
  readonly reconstruction: Picture;
  readonly grid: TokenGrid;
  readonly codebookSize: number;
  /** Frames of this size that the grid stands for, when it is part of a clip; else 1. */
  readonly frames?: number;
}

/** What a file in src/metrics exports by default; its file name is the metric's id, its words are in src/i18n. */
export interface Metric {
  readonly unit: '' | 'dB' | '%' | 'bits' | ': 1';
  readonly better: 'higher' | 'lower' | 'neither';
  readonly digits: number;
  /** Place in lists; smaller comes first. */
  readonly order: number;
  /** Tokens and the size of the picture are enough: tokens that came without a source have it too. */
  readonly alone?: true;
  /** `null` where the number is not defined for this sample (its definition says when). */
  measure(sample: MetricSample): number | null;
}

/** Values by metric id. */
export type Measures = Readonly<Record<string, number | null>>;

/** What is measured of one frame of a clip. */
export interface FrameMeasures {
  /** dB; Infinity for identical frames. */
  readonly psnr: number;
  readonly ssim: number | null;
  /** How much changed since the frame before where the source stood still; undefined for a first frame. */
  readonly still: StillChange | undefined;
}

/** Sums over the pixels of blocks in which the source is still, of absolute differences to the frame before (8-bit RGB, mean of the channels). */
export interface StillChange {
  readonly pixels: number;
  readonly source: number;
  readonly reconstruction: number;
}

/** What is known of one plane of a token volume. */
export interface PlaneFacts {
  /** Share of cells whose token is that of the plane before, 0 … 1; undefined for the first plane. */
  readonly stayed: number | undefined;
  /** Different entries among its tokens, and 2 to the power of the entropy of their frequencies. */
  readonly used: number;
  readonly perplexity: number;
}

/** What a metric of clips looks at. */
export interface ClipSample {
  readonly frames: readonly FrameMeasures[];
  readonly planes: readonly PlaneFacts[];
  /** The whole token volume. */
  readonly grid: TokenGrid;
  readonly codebookSize: number;
  /** Of a frame, pixels. */
  readonly height: number;
  readonly width: number;
}

/** What a file in src/metrics/clip exports by default; otherwise as `Metric`. */
export interface ClipMetric extends Omit<Metric, 'alone' | 'measure'> {
  measure(sample: ClipSample): number | null;
}
