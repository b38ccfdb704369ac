import type { Plane } from './luma.ts';

const SIDE = 11;
const SIGMA = 1.5;
const LUMINANCE_GUARD = (0.01 * 255) ** 2;
const CONTRAST_GUARD = (0.03 * 255) ** 2;
/** x, y, x², y², xy. */
const MOMENTS = 5;

const WINDOW = gaussian();

function gaussian(): Float64Array {
  const weights = Float64Array.from({ length: SIDE }, (_, i) => Math.exp(-((i - (SIDE - 1) / 2) ** 2) / (2 * SIGMA ** 2)));
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
}

/** Means over all windows that lie wholly inside: the whole index, and its contrast-and-structure factor alone. */
export interface Structure {
  readonly similarity: number;
  readonly contrast: number;
}

/**
 * Structural similarity (Wang et al. 2004, https://doi.org/10.1109/TIP.2003.819861): 11 × 11 Gaussian window, σ 1.5,
 * K1 0.01, K2 0.03, peak 255, population covariance. `undefined` where a side is shorter than the window.
 */
export function structure(a: Plane, b: Plane): Structure | undefined {
  const width = a.width - SIDE + 1;
  const height = a.height - SIDE + 1;
  if (width < 1 || height < 1) return undefined;
  const ring = Array.from({ length: SIDE }, () => new Float64Array(MOMENTS * width));
  const moments = new Float64Array(MOMENTS * width);
  let similarity = 0;
  let contrast = 0;
  for (let y = 0; y < a.height; y++) {
    blurRow(a, b, y, width, ring[y % SIDE]!);
    if (y < SIDE - 1) continue;
    blurColumns(ring, y, moments);
    for (let x = 0; x < width; x++) {
      const meanA = moments[x]!;
      const meanB = moments[width + x]!;
      const varianceA = moments[2 * width + x]! - meanA * meanA;
      const varianceB = moments[3 * width + x]! - meanB * meanB;
      const covariance = moments[4 * width + x]! - meanA * meanB;
      const factor = (2 * covariance + CONTRAST_GUARD) / (varianceA + varianceB + CONTRAST_GUARD);
      contrast += factor;
      similarity += (factor * (2 * meanA * meanB + LUMINANCE_GUARD)) / (meanA * meanA + meanB * meanB + LUMINANCE_GUARD);
    }
  }
  const windows = width * height;
  return { similarity: similarity / windows, contrast: contrast / windows };
}

/** The five moments of row `y`, weighted along the row. */
function blurRow(a: Plane, b: Plane, y: number, width: number, out: Float64Array): void {
  const start = y * a.width;
  for (let x = 0; x < width; x++) {
    let sumA = 0;
    let sumB = 0;
    let sumAA = 0;
    let sumBB = 0;
    let sumAB = 0;
    for (let k = 0; k < SIDE; k++) {
      const valueA = a.data[start + x + k]!;
      const valueB = b.data[start + x + k]!;
      const weightedA = WINDOW[k]! * valueA;
      const weightedB = WINDOW[k]! * valueB;
      sumA += weightedA;
      sumB += weightedB;
      sumAA += weightedA * valueA;
      sumBB += weightedB * valueB;
      sumAB += weightedA * valueB;
    }
    out[x] = sumA;
    out[width + x] = sumB;
    out[2 * width + x] = sumAA;
    out[3 * width + x] = sumBB;
    out[4 * width + x] = sumAB;
  }
}

/** The last rows up to `y`, weighted down the columns. */
function blurColumns(ring: readonly Float64Array[], y: number, out: Float64Array): void {
  out.fill(0);
  for (let k = 0; k < SIDE; k++) {
    const row = ring[(y + 1 + k) % SIDE]!;
    const weight = WINDOW[k]!;
    for (let i = 0; i < out.length; i++) out[i]! += weight * row[i]!;
  }
}
