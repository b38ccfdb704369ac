import type { Metric } from '../core/metric.ts';
import { luma } from './parts/luma.ts';
import { structure } from './parts/structure.ts';

/** Structural similarity on luma; `null` under 11 pixels a side. */
export default {
  unit: '',
  better: 'higher',
  digits: 4,
  order: 20,
  measure: ({ source, reconstruction }) => structure(luma(source), luma(reconstruction))?.similarity ?? null,
} satisfies Metric;
