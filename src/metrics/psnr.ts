import type { Metric } from '../core/metric.ts';

/** 10 · log10(255² / MSE) over all red, green and blue values; Infinity for identical pictures. */
export default {
  unit: 'dB',
  better: 'higher',
  digits: 2,
  order: 10,
  measure({ source, reconstruction }) {
    const [a, b] = [source.data, reconstruction.data];
    let squares = 0;
    for (let i = 0; i < a.length; i += 4) {
      squares += (a[i]! - b[i]!) ** 2 + (a[i + 1]! - b[i + 1]!) ** 2 + (a[i + 2]! - b[i + 2]!) ** 2;
    }
    return 10 * Math.log10((255 * 255 * (a.length / 4) * 3) / squares);
  },
} satisfies Metric;
