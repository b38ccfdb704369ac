import type { Metric } from '../core/metric.ts';
import { tokenBits } from './parts/token-bits.ts';

const RGB_BITS = 24;

/** Bits of the 8-bit RGB picture over bits of the tokens; `null` where the tokens take none (one entry). */
export default {
  unit: ': 1',
  better: 'higher',
  digits: 1,
  order: 50,
  alone: true,
  measure(sample) {
    const bits = tokenBits(sample);
    return bits > 0 ? (RGB_BITS * sample.source.width * sample.source.height * (sample.frames ?? 1)) / bits : null;
  },
} satisfies Metric;
