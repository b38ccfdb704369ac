import { TokenscopeError } from '../core/errors.ts';
import { elementBytes, elementCount, type StoredTensor, type StoredTensors } from './tensors.ts';

export interface Part {
  readonly file: string;
  readonly tensors: StoredTensors;
}

/** Largest tensor that is compared byte for byte with its double (tables of constants in both halves of a network). */
const MOST_COMPARED = 2 ** 16;

/**
 * The tensors of several files of one network. Two files with the very same names and shapes are two copies: the wider one
 * stays. Throws `checkpoint-clash` where a name stands for two different tensors.
 */
export async function mergeTensors(parts: readonly Part[]): Promise<StoredTensors> {
  const merged = new Map<string, { file: string; tensor: StoredTensor }>();
  for (const { file, tensors } of dropCopies(parts)) {
    for (const [name, tensor] of tensors) {
      const before = merged.get(name);
      if (!before) merged.set(name, { file, tensor });
      else if (!(await isSame(before.tensor, tensor)))
        throw new TokenscopeError('checkpoint-clash', { file: before.file, other: file, tensor: name });
    }
  }
  return new Map([...merged].map(([name, { tensor }]) => [name, tensor]));
}

function dropCopies(parts: readonly Part[]): readonly Part[] {
  const best = new Map<string, Part>();
  for (const part of parts) {
    const key = describe(part.tensors);
    const known = best.get(key);
    if (!known || sizeOf(part.tensors) > sizeOf(known.tensors)) best.set(key, part);
  }
  return [...best.values()];
}

function describe(tensors: StoredTensors): string {
  return JSON.stringify([...tensors].map(([name, { shape }]) => [name, shape]).sort());
}

function sizeOf(tensors: StoredTensors): number {
  return [...tensors.values()].reduce((sum, { dtype, shape }) => sum + elementCount(shape) * elementBytes[dtype], 0);
}

async function isSame(a: StoredTensor, b: StoredTensor): Promise<boolean> {
  if (a.dtype !== b.dtype || a.shape.join() !== b.shape.join()) return false;
  if (elementCount(a.shape) * elementBytes[a.dtype] > MOST_COMPARED) return false;
  const [left, right] = (await Promise.all([a.bytes(), b.bytes()])).map((bytes) => new Uint8Array(bytes));
  return left!.every((byte, i) => byte === right![i]);
}
