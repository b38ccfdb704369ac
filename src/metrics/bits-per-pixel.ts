import type { Metric } from '../core/metric.ts';
import { tokenBits } from './parts/token-bits.ts';

/** Bits of the tokens for each pixel of the picture the model saw; of a clip's plane, for each pixel of its frames. */
export default {
  unit: '',
  better: 'lower',
  digits: 3,
  order: 40,
  alone: true,
  measure: (sample) => tokenBits(sample) / (sample.source.width * sample.source.height * (sample.frames ?? 1)),
} satisfies Metric;
