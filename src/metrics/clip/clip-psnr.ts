import type { ClipMetric } from '../../core/metric.ts';

/** Mean of the frames' PSNR. Frames that came back identical (∞) count only when all did. */
export default {
  unit: 'dB',
  better: 'higher',
  digits: 2,
  order: 10,
  measure({ frames }) {
    if (frames.length === 0) return null;
    const finite = frames.map(({ psnr }) => psnr).filter(Number.isFinite);
    return finite.length > 0 ? finite.reduce((sum, psnr) => sum + psnr, 0) / finite.length : Number.POSITIVE_INFINITY;
  },
} satisfies ClipMetric;
