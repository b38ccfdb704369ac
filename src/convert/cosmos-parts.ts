import type { Checkpoint } from './architecture.ts';
import { findSetting } from './find-setting.ts';
import type { StoredTensors } from './tensors.ts';

/** A tensor that names the levels, in files that keep the quantizer's constants. */
const STORED_LEVELS = 'quantizer._levels';
/** What files of several versions keep beside the weights: Haar filters, and constants of the quantizer. */
const CONSTANTS = /(^|\.)(wavelets|_arange|patch_size_buffer|_levels|_basis|implicit_codebook|zero|dtype)$/;

/** Whether a tensor is a constant that the graphs have no use for. */
export function isCosmosConstant(name: string): boolean {
  return CONSTANTS.test(name);
}

/** Levels for so many channels, from the paper on finite scalar quantization (arXiv 2309.15505, table 1). */
const USUAL_LEVELS: Readonly<Record<number, readonly number[]>> = {
  3: [8, 6, 5],
  4: [8, 5, 5, 5],
  5: [8, 8, 8, 6, 5],
  6: [8, 8, 8, 5, 5, 5],
};

/** What is known of the levels before a tensor is read: from the settings, or `usual` for so many channels. */
export function findLevels(checkpoint: Checkpoint, channels: number): readonly number[] | undefined {
  const given = findSetting(checkpoint, 'levels');
  return isLevels(given, channels) ? given : USUAL_LEVELS[channels];
}

/** The levels that the file itself stores, or else those known before. Their product is the number of entries. */
export async function readLevels(tensors: StoredTensors, known: readonly number[]): Promise<readonly number[]> {
  const stored = tensors.get(STORED_LEVELS);
  if (!stored || stored.shape.join() !== String(known.length)) return known;
  const bytes = await stored.bytes();
  const values =
    stored.dtype === 'I64'
      ? Array.from(new BigInt64Array(bytes), Number)
      : stored.dtype === 'I32'
        ? [...new Int32Array(bytes)]
        : known;
  return isLevels(values, known.length) ? values : known;
}

function isLevels(value: unknown, channels: number): value is readonly number[] {
  const level = (each: unknown) => Number.isSafeInteger(each) && (each as number) >= 2 && (each as number) <= 2 ** 16;
  return Array.isArray(value) && value.length === channels && value.every(level);
}
