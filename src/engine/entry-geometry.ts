import type { Quantizer } from '../core/quantizer.ts';

const COMPONENTS = 3;
/** Larger codebooks are sampled for their principal components: this many entries, fewer where they are long. */
const MOST_ROWS = 8192;
const MOST_PRODUCTS = 2 ** 27;
const MOST_ROUNDS = 300;
const CLOSE = 1e-10;
/** Outliers (dead entries above all) are cut, so that they do not squeeze the others together. */
const CUT = 0.01;

/**
 * Positions of all entries on the first three principal components of the codebook, each scaled to [0, 1] from its 1st to
 * its 99th percentile: K × 3. The same codebook always gives the same numbers.
 */
export function entryGeometry(quantizer: Quantizer): Float32Array {
  const { codebookSize, entryDimension: d } = quantizer;
  const sample = sampleRows(quantizer);
  const mean = meanRow(sample, d);
  const axes = principalAxes(covariance(sample, mean, d), d);
  const geometry = new Float32Array(codebookSize * COMPONENTS);
  for (let token = 0; token < codebookSize; token++) {
    const entry = quantizer.entry(token);
    for (const [c, axis] of axes.entries()) {
      let sum = 0;
      for (let i = 0; i < d; i++) sum += (entry[i]! - mean[i]!) * axis[i]!;
      geometry[token * COMPONENTS + c] = sum;
    }
  }
  for (let c = 0; c < COMPONENTS; c++) scaleComponent(geometry, c);
  return geometry;
}

/** All entries, or scattered ones where there are many: every k-th would leave low bits of LFQ constant. */
function sampleRows({ codebookSize, entryDimension: d, entry }: Quantizer): Float32Array {
  const count = Math.min(codebookSize, MOST_ROWS, Math.max(1024, Math.floor(MOST_PRODUCTS / d ** 2)));
  const scatter = codebookSize > count ? 2_654_435_761 : 1;
  const rows = new Float32Array(count * d);
  for (let i = 0; i < count; i++) rows.set(entry((i * scatter) % codebookSize), i * d);
  return rows;
}

function meanRow(rows: Float32Array, d: number): Float64Array {
  const mean = new Float64Array(d);
  for (let i = 0; i < rows.length; i++) mean[i % d]! += rows[i]!;
  return mean.map((sum) => (sum * d) / rows.length);
}

function covariance(rows: Float32Array, mean: Float64Array, d: number): Float64Array {
  const matrix = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let at = 0; at < rows.length; at += d) {
    for (let i = 0; i < d; i++) centred[i] = rows[at + i]! - mean[i]!;
    for (let i = 0; i < d; i++) for (let j = 0; j <= i; j++) matrix[i * d + j]! += centred[i]! * centred[j]!;
  }
  for (let i = 0; i < d; i++) for (let j = 0; j < i; j++) matrix[j * d + i] = matrix[i * d + j]!;
  return matrix;
}

/** The eigenvectors of the largest eigenvalues by power iteration, each kept orthogonal to the ones before it. */
function principalAxes(matrix: Float64Array, d: number): Float64Array[] {
  const axes: Float64Array[] = [];
  for (let c = 0; c < Math.min(COMPONENTS, d); c++) axes.push(signed(iterate(matrix, d, axes)));
  return axes;
}

function iterate(matrix: Float64Array, d: number, before: readonly Float64Array[]): Float64Array {
  // No symmetry of a codebook is likely to be orthogonal to this.
  let axis = unitBeside(
    Float64Array.from({ length: d }, (_, i) => Math.cos(1 + i * (before.length + 1))),
    before,
  );
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const next = unitBeside(multiply(matrix, axis), before);
    const change = next.reduce((sum, value, i) => sum + (value - axis[i]!) ** 2, 0);
    axis = next;
    if (change < CLOSE ** 2) break;
  }
  return axis;
}

function multiply(matrix: Float64Array, vector: Float64Array): Float64Array {
  const d = vector.length;
  const product = new Float64Array(d);
  for (let i = 0; i < d; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += matrix[i * d + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

/** `vector` without its parts along `others`, at length one; zero where nothing is left. */
function unitBeside(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  for (const other of others) {
    const along = vector.reduce((sum, value, i) => sum + value * other[i]!, 0);
    for (let i = 0; i < vector.length; i++) vector[i]! -= along * other[i]!;
  }
  const length = Math.sqrt(vector.reduce((sum, value) => sum + value ** 2, 0));
  return length > 1e-30 ? vector.map((value) => value / length) : vector.fill(0);
}

/** An axis has no direction of its own: its largest component points up. */
function signed(axis: Float64Array): Float64Array {
  const largest = axis.reduce((best, value) => (Math.abs(value) > Math.abs(best) * (1 + 1e-9) ? value : best), 0);
  return largest < 0 ? axis.map((value) => -value) : axis;
}

function scaleComponent(geometry: Float32Array, c: number): void {
  const sorted = geometry.filter((_, i) => i % COMPONENTS === c).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))]!;
  const low = at(CUT);
  const span = at(1 - CUT) - low;
  for (let i = c; i < geometry.length; i += COMPONENTS) {
    geometry[i] = span > 0 ? Math.min(1, Math.max(0, (geometry[i]! - low) / span)) : 0.5;
  }
}
