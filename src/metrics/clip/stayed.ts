import type { ClipMetric } from '../../core/metric.ts';

/** Share of cells whose token is the same in the plane before, in percent; `null` for a single plane. */
export default {
  unit: '%',
  better: 'neither',
  digits: 1,
  order: 40,
  measure({ planes }) {
    const known = planes.flatMap(({ stayed }) => stayed ?? []);
    return known.length > 0 ? (100 * known.reduce((sum, share) => sum + share, 0)) / known.length : null;
  },
} satisfies ClipMetric;
