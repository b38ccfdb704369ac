import { TokenscopeError } from '../../core/errors.ts';
import { type ByteSource, readBytes } from '../byte-source.ts';
import { elementBytes, elementCount, type StoredTensor } from '../tensors.ts';
import type { PickledTensor } from './pickled.ts';

/** Largest view that repeats its numbers (an expanded one); an honest one is as large as its storage at most. */
const MOST_REPEATED = 2 ** 26;

/** A storage's bytes: a source and where in it they begin. */
export interface StoragePlace {
  readonly source: ByteSource;
  readonly from: number;
}

/**
 * A view of a storage as a tensor: a span where its numbers stand in row-major order without gaps, else laid out when asked
 * for. Throws `checkpoint-unsafe` for a view far larger than its storage.
 */
export function storedView({ source, from }: StoragePlace, view: PickledTensor, name: string): StoredTensor {
  const { dtype, shape, offset } = view;
  const size = elementBytes[dtype];
  const bytes = elementCount(shape) * size;
  const start = from + offset * size;
  if (isDense(view)) {
    const span = { source, from: start, to: start + bytes };
    return { dtype, shape, span, bytes: () => readExactly(source, span.from, span.to) };
  }
  const reach = (lastElement(view) + 1) * size;
  if (bytes > reach && bytes > MOST_REPEATED) {
    throw new TokenscopeError('checkpoint-unsafe', {
      file: source.name,
      reason: `${name} repeats its numbers to ${bytes} bytes`,
    });
  }
  return { dtype, shape, bytes: async () => layOut(await readExactly(source, start, start + reach), view) };
}

/** Throws `checkpoint-damaged` when the source gives fewer bytes than were asked for. */
export async function readExactly(source: ByteSource, from: number, to: number): Promise<ArrayBuffer> {
  const bytes = await readBytes(source, from, to);
  if (bytes.byteLength === to - from) return bytes;
  throw new TokenscopeError('checkpoint-damaged', { file: source.name, reason: 'it ends within a tensor' });
}

/** Row-major without gaps; an axis of one element may have any stride. */
export function isDense({ shape, strides }: Pick<PickledTensor, 'shape' | 'strides'>): boolean {
  if (shape.includes(0)) return true;
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

/** Of the view, counted from its offset. */
function lastElement({ shape, strides }: PickledTensor): number {
  return shape.reduce((sum, length, axis) => sum + (length - 1) * strides[axis]!, 0);
}

const words = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array } as const;

function layOut(stored: ArrayBuffer, { shape, strides, dtype }: PickledTensor): ArrayBuffer {
  const Words = words[elementBytes[dtype]];
  const from = new Words(stored) as Uint32Array;
  const to = new Words(elementCount(shape)) as Uint32Array<ArrayBuffer>;
  const index = shape.map(() => 0);
  let at = 0;
  for (let i = 0; i < to.length; i++) {
    to[i] = from[at]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      at -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return to.buffer;
}
