import type { Metric } from '../core/metric.ts';
import { tokenCounts } from '../core/token-grid.ts';
import { tokenStatistics } from './parts/token-statistics.ts';

/** 2 to the power of the entropy of the token frequencies. */
export default {
  unit: '',
  better: 'neither',
  digits: 1,
  order: 90,
  alone: true,
  measure: ({ grid, codebookSize }) => tokenStatistics(tokenCounts(grid.tokens, codebookSize)).perplexity,
} satisfies Metric;
