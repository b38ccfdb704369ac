import type { ClipMetric } from '../../core/metric.ts';
import { tokenBits } from '../parts/token-bits.ts';

/** Bits of all tokens for each pixel of all frames; `null` where there is no source. */
export default {
  unit: '',
  better: 'lower',
  digits: 3,
  order: 50,
  measure: (sample) =>
    sample.frames.length > 0 ? tokenBits(sample) / (sample.frames.length * sample.height * sample.width) : null,
} satisfies ClipMetric;
