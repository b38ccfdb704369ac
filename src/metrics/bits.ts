import type { Metric } from '../core/metric.ts';
import { tokenBits } from './parts/token-bits.ts';

/** Cells × log2 of the codebook size. */
export default { unit: 'bits', better: 'lower', digits: 0, order: 60, alone: true, measure: tokenBits } satisfies Metric;
