import { deflateRawSync } from 'node:zlib';

export interface EntryToWrite {
  readonly name: string;
  readonly data: Blob | ArrayBufferView<ArrayBuffer>;
  readonly deflated?: boolean;
  /** What the directory says instead of the truth. */
  readonly lies?: {
    readonly size?: number;
    readonly packed?: number;
    readonly header?: number;
    readonly flags?: number;
    readonly method?: number;
  };
}

/**
 * A zip archive as torch writes it: local headers without sizes, padded by an extra field so that content begins at a multiple
 * of 64. `wide`: with the 64-bit records of large archives.
 */
export async function writeZip(entries: readonly EntryToWrite[], { wide = false } = {}): Promise<Blob> {
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, data, deflated = false, lies = {} } of entries) {
    const whole = data instanceof Blob ? data : new Blob([data]);
    const content = deflated ? new Blob([new Uint8Array(deflateRawSync(Buffer.from(await whole.arrayBuffer())))]) : whole;
    const header = localHeader(name, at);
    directory.push(
      directoryEntry(name, { size: whole.size, packed: content.size, header: at, method: deflated ? 8 : 0, ...lies }, wide),
    );
    parts.push(header, content);
    at += header.length + content.size;
  }
  const listed = Buffer.concat(directory);
  return new Blob([...parts, bytes(listed), bytes(endOf(at, listed.length, entries.length, wide))]);
}

const bytes = (buffer: Buffer): Uint8Array<ArrayBuffer> => new Uint8Array(buffer);

function localHeader(name: string, at: number): Uint8Array<ArrayBuffer> {
  const length = Buffer.byteLength(name);
  const padding = (64 - ((at + 30 + length + 4) % 64)) % 64;
  const header = Buffer.alloc(30 + length + 4 + padding, 'Z');
  header.fill(0, 0, 30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(0x0808, 6);
  header.writeUInt16LE(length, 26);
  header.writeUInt16LE(4 + padding, 28);
  header.write(name, 30);
  header.writeUInt16LE(0x4246, 30 + length);
  header.writeUInt16LE(padding, 32 + length);
  return bytes(header);
}

interface Facts {
  readonly size: number;
  readonly packed: number;
  readonly header: number;
  readonly method: number;
  readonly flags?: number;
}

function directoryEntry(name: string, { size, packed, header, method, flags = 0x0808 }: Facts, wide: boolean): Buffer {
  const length = Buffer.byteLength(name);
  const entry = Buffer.alloc(46 + length + (wide ? 28 : 0));
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(flags, 8);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(wide ? 0xffffffff : packed, 20);
  entry.writeUInt32LE(wide ? 0xffffffff : size, 24);
  entry.writeUInt16LE(length, 28);
  entry.writeUInt16LE(wide ? 28 : 0, 30);
  entry.writeUInt32LE(wide ? 0xffffffff : header, 42);
  entry.write(name, 46);
  if (!wide) return entry;
  entry.writeUInt16LE(1, 46 + length);
  entry.writeUInt16LE(24, 48 + length);
  for (const [i, value] of [size, packed, header].entries()) entry.writeBigUInt64LE(BigInt(value), 50 + length + 8 * i);
  return entry;
}

function endOf(from: number, length: number, count: number, wide: boolean): Buffer {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(wide ? 0xffff : count, 10);
  end.writeUInt32LE(wide ? 0xffffffff : length, 12);
  end.writeUInt32LE(wide ? 0xffffffff : from, 16);
  if (!wide) return end;
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  for (const [i, value] of [count, length, from].entries()) end64.writeBigUInt64LE(BigInt(value), 32 + 8 * i);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(from + length), 8);
  return Buffer.concat([end64, locator, end]);
}
