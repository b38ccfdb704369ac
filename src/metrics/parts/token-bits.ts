import type { MetricSample } from '../../core/metric.ts';
import { cellCount } from '../../core/token-grid.ts';

/** What the tokens take without further packing: cells × log2 of the codebook size. */
export function tokenBits({ grid, codebookSize }: Pick<MetricSample, 'grid' | 'codebookSize'>): number {
  return cellCount(grid.shape) * Math.log2(codebookSize);
}
