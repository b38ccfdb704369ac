import type { Metric } from '../core/metric.ts';
import { luma, type Plane } from './parts/luma.ts';

/** Mean gradient magnitude of the reconstruction over that of the source; `null` for a flat source. */
export default {
  unit: '',
  better: 'neither',
  digits: 2,
  order: 35,
  measure({ source, reconstruction }) {
    const gradient = meanGradient(luma(source));
    return gradient > 0 ? meanGradient(luma(reconstruction)) / gradient : null;
  },
} satisfies Metric;

/** Of the differences to the pixel on the right and the one below, where both exist. */
function meanGradient({ data, height, width }: Plane): number {
  let sum = 0;
  for (let y = 0; y < height - 1; y++) {
    for (let i = y * width; i < y * width + width - 1; i++) {
      sum += Math.sqrt((data[i + 1]! - data[i]!) ** 2 + (data[i + width]! - data[i]!) ** 2);
    }
  }
  return sum / Math.max(1, (height - 1) * (width - 1));
}
