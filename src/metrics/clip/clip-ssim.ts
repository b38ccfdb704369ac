import type { ClipMetric } from '../../core/metric.ts';

/** Mean of the frames' SSIM; `null` under 11 pixels a side. */
export default {
  unit: '',
  better: 'higher',
  digits: 4,
  order: 20,
  measure({ frames }) {
    const known = frames.flatMap(({ ssim }) => ssim ?? []);
    return known.length > 0 ? known.reduce((sum, ssim) => sum + ssim, 0) / known.length : null;
  },
} satisfies ClipMetric;
