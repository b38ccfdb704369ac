import { type Cell, cellIndex, latentVector } from '../core/token-grid.ts';
import { clampCell } from '../state/selection.ts';
import type { Result, Selection, Slot } from '../state/store.ts';
import { vectorsOf } from './model-vectors.ts';

/** What is known about the selected cell of a result. */
export interface SelectedCell {
  readonly cell: Cell;
  readonly index: number;
  readonly token: number;
  /** The entry the cell is compared with: its token, or one chosen in the codebook. */
  readonly entry: number;
  /** The latent vector as the quantizer sees it; for a recorded result the entry itself. */
  readonly vector: Float32Array | undefined;
  readonly entryVector: Float32Array | undefined;
  /** The nearest entries, the winner first. */
  readonly nearest: readonly { readonly entry: number; readonly distance: number }[];
}

export function selectedCell(slot: Slot, result: Result, selection: Selection): SelectedCell {
  const { grid, latents, nearest, recorded } = result;
  const cell = clampCell(grid.shape, selection.cell);
  const index = cellIndex(grid.shape, cell);
  const token = grid.tokens[index]!;
  const entry = selection.entry ?? token;
  const vectors = vectorsOf(slot);
  const latent = latents && latentVector(latents, index);
  return {
    cell,
    index,
    token,
    entry,
    vector: latent && vectors && !recorded ? vectors.seen(latent) : latent,
    entryVector: vectors?.entry(entry),
    nearest: nearestOf(nearest, index),
  };
}

export function nearestOf(nearest: Result['nearest'], index: number): SelectedCell['nearest'] {
  if (!nearest) return [];
  const { count, entries, distances } = nearest;
  return Array.from({ length: count }, (_, i) => ({
    entry: entries[index * count + i]!,
    distance: distances[index * count + i]!,
  }));
}

/** A distance with digits to suit its size; `scale` is the largest of those beside it. */
export function distanceText(distance: number, scale = distance): string {
  const size = Math.abs(scale);
  const digits = size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 4;
  return distance.toFixed(digits).replace('-', '−');
}

/** The largest magnitude that bars of this result need, so that cells compare: the 99.5th percentile of a sample. */
export function vectorLimit(slot: Slot, result: Result): number {
  const { latents } = result;
  if (!latents) return 0;
  const cells = latents.data.length / latents.d;
  const stride = Math.max(1, Math.floor(cells / 128));
  const sample: number[] = [];
  const vectors = result.recorded ? undefined : vectorsOf(slot);
  for (let i = 0; i < cells; i += stride) {
    const vector = latentVector(latents, i);
    for (const value of vectors?.seen(vector) ?? vector) sample.push(Math.abs(value));
  }
  sample.sort((a, b) => a - b);
  return (sample[Math.floor((sample.length - 1) * 0.995)] ?? 0) * 1.1;
}
