import type { Metric } from '../core/metric.ts';
import { tokenCounts } from '../core/token-grid.ts';
import { tokenStatistics } from './parts/token-statistics.ts';

/** How many different entries occur. */
export default {
  unit: '',
  better: 'neither',
  digits: 0,
  order: 80,
  alone: true,
  measure: ({ grid, codebookSize }) => tokenStatistics(tokenCounts(grid.tokens, codebookSize)).used,
} satisfies Metric;
