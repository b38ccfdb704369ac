import type { ClipMetric } from '../../core/metric.ts';
import { tokenBits } from '../parts/token-bits.ts';

const RGB_BITS = 24;

/** Bits of the 8-bit RGB frames over bits of all tokens; `null` where there is no source or the tokens take none. */
export default {
  unit: ': 1',
  better: 'higher',
  digits: 1,
  order: 60,
  measure(sample) {
    const bits = tokenBits(sample);
    return bits > 0 && sample.frames.length > 0 ? (RGB_BITS * sample.frames.length * sample.height * sample.width) / bits : null;
  },
} satisfies ClipMetric;
