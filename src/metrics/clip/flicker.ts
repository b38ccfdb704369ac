import type { ClipMetric } from '../../core/metric.ts';

/** What rounding to 8 bits may hide of the source's own change: it counts as at least this many levels. */
const ROUNDING = 0.5;

/**
 * Mean absolute change from frame to frame of the reconstruction over that of the source, where the source stands still
 * (blocks of 8 × 8 that change by at most 2 levels of 255 in the mean). `null` where nothing stands still.
 */
export default {
  unit: '',
  better: 'lower',
  digits: 2,
  order: 30,
  measure({ frames }) {
    let pixels = 0;
    let source = 0;
    let reconstruction = 0;
    for (const { still } of frames) {
      pixels += still?.pixels ?? 0;
      source += still?.source ?? 0;
      reconstruction += still?.reconstruction ?? 0;
    }
    return pixels > 0 ? reconstruction / Math.max(source, ROUNDING * pixels) : null;
  },
} satisfies ClipMetric;
