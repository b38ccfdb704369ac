import { halvesToFloats } from '../core/half.ts';
import type { ByteSource } from './byte-source.ts';

/** Element types of stored tensors, in safetensors' spelling, and their sizes in bytes. */
export const elementBytes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
} as const;
export type ElementType = keyof typeof elementBytes;

/** Where bytes stand in a file: from `from` to before `to`. */
export interface Span {
  readonly source: ByteSource;
  readonly from: number;
  readonly to: number;
}

/** A tensor in a file: what it is, and its bytes (little-endian, row-major) when somebody asks for them. */
export interface StoredTensor {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  /** Where these very bytes stand; absent where the file holds them in another order or in pieces. */
  readonly span?: Span;
  bytes(): Promise<ArrayBuffer>;
}

export type StoredTensors = ReadonlyMap<string, StoredTensor>;

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((count, size) => count * size, 1);
}

type Values = Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>;

const readers: { readonly [T in ElementType]?: (bytes: ArrayBuffer) => Values } = {
  F64: (bytes) => new Float32Array(new Float64Array(bytes)),
  F32: (bytes) => new Float32Array(bytes),
  F16: (bytes) => halvesToFloats(new Uint16Array(bytes)),
  BF16: (bytes) => widen(new Uint16Array(bytes)),
  I64: (bytes) => Int32Array.from(new BigInt64Array(bytes), Number),
  I32: (bytes) => new Int32Array(bytes),
  I16: (bytes) => new Int32Array(new Int16Array(bytes)),
  I8: (bytes) => new Int32Array(new Int8Array(bytes)),
  U16: (bytes) => new Int32Array(new Uint16Array(bytes)),
  U8: (bytes) => new Int32Array(new Uint8Array(bytes)),
  BOOL: (bytes) => new Int32Array(new Uint8Array(bytes)),
};

/** A bfloat16 is the upper half of a float32. */
function widen(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16;
  return new Float32Array(bits.buffer);
}

/** The values as float32 or int32, or undefined for an element type that no tokenizer stores. */
export async function readValues(tensor: StoredTensor): Promise<Values | undefined> {
  const read = readers[tensor.dtype];
  return read?.(await tensor.bytes());
}
