/** A tensor to be written: a view of the storage `key`. */
export class WrittenTensor {
  readonly key: string;
  readonly type: string;
  readonly count: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;

  constructor(
    key: string,
    shape: readonly number[],
    { type = 'FloatStorage', strides = denseStrides(shape), offset = 0, count = shape.reduce((a, b) => a * b, 1) } = {},
  ) {
    this.key = key;
    this.type = type;
    this.count = count;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }
}

/** Instructions taken as they are. */
export class Raw {
  readonly bytes: readonly number[];

  constructor(...bytes: readonly (number | string | readonly number[])[]) {
    this.bytes = bytes.flatMap((each) => (typeof each === 'string' ? [...Buffer.from(each)] : each));
  }
}

export function denseStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

const word = (value: number) => [...new Uint8Array(Uint32Array.of(value).buffer)];
export const global = (module: string, name: string) => [0x63, ...Buffer.from(`${module}\n${name}\n`)];

/** Protocol 2, as torch.save writes it, but without a memo. Numbers are integers of 32 bits or doubles. */
export function writePickle(value: unknown): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([0x80, 2, ...encode(value), 0x2e]);
}

export function encode(value: unknown): number[] {
  if (value instanceof Raw) return [...value.bytes];
  if (value === null || value === undefined) return [0x4e];
  if (typeof value === 'boolean') return [value ? 0x88 : 0x89];
  if (typeof value === 'string') return encodeText(value);
  if (typeof value === 'number') return encodeNumber(value);
  if (value instanceof WrittenTensor) return encodeTensor(value);
  if (Array.isArray(value)) return [0x5d, 0x28, ...value.flatMap(encode), 0x65];
  const pairs = value instanceof Map ? [...value] : Object.entries(value);
  return [0x7d, 0x28, ...pairs.flatMap(([key, inner]) => [...encode(key), ...encode(inner)]), 0x75];
}

function encodeText(text: string): number[] {
  const bytes = Buffer.from(text);
  return [0x58, ...word(bytes.length), ...bytes];
}

function encodeNumber(value: number): number[] {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) return [0x4a, ...new Uint8Array(Int32Array.of(value).buffer)];
  if (Number.isInteger(value)) return [0x8a, 8, ...new Uint8Array(BigInt64Array.of(BigInt(value)).buffer)];
  return [0x47, ...new Uint8Array(Float64Array.of(value).buffer).reverse()];
}

export function tuple(...values: readonly unknown[]): Raw {
  return new Raw(0x28, ...values.flatMap(encode), 0x74);
}

function encodeTensor({ key, type, count, shape, strides, offset }: WrittenTensor): number[] {
  const storage = [...encode(tuple('storage', new Raw(...global('torch', type)), key, 'cpu', count)), 0x51];
  const hooks = new Raw(...global('collections', 'OrderedDict'), 0x29, 0x52);
  const args = tuple(new Raw(...storage), offset, tuple(...shape), tuple(...strides), false, hooks);
  return [...global('torch._utils', '_rebuild_tensor_v2'), ...encode(args), 0x52];
}
