import { TokenscopeError } from '../core/errors.ts';

/** One tensor of a safetensors file, its values widened to numbers JavaScript knows. */
export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

const MOST_HEADER = 100_000_000;

/**
 * Reads a small safetensors file (https://github.com/huggingface/safetensors#format): F32, F16, I32 and I64 tensors. Throws
 * `model-corrupt` when the bytes are something else.
 */
export async function readTensorFile(blob: Blob, file: string): Promise<ReadonlyMap<string, NamedTensor>> {
  const corrupt = (reason: string) => new TokenscopeError('model-corrupt', { file, reason });
  const bytes = await blob.arrayBuffer();
  if (bytes.byteLength < 8) throw corrupt('too short for a safetensors file');
  const length = Number(new DataView(bytes).getBigUint64(0, true));
  if (length > Math.min(MOST_HEADER, bytes.byteLength - 8)) throw corrupt('its header reaches past its end');
  let header: Record<string, Entry>;
  try {
    header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));
  } catch {
    throw corrupt('its header is not JSON');
  }
  const tensors = Object.entries(header).filter(([name]) => name !== '__metadata__');
  return new Map(tensors.map(([name, entry]) => [name, readTensor(bytes, 8 + length, name, entry, corrupt)]));
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

const BYTES: Record<string, number> = { F32: 4, F16: 2, I32: 4, I64: 8 };

function readTensor(
  bytes: ArrayBuffer,
  start: number,
  name: string,
  entry: Entry,
  corrupt: (reason: string) => Error,
): NamedTensor {
  const size = BYTES[entry?.dtype];
  if (!size) throw corrupt(`tensor ${name} has type ${entry?.dtype}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!Array.isArray(shape) || !Array.isArray(offsets)) throw corrupt(`tensor ${name} has no shape or place`);
  const count = shape.reduce((product, side) => product * side, 1);
  const [from, to] = offsets;
  if (to - from !== count * size || from < 0 || start + to > bytes.byteLength)
    throw corrupt(`tensor ${name} has the wrong length`);
  // A copy, because offsets need not be aligned.
  const raw = bytes.slice(start + from, start + to);
  if (dtype === 'F32') return { shape, data: new Float32Array(raw) };
  if (dtype === 'I32') return { shape, data: new Int32Array(raw) };
  if (dtype === 'I64') return { shape, data: Int32Array.from(new BigInt64Array(raw), Number) };
  return { shape, data: Float32Array.from(new Uint16Array(raw), halfToNumber) };
}

/** IEEE 754 binary16 → number. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
