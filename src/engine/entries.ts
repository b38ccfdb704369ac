import type { Quantizer } from '../core/quantizer.ts';
import { smallest } from '../core/ranking.ts';

/** Entry vectors of a range, row by row. */
export function entryRows({ codebookSize, entryDimension, entry }: Quantizer, from: number, to: number): Float32Array {
  const first = Math.max(0, from);
  const end = Math.min(codebookSize, to);
  const rows = new Float32Array(Math.max(0, end - first) * entryDimension);
  for (let token = first; token < end; token++) rows.set(entry(token), (token - first) * entryDimension);
  return rows;
}

/** Distance of a latent vector to every entry. */
export function distanceRow(quantizer: Quantizer, latent: Float32Array): Float32Array {
  return Float32Array.from({ length: quantizer.codebookSize }, (_, token) => quantizer.distance(latent, token));
}

/** The `count` entries nearest to an entry, itself left out: squared distance of the vectors that the decoder gets. */
export function nearestEntries(
  quantizer: Quantizer,
  entry: number,
  count: number,
): { entries: Int32Array; distances: Float32Array } {
  const { codebookSize, entryDimension: d } = quantizer;
  const own = quantizer.entry(entry);
  const row = new Float64Array(codebookSize);
  for (let token = 0; token < codebookSize; token++) {
    const other = quantizer.entry(token);
    let sum = 0;
    for (let i = 0; i < d; i++) sum += (own[i]! - other[i]!) ** 2;
    row[token] = token === entry ? Number.POSITIVE_INFINITY : sum;
  }
  const { tokens, distances } = smallest(row, Math.min(count, codebookSize - 1));
  return { entries: Int32Array.from(tokens), distances: Float32Array.from(distances) };
}
