import type { QuantizerSettings } from '../core/manifest.ts';
import type { Projection, Quantizer } from '../core/quantizer.ts';
import { cellCount, type Latents } from '../core/token-grid.ts';
import type { Nearest } from './protocol.ts';
import type { Scoring } from './quantizer-graph.ts';

/** How many of the nearest entries are kept for each cell. */
export const NEAREST = 8;

/**
 * What the quantizer graph scores with. Terms that are the same for every entry are left out (‖z‖², and the length of z for
 * cosine): they cannot change the order.
 */
export function scoringOf(settings: QuantizerSettings, quantizer: Quantizer, projection: Projection | undefined): Scoring {
  const { codebookSize: size, entryDimension: dimension } = quantizer;
  if (settings.score === 'projection' && projection) {
    return { rows: projection.weight, bias: projection.bias?.map((b) => -b) ?? new Float32Array(size), scale: -1 };
  }
  const cosine = settings.score === 'cosine';
  const rows = new Float32Array(size * dimension);
  for (let token = 0; token < size; token++) {
    const entry = quantizer.entry(token);
    rows.set(cosine ? quantizer.seen(entry) : entry, token * dimension);
  }
  if (cosine || settings.score === 'dot') return { rows, bias: new Float32Array(size), scale: -1 };
  const bias = Float32Array.from({ length: size }, (_, token) => {
    let sum = 0;
    for (let i = token * dimension; i < (token + 1) * dimension; i++) sum += rows[i]! ** 2;
    return sum;
  });
  return { rows, bias, scale: -2 };
}

/**
 * Ranks the graph's candidates by their true distances in double precision, so that rounding inside the graph decides
 * nothing among them and a tie goes to the lowest index. Each list of candidates holds the same number of tokens for every
 * cell; `mask` is added to the distances as the graph added it.
 */
export function rankCandidates(
  quantizer: Quantizer,
  latents: Latents,
  candidates: readonly Int32Array[],
  mask?: Float32Array,
): Nearest {
  const cells = cellCount(latents.shape);
  const offered = candidates.reduce((sum, list) => sum + list.length / cells, 0);
  const count = Math.min(NEAREST, offered);
  const nearest = emptyNearest(cells, count);
  const vector = new Float32Array(latents.d);
  const distances = new Float64Array(count);
  for (let cell = 0; cell < cells; cell++) {
    readVector(latents, cells, cell, vector);
    distances.fill(Number.POSITIVE_INFINITY);
    for (const list of candidates) {
      const width = list.length / cells;
      for (let i = cell * width; i < (cell + 1) * width; i++) {
        const token = list[i]!;
        insert(nearest.entries, distances, cell * count, token, quantizer.distance(vector, token) + (mask?.[token] ?? 0));
      }
    }
    nearest.distances.set(distances, cell * count);
  }
  return nearest;
}

/** Puts a token into the cell's sorted list, where it belongs. */
function insert(entries: Int32Array, distances: Float64Array, start: number, token: number, distance: number): void {
  let at = distances.length;
  while (at > 0 && comesBefore(distance, token, distances[at - 1]!, entries[start + at - 1]!)) at--;
  if (at === distances.length) return;
  distances.copyWithin(at + 1, at);
  entries.copyWithin(start + at + 1, start + at, start + distances.length - 1);
  distances[at] = distance;
  entries[start + at] = token;
}

function comesBefore(distance: number, token: number, other: number, otherToken: number): boolean {
  return distance < other || (distance === other && (token < otherToken || other === Number.POSITIVE_INFINITY));
}

/** The nearest entries by arithmetic alone (FSQ, LFQ). */
export function rankByArithmetic(quantizer: Quantizer, latents: Latents): Nearest {
  const cells = cellCount(latents.shape);
  const count = Math.min(NEAREST, quantizer.codebookSize);
  const nearest = emptyNearest(cells, count);
  const vector = new Float32Array(latents.d);
  for (let cell = 0; cell < cells; cell++) {
    readVector(latents, cells, cell, vector);
    const { tokens, distances } = quantizer.nearestFew(vector, count);
    nearest.entries.set(tokens, cell * count);
    nearest.distances.set(distances, cell * count);
  }
  return nearest;
}

/** The winners of every cell. */
export function winners({ entries, count }: Nearest): Int32Array {
  return Int32Array.from({ length: entries.length / count }, (_, cell) => entries[cell * count]!);
}

function emptyNearest(cells: number, count: number): Nearest {
  return { count, entries: new Int32Array(cells * count), distances: new Float32Array(cells * count) };
}

function readVector({ data, d }: Latents, cells: number, cell: number, into: Float32Array): void {
  for (let k = 0, i = cell; k < d; k++, i += cells) into[k] = data[i]!;
}
