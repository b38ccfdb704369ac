import type { Metric, MetricSample } from '../core/metric.ts';
import { halve, luma, type Plane } from './parts/luma.ts';
import { structure } from './parts/structure.ts';

/** Finest scale first (Wang et al. 2003, https://doi.org/10.1109/ACSSC.2003.1292216). */
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
/** The window of 11 pixels has to fit the coarsest scale. */
const LEAST_SIDE = 176;

/** SSIM over five scales; a negative factor counts as 0. `null` where a side is under 176 pixels. */
export default {
  unit: '',
  better: 'higher',
  digits: 4,
  order: 30,
  measure: ({ source, reconstruction }: MetricSample) =>
    Math.min(source.width, source.height) < LEAST_SIDE ? null : product(luma(source), luma(reconstruction)),
} satisfies Metric;

function product(a: Plane, b: Plane): number | null {
  let result = 1;
  let [planeA, planeB] = [a, b];
  for (const [scale, weight] of WEIGHTS.entries()) {
    const factors = structure(planeA, planeB);
    if (!factors) return null;
    const last = scale === WEIGHTS.length - 1;
    result *= Math.max(0, last ? factors.similarity : factors.contrast) ** weight;
    if (!last) [planeA, planeB] = [halve(planeA), halve(planeB)];
  }
  return result;
}
