import { TokenscopeError } from '../core/errors.ts';

/** Protobuf's wire types (https://protobuf.dev/programming-guides/encoding/); groups (3, 4) are not used by ONNX. */
export const VARINT = 0;
export const FIXED64 = 1;
export const BYTES = 2;
export const FIXED32 = 5;

const LEAST = -(2n ** 63n);
const MOST = 2n ** 63n - 1n;

/** Collects the bytes of one message. Byte fields are kept by reference until `bytes()`. */
export class WireWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  raw(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
  }

  /** A 64-bit integer. Numbers beyond int64 (as 2^63, the nearest double to its maximum) are clamped to it. */
  varint(value: number): void {
    const bytes: number[] = [];
    if (Number.isSafeInteger(value) && value >= 0) {
      let rest = value;
      for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
      bytes.push(rest);
    } else {
      const whole = BigInt(value);
      let rest = BigInt.asUintN(64, whole > MOST ? MOST : whole < LEAST ? LEAST : whole);
      for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
      bytes.push(Number(rest));
    }
    this.raw(Uint8Array.from(bytes));
  }

  tag(field: number, wireType: number): void {
    this.varint(field * 8 + wireType);
  }

  float(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    this.raw(bytes);
  }

  double(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    this.raw(bytes);
  }

  text(value: string): void {
    this.raw(new TextEncoder().encode(value));
  }

  /** The message of another writer, with its length before it. */
  nested(inner: WireWriter): void {
    this.varint(inner.length);
    for (const part of inner.#parts) this.raw(part);
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const all = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }
}

/** What one reading may cost, shared by all nested readers. */
interface Budget {
  values: number;
}

const MOST_VALUES = 8_000_000;
const MOST_DEPTH = 64;

/** Walks over the fields of one message. Never copies: byte fields are views of the file. */
export class WireReader {
  readonly file: string;
  readonly #bytes: Uint8Array;
  readonly #depth: number;
  readonly #budget: Budget;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, file: string, at = 0, end = bytes.length, depth = 0, budget: Budget = { values: MOST_VALUES }) {
    this.#bytes = bytes;
    this.file = file;
    this.#at = at;
    this.#end = end;
    this.#depth = depth;
    this.#budget = budget;
    if (depth > MOST_DEPTH) this.fail(`nested more than ${MOST_DEPTH} deep`);
  }

  get done(): boolean {
    return this.#at >= this.#end;
  }

  fail(reason: string): never {
    throw new TokenscopeError('model-corrupt', { file: this.file, reason: `${reason} (byte ${this.#at})` });
  }

  /** Start of the next `count` bytes, which are then behind us. */
  #take(count: number): number {
    if (count > this.#end - this.#at) this.fail('a field reaches past its end');
    const start = this.#at;
    this.#at += count;
    return start;
  }

  /** A signed 64-bit integer as the nearest double. */
  varint(): number {
    if (--this.#budget.values < 0) this.fail('too many values');
    let low = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = this.#bytes[this.#take(1)]!;
      low += (byte & 127) * 2 ** shift;
      if (byte < 128) return low;
    }
    let high = 0n;
    for (let shift = 49n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#take(1)]!;
      high += BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, high + BigInt(low)));
    }
    return this.fail('a number longer than 10 bytes');
  }

  float(): number {
    return this.#view(4).getFloat32(0, true);
  }

  double(): number {
    return this.#view(8).getFloat64(0, true);
  }

  #view(count: number): DataView {
    if (--this.#budget.values < 0) this.fail('too many values');
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + this.#take(count), count);
  }

  #size(): number {
    const length = this.varint();
    if (length < 0) this.fail('a negative length');
    return length;
  }

  bytes(): Uint8Array {
    const length = this.#size();
    const start = this.#take(length);
    return this.#bytes.subarray(start, start + length);
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** A reader of the length-delimited field that comes next. */
  nested(): WireReader {
    const length = this.#size();
    const start = this.#take(length);
    return new WireReader(this.#bytes, this.file, start, start + length, this.#depth + 1, this.#budget);
  }

  /** Passes over a field that nobody asked for. */
  skip(wireType: number): void {
    if (wireType === VARINT) this.varint();
    else if (wireType === FIXED64) this.#take(8);
    else if (wireType === FIXED32) this.#take(4);
    else if (wireType === BYTES) this.bytes();
    else this.fail(`wire type ${wireType}`);
  }
}
