import { type ByteSource, readBytes } from '../byte-source.ts';
import type { Fail } from './failure.ts';

/** Maps, lists, words and numbers; extensions are whatever their reader makes of them, byte strings undefined. */
export type MsgpackNode = unknown;

const FIRST_READ = 512;
const MOST_READ = 2 ** 16;
const MOST_DEPTH = 64;
const MOST_NODES = 1_000_000;
const MOST_NAME = 2 ** 16;

/** The piece of a file that is in memory: small at first, larger while pieces follow each other. */
class Piece {
  view = new DataView(new ArrayBuffer(0));
  readonly #source: ByteSource;
  readonly #fail: Fail;
  #from = 0;
  #nextRead = FIRST_READ;

  constructor(source: ByteSource, fail: Fail) {
    this.#source = source;
    this.#fail = fail;
  }

  /** Where in `view` the bytes from `at` begin. */
  async find(at: number, count: number): Promise<number> {
    if (at < this.#from || at + count > this.#from + this.view.byteLength) await this.#read(at, count);
    return at - this.#from;
  }

  async #read(at: number, count: number): Promise<void> {
    const follows = at >= this.#from && at <= this.#from + this.view.byteLength;
    this.#nextRead = follows ? Math.min(MOST_READ, this.#nextRead * 2) : FIRST_READ;
    const to = Math.min(this.#source.size, at + Math.max(count, this.#nextRead));
    this.view = new DataView(await readBytes(this.#source, at, to));
    this.#from = at;
    if (this.view.byteLength < count) this.#fail('it ends too early');
  }
}

type ReadExtension = (reader: MsgpackReader, extension: { kind: number; from: number; to: number }) => Promise<unknown>;

/**
 * Walks a msgpack file (https://github.com/msgpack/msgpack/blob/master/spec.md) from value to value and passes over long
 * bytes. `readExtension` gets the place of each extension, to read in it with `within`.
 */
export class MsgpackReader {
  at = 0;
  readonly #piece: Piece;
  readonly #fail: Fail;
  readonly #readExtension: ReadExtension;
  readonly #size: number;
  #nodes = 0;

  private constructor(piece: Piece, fail: Fail, readExtension: ReadExtension, size: number) {
    this.#piece = piece;
    this.#fail = fail;
    this.#readExtension = readExtension;
    this.#size = size;
  }

  static over(source: ByteSource, fail: Fail, readExtension: ReadExtension): MsgpackReader {
    return new MsgpackReader(new Piece(source, fail), fail, readExtension, source.size);
  }

  /** A reader of some bytes inside this one's. */
  within(from: number, to: number): MsgpackReader {
    const inner = new MsgpackReader(this.#piece, this.#fail, async () => undefined, to);
    inner.at = from;
    return inner;
  }

  /** Steps over `count` bytes; they begin at the result, in the piece's view. */
  async #step(count: number): Promise<number> {
    const at = this.at;
    this.#skip(count);
    return this.#piece.find(at, count);
  }

  async #uint(bytes: 1 | 2 | 4 | 8): Promise<number> {
    const at = await this.#step(bytes);
    const { view } = this.#piece;
    if (bytes === 8) return Number(view.getBigUint64(at));
    return bytes === 1 ? view.getUint8(at) : bytes === 2 ? view.getUint16(at) : view.getUint32(at);
  }

  async #int(bytes: 1 | 2 | 4 | 8): Promise<number> {
    const at = await this.#step(bytes);
    const { view } = this.#piece;
    if (bytes === 8) return Number(view.getBigInt64(at));
    return bytes === 1 ? view.getInt8(at) : bytes === 2 ? view.getInt16(at) : view.getInt32(at);
  }

  async #float(bytes: 4 | 8): Promise<number> {
    const at = await this.#step(bytes);
    const { view } = this.#piece;
    return bytes === 4 ? view.getFloat32(at) : view.getFloat64(at);
  }

  async #text(length: number): Promise<string> {
    if (length > MOST_NAME) {
      this.#skip(length);
      return '';
    }
    const at = await this.#step(length);
    return new TextDecoder().decode(new Uint8Array(this.#piece.view.buffer, at, length));
  }

  #skip(length: number): void {
    if (this.at + length > this.#size) this.#fail('it ends too early');
    this.at += length;
  }

  /** The head of a list: how many values follow. */
  async arrayHeader(): Promise<number> {
    const code = await this.#uint(1);
    if (code >= 0x90 && code <= 0x9f) return code & 15;
    return code === 0xdc ? this.#uint(2) : this.#fail('a list is missing');
  }

  /** The head of a byte string: how long it is. */
  async binaryHeader(): Promise<number> {
    const code = await this.#uint(1);
    if (code === 0xc4) return this.#uint(1);
    if (code === 0xc5) return this.#uint(2);
    return code === 0xc6 ? this.#uint(4) : this.#fail('bytes are missing');
  }

  async read(depth = 0): Promise<MsgpackNode> {
    if (depth > MOST_DEPTH) this.#fail('it is nested too deep');
    if (++this.#nodes > MOST_NODES) this.#fail('it has too many values');
    const code = await this.#uint(1);
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 15, depth);
    if (code < 0xa0) return this.#list(code & 15, depth);
    if (code < 0xc0) return this.#text(code & 31);
    if (code >= 0xe0) return code - 256;
    return this.#long(code, depth);
  }

  async #long(code: number, depth: number): Promise<MsgpackNode> {
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return code === 0xc3;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#skip(await this.#uint(widths[code - 0xc4]!));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(await this.#uint(widths[code - 0xc7]!));
      case 0xca:
        return this.#float(4);
      case 0xcb:
        return this.#float(8);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#uint(widths[code - 0xcc]!);
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#int(widths[code - 0xd0]!);
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(2 ** (code - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(await this.#uint(widths[code - 0xd9]!));
      case 0xdc:
      case 0xdd:
        return this.#list(await this.#uint(code === 0xdc ? 2 : 4), depth);
      case 0xde:
      case 0xdf:
        return this.#map(await this.#uint(code === 0xde ? 2 : 4), depth);
      default:
        return this.#fail(`a value of kind 0x${code.toString(16)}`);
    }
  }

  async #list(count: number, depth: number): Promise<MsgpackNode> {
    const values: MsgpackNode[] = [];
    for (let i = 0; i < count; i++) values.push(await this.read(depth + 1));
    return values;
  }

  async #map(count: number, depth: number): Promise<MsgpackNode> {
    const map = new Map<string, MsgpackNode>();
    for (let i = 0; i < count; i++) {
      const key = await this.read(depth + 1);
      const value = await this.read(depth + 1);
      if (typeof key === 'string' || typeof key === 'number') map.set(String(key), value);
    }
    return map;
  }

  async #extension(length: number): Promise<MsgpackNode> {
    const kind = await this.#int(1);
    const from = this.at;
    this.#skip(length);
    return this.#readExtension(this, { kind, from, to: this.at });
  }
}

const widths = [1, 2, 4, 8] as const;
