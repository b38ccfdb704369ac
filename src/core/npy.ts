import { type NpyFault, TokenscopeError } from './errors.ts';
import { halvesToFloats } from './half.ts';

/** Numbers with a shape, C order (last index fastest). */
export interface NpyArray {
  readonly shape: readonly number[];
  readonly data: NpyData;
}

export type NpyData = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

type Writable = Float32Array | Int32Array | Uint8Array | Uint16Array;

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const MOST_DIMENSIONS = 8;
const ALIGNMENT = 64;

/** How many bytes a number takes, and how they become a typed array; 64-bit whole numbers are exact up to 2^53. */
const TYPES: Readonly<Record<string, { readonly bytes: number; read(buffer: ArrayBuffer): NpyData }>> = {
  '<f8': { bytes: 8, read: (buffer) => new Float64Array(buffer) },
  '<f4': { bytes: 4, read: (buffer) => new Float32Array(buffer) },
  '<f2': { bytes: 2, read: (buffer) => halvesToFloats(new Uint16Array(buffer)) },
  '<i8': { bytes: 8, read: (buffer) => Float64Array.from(new BigInt64Array(buffer), Number) },
  '<u8': { bytes: 8, read: (buffer) => Float64Array.from(new BigUint64Array(buffer), Number) },
  '<i4': { bytes: 4, read: (buffer) => new Int32Array(buffer) },
  '<u4': { bytes: 4, read: (buffer) => new Uint32Array(buffer) },
  '<i2': { bytes: 2, read: (buffer) => new Int16Array(buffer) },
  '<u2': { bytes: 2, read: (buffer) => new Uint16Array(buffer) },
  '|i1': { bytes: 1, read: (buffer) => new Int8Array(buffer) },
  '|u1': { bytes: 1, read: (buffer) => new Uint8Array(buffer) },
};

export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/**
 * Reads a NumPy file, versions 1 to 3 (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Half floats
 * become float32; Fortran order becomes C order. Throws `npy-invalid`.
 */
export function readNpy(bytes: Uint8Array, file: string): NpyArray {
  const refuse = (reason: NpyFault): never => {
    throw new TokenscopeError('npy-invalid', { file, reason });
  };
  if (!isNpy(bytes)) return refuse('not-npy');
  const { type, fortran, shape, start } = readHeader(bytes) ?? refuse('header');
  const { bytes: size, read } = TYPES[type] ?? refuse('type');
  if (shape.length > MOST_DIMENSIONS || shape.some((side) => !Number.isSafeInteger(side))) return refuse('shape');
  const end = start + shape.reduce((a, b) => a * b, 1) * size;
  if (end > bytes.length) return refuse('short');
  const data = read(bytes.slice(start, end).buffer);
  return { shape, data: fortran && shape.length > 1 ? toRowMajor(data, shape) : data };
}

function readHeader(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  if (version === undefined || version < 1 || version > 3 || bytes.length < 12) return undefined;
  const begin = version === 1 ? 10 : 12;
  const start = begin + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (start > bytes.length) return undefined;
  const text = new TextDecoder().decode(bytes.subarray(begin, start));
  const type = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const sides = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (type === undefined || order === undefined || sides === undefined) return undefined;
  return { type, fortran: order === 'True', shape: (sides.match(/\d+/g) ?? []).map(Number), start };
}

function toRowMajor(data: NpyData, shape: readonly number[]): NpyData {
  const out = data.slice();
  const index = shape.map(() => 0);
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  for (let i = 0, from = 0; i < out.length; i++) {
    out[i] = data[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/** A NumPy file (version 1) of `data` in C order. */
export function writeNpy(data: Writable, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const dictionary = `{'descr': '${typeOf(data)}', 'fortran_order': False, 'shape': (${sides}), }`;
  const start = Math.ceil((10 + dictionary.length + 1) / ALIGNMENT) * ALIGNMENT;
  const header = `${dictionary.padEnd(start - 11)}\n`;
  const bytes = new Uint8Array(start + data.byteLength);
  bytes.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start);
  return bytes;
}

function typeOf(data: Writable): string {
  if (data instanceof Float32Array) return '<f4';
  if (data instanceof Int32Array) return '<i4';
  return data instanceof Uint16Array ? '<u2' : '|u1';
}
