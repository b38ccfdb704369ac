import type { Metric } from '../core/metric.ts';
import { tokenCounts } from '../core/token-grid.ts';
import { tokenStatistics } from './parts/token-statistics.ts';

/** Share of the codebook that occurs, in percent. */
export default {
  unit: '%',
  better: 'neither',
  digits: 1,
  order: 70,
  alone: true,
  measure: ({ grid, codebookSize }) => 100 * tokenStatistics(tokenCounts(grid.tokens, codebookSize)).share,
} satisfies Metric;
