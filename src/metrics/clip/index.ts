import type { ClipMetric, ClipSample, Measures } from '../../core/metric.ts';
import { shelf } from '../../core/shelf.ts';

/** All metrics of clips by id, which is the name of their file. */
export const clipMetrics = shelf(import.meta.glob<ClipMetric>(['./*.ts', '!./index.ts'], { eager: true, import: 'default' }));

/** Every number of the shelf. */
export function measureClip(sample: ClipSample): Measures {
  return Object.fromEntries(Object.entries(clipMetrics).map(([id, metric]) => [id, metric.measure(sample)]));
}
