import type { Metric } from '../core/metric.ts';
import { tokenCounts } from '../core/token-grid.ts';
import { tokenStatistics } from './parts/token-statistics.ts';

/** Entropy of the token frequencies, bits for one token. */
export default {
  unit: 'bits',
  better: 'neither',
  digits: 2,
  order: 100,
  alone: true,
  measure: ({ grid, codebookSize }) => tokenStatistics(tokenCounts(grid.tokens, codebookSize)).entropy,
} satisfies Metric;
