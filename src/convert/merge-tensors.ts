import { TokenscopeError } from '../core/errors.ts';
import { elementBytes, elementCount, readValues, type StoredTensor, type StoredTensors } from './tensors.ts';

export interface Part {
  readonly file: string;
  readonly tensors: StoredTensors;
}

/** Tensors by which two files are found to hold the same network: so many of at most so many bytes. */
const MOST_COMPARED = 4;
const MOST_BYTES = 2 ** 16;
/** Of copies in different precision: half a step of bfloat16, for numbers near 1 and for tiny ones. */
const TOLERANCE = 2 ** -8;

interface Placed {
  readonly file: string;
  readonly tensor: StoredTensor;
}

/**
 * The tensors of several files of one network. Where files overlap (a whole beside its halves, a copy in half precision,
 * constants in both halves) the larger one is taken, once some of their tensors were found equal. Throws `checkpoint-clash`
 * when a name stands for two different tensors.
 */
export async function mergeTensors(parts: readonly Part[]): Promise<StoredTensors> {
  const merged = new Map<string, Placed>();
  for (const part of [...parts].sort((a, b) => sizeOf(b.tensors) - sizeOf(a.tensors))) {
    await checkOverlap(merged, part);
    for (const [name, tensor] of part.tensors) if (!merged.has(name)) merged.set(name, { file: part.file, tensor });
  }
  return new Map([...merged].map(([name, { tensor }]) => [name, tensor]));
}

async function checkOverlap(merged: ReadonlyMap<string, Placed>, { file, tensors }: Part): Promise<void> {
  const shared = [...tensors].flatMap(([name, tensor]) => {
    const before = merged.get(name);
    return before ? [{ name, tensor, before }] : [];
  });
  const clash = ({ name, before }: { name: string; before: Placed }) =>
    new TokenscopeError('checkpoint-clash', { file: before.file, other: file, tensor: name });
  const odd = shared.find(({ tensor, before }) => tensor.shape.join() !== before.tensor.shape.join());
  if (odd) throw clash(odd);
  const small = shared.filter(({ tensor, before }) => Math.max(bytesOf(tensor), bytesOf(before.tensor)) <= MOST_BYTES);
  if (small.length === 0 && shared[0]) throw clash(shared[0]);
  const telling = small.sort((a, b) => bytesOf(b.tensor) - bytesOf(a.tensor)).slice(0, MOST_COMPARED);
  for (const each of telling) if (!(await isSame(each.before.tensor, each.tensor))) throw clash(each);
}

function bytesOf({ dtype, shape }: StoredTensor): number {
  return elementCount(shape) * elementBytes[dtype];
}

function sizeOf(tensors: StoredTensors): number {
  return [...tensors.values()].reduce((sum, tensor) => sum + bytesOf(tensor), 0);
}

async function isSame(a: StoredTensor, b: StoredTensor): Promise<boolean> {
  const [left, right] = await Promise.all([readValues(a), readValues(b)]);
  if (!left || !right) return a.dtype === b.dtype;
  if (left instanceof Int32Array) return left.every((value, i) => value === right[i]);
  return left.every((value, i) => Math.abs(value - right[i]!) <= TOLERANCE * Math.max(Math.abs(value), 2 ** -14));
}
