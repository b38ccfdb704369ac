/** An array to be written: its type as numpy calls it, and its bytes. */
export interface ArrayToWrite {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: Blob;
}

export type TreeToWrite = { readonly [key: string]: TreeToWrite | ArrayToWrite | number | boolean };

function isArray(value: TreeToWrite | ArrayToWrite): value is ArrayToWrite {
  return value.data instanceof Blob;
}

/** msgpack as flax.serialization writes it. */
export function writeFlax(tree: TreeToWrite): Blob {
  return new Blob(encode(tree));
}

type Part = Uint8Array<ArrayBuffer> | Blob;
const part = (buffer: Buffer): Part => new Uint8Array(buffer);

function encode(value: TreeToWrite | ArrayToWrite | number | boolean): Part[] {
  if (typeof value === 'boolean') return [part(Buffer.of(value ? 0xc3 : 0xc2))];
  if (typeof value === 'number') return [part(integer(value))];
  if (isArray(value)) return encodeArray(value);
  const entries = Object.entries(value);
  const head = Buffer.alloc(3);
  head[0] = 0xde;
  head.writeUInt16BE(entries.length, 1);
  return [part(head), ...entries.flatMap(([key, inner]) => [part(word(key)), ...encode(inner)])];
}

function integer(value: number): Buffer {
  const buffer = Buffer.alloc(5);
  buffer[0] = 0xce;
  buffer.writeUInt32BE(value, 1);
  return buffer;
}

function word(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.of(0xd9, bytes.length), bytes]);
}

function encodeArray({ dtype, shape, data }: ArrayToWrite): Part[] {
  const binary = Buffer.alloc(5);
  binary[0] = 0xc6;
  binary.writeUInt32BE(data.size, 1);
  const head = Buffer.concat([Buffer.of(0x93, 0x90 + shape.length), ...shape.map(integer), word(dtype), binary]);
  const extension = Buffer.alloc(6);
  extension[0] = 0xc9;
  extension.writeUInt32BE(head.length + data.size, 1);
  extension[5] = 1;
  return [part(extension), part(head), data];
}
