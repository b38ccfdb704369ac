import type { Fail } from './failure.ts';
import { PickledGlobal, PickledObject, type PickledStorage, PickledTensor, RefusedTensor } from './pickled.ts';
import { call, resolveStorage } from './torch-globals.ts';

/** Thrown when the bytes end before the pickle does: there may be more of them. */
export class PickleCut extends Error {}

/** Instructions after which nobody believes any more that this is a checkpoint. */
const MOST_STEPS = 10_000_000;
const MOST_DIGITS = 1024;
const MOST_PROTOCOL = 5;

/**
 * Python's pickle machine (protocols 2 to 5, as https://github.com/python/cpython/blob/main/Lib/pickletools.py describes it) as
 * far as checkpoints need it. It resolves no name and calls nothing: dictionaries become Maps, tensors become descriptions, and
 * whatever is unknown becomes an object that only remembers. Gives the value and where the pickle ends.
 * Throws what `fail` throws, and `PickleCut` when there are too few bytes.
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  fail: Fail,
  onStorage: (storage: PickledStorage) => void = () => {},
): { value: unknown; end: number } {
  const machine = new Machine(bytes, start, fail, onStorage);
  for (;;) {
    machine.spend(1);
    const at = machine.at;
    const code = machine.byte();
    if (code === STOP) return { value: machine.pop(), end: machine.at };
    const run = steps.get(code);
    if (!run) return fail(`its pickle has the instruction 0x${code.toString(16)} at ${at}`);
    run(machine);
  }
}

class Machine {
  at: number;
  readonly fail: Fail;
  readonly memo = new Map<number, unknown>();
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #globals = new Map<string, PickledGlobal>();
  readonly #marks: number[] = [];
  readonly #stack: unknown[] = [];
  #left = MOST_STEPS;

  readonly onStorage: (storage: PickledStorage) => void;

  constructor(bytes: Uint8Array, at: number, fail: Fail, onStorage: (storage: PickledStorage) => void) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
    this.fail = fail;
    this.onStorage = onStorage;
  }

  spend = (count: number): void => {
    this.#left -= count;
    if (this.#left < 0) this.fail(`its pickle takes more than ${MOST_STEPS} steps`);
  };

  /** Steps over `count` bytes and gives where they begin. */
  #step(count: number): number {
    const at = this.at;
    if (at + count > this.#bytes.length) throw new PickleCut();
    this.at = at + count;
    return at;
  }

  byte = (): number => this.#view.getUint8(this.#step(1));
  short = (): number => this.#view.getUint16(this.#step(2), true);
  int = (): number => this.#view.getInt32(this.#step(4), true);
  word = (): number => this.#view.getUint32(this.#step(4), true);
  long = (): number => Number(this.#view.getBigUint64(this.#step(8), true));
  double = (): number => this.#view.getFloat64(this.#step(8), false);

  take(count: number): Uint8Array {
    if (count < 0) this.fail('its pickle has a length below zero');
    const at = this.#step(count);
    return this.#bytes.subarray(at, at + count);
  }

  text(count: number): string {
    return decoder.decode(this.take(count));
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.at);
    if (end < 0) throw new PickleCut();
    const line = decoder.decode(this.#bytes.subarray(this.at, end));
    this.at = end + 1;
    return line;
  }

  push(value: unknown): void {
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.fail('its pickle takes more than it holds');
    return this.#stack.pop();
  }

  top(): unknown {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) this.fail('its pickle takes more than it holds');
    return this.#stack.at(-1);
  }

  mark(): void {
    this.#marks.push(this.#stack.length);
  }

  popToMark(): unknown[] {
    const mark = this.#marks.pop();
    if (mark === undefined) return this.fail('its pickle has no mark to go back to');
    return this.#stack.splice(mark);
  }

  remember(index: number): void {
    this.memo.set(index, this.top());
  }

  recall(index: number): void {
    if (!this.memo.has(index)) this.fail(`its pickle recalls nothing (${index})`);
    this.push(this.memo.get(index));
  }

  global(module: string, name: string): PickledGlobal {
    const key = `${module}\n${name}`;
    const known = this.#globals.get(key) ?? new PickledGlobal(module, name);
    this.#globals.set(key, known);
    return known;
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const STOP = 0x2e;

/** Two's complement, little-endian. A number where that is exact. */
function readInteger(machine: Machine, count: number): number | bigint {
  if (count > MOST_DIGITS) machine.fail(`its pickle has a number of ${count} bytes`);
  const bytes = machine.take(count);
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  if (bytes.length > 0 && bytes.at(-1)! & 0x80) value -= 1n << BigInt(8 * bytes.length);
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function setItems(target: unknown, pairs: readonly unknown[], fail: Fail): void {
  if (pairs.length % 2) fail('its pickle has a key without a value');
  if (target instanceof PickledObject) target.items ??= new Map();
  const map = target instanceof PickledObject ? target.items : target;
  if (map instanceof Map) for (let i = 0; i < pairs.length; i += 2) map.set(pairs[i], pairs[i + 1]);
  else fail('its pickle puts a key into what is no dictionary');
}

function append(target: unknown, values: readonly unknown[], fail: Fail): void {
  if (target instanceof PickledObject) target.list ??= [];
  const list = target instanceof PickledObject ? target.list : target;
  if (Array.isArray(list)) for (const value of values) list.push(value);
  else if (list instanceof Set) for (const value of values) list.add(value);
  else fail('its pickle appends to what is no list');
}

/** Attributes of dictionaries and tensors (`_metadata`, hooks …) say nothing about weights. */
function build(machine: Machine): void {
  const state = machine.pop();
  const target = machine.top();
  if (target instanceof PickledObject) target.state = state;
  else if (!(target instanceof Map || target instanceof PickledTensor || target instanceof RefusedTensor)) {
    machine.fail('its pickle gives a state to what is no object');
  }
}

function resolve(machine: Machine): void {
  const found = resolveStorage(machine.pop(), machine.fail);
  if (!(found instanceof PickledObject)) machine.onStorage(found);
  machine.push(found);
}

function reduce(machine: Machine): void {
  const args = machine.pop();
  machine.push(call(machine.pop(), args, machine));
}

function reduceWithNames(machine: Machine): void {
  machine.pop();
  reduce(machine);
}

function stackGlobal(machine: Machine): void {
  const name = machine.pop();
  const module = machine.pop();
  if (typeof name !== 'string' || typeof module !== 'string') machine.fail('its pickle names something without a word');
  machine.push(machine.global(module as string, name as string));
}

function tuple(count: number) {
  return (machine: Machine): void => {
    const values = Array.from({ length: count }, () => machine.pop());
    machine.push(values.reverse());
  };
}

function checkProtocol(machine: Machine): void {
  const protocol = machine.byte();
  if (protocol > MOST_PROTOCOL) machine.fail(`its pickle is of protocol ${protocol}`);
}

/** Named as in Python's pickletools. */
const steps: ReadonlyMap<number, (machine: Machine) => void> = new Map<number, (machine: Machine) => void>([
  [0x80 /* PROTO */, checkProtocol],
  [0x95 /* FRAME */, (m) => m.long()],
  [0x28 /* MARK */, (m) => m.mark()],
  [0x30 /* POP */, (m) => m.pop()],
  [0x31 /* POP_MARK */, (m) => m.popToMark()],
  [0x32 /* DUP */, (m) => m.push(m.top())],
  [0x7d /* EMPTY_DICT */, (m) => m.push(new Map())],
  [0x5d /* EMPTY_LIST */, (m) => m.push([])],
  [0x29 /* EMPTY_TUPLE */, (m) => m.push([])],
  [0x8f /* EMPTY_SET */, (m) => m.push(new Set())],
  [0x74 /* TUPLE */, (m) => m.push(m.popToMark())],
  [0x85 /* TUPLE1 */, tuple(1)],
  [0x86 /* TUPLE2 */, tuple(2)],
  [0x87 /* TUPLE3 */, tuple(3)],
  [0x91 /* FROZENSET */, (m) => m.push(new Set(m.popToMark()))],
  [0x58 /* BINUNICODE */, (m) => m.push(m.text(m.word()))],
  [0x8c /* SHORT_BINUNICODE */, (m) => m.push(m.text(m.byte()))],
  [0x8d /* BINUNICODE8 */, (m) => m.push(m.text(m.long()))],
  [0x55 /* SHORT_BINSTRING */, (m) => m.push(m.text(m.byte()))],
  [0x54 /* BINSTRING */, (m) => m.push(m.text(m.int()))],
  [0x42 /* BINBYTES */, (m) => m.push(m.take(m.word()))],
  [0x43 /* SHORT_BINBYTES */, (m) => m.push(m.take(m.byte()))],
  [0x8e /* BINBYTES8 */, (m) => m.push(m.take(m.long()))],
  [0x96 /* BYTEARRAY8 */, (m) => m.push(m.take(m.long()))],
  [0x71 /* BINPUT */, (m) => m.remember(m.byte())],
  [0x72 /* LONG_BINPUT */, (m) => m.remember(m.word())],
  [0x94 /* MEMOIZE */, (m) => m.remember(m.memo.size)],
  [0x68 /* BINGET */, (m) => m.recall(m.byte())],
  [0x6a /* LONG_BINGET */, (m) => m.recall(m.word())],
  [0x63 /* GLOBAL */, (m) => m.push(m.global(m.line(), m.line()))],
  [0x93 /* STACK_GLOBAL */, stackGlobal],
  [0x52 /* REDUCE */, reduce],
  [0x81 /* NEWOBJ */, reduce],
  [0x92 /* NEWOBJ_EX */, reduceWithNames],
  [0x62 /* BUILD */, build],
  [0x51 /* BINPERSID */, resolve],
  [0x4a /* BININT */, (m) => m.push(m.int())],
  [0x4b /* BININT1 */, (m) => m.push(m.byte())],
  [0x4d /* BININT2 */, (m) => m.push(m.short())],
  [0x8a /* LONG1 */, (m) => m.push(readInteger(m, m.byte()))],
  [0x8b /* LONG4 */, (m) => m.push(readInteger(m, m.int()))],
  [0x47 /* BINFLOAT */, (m) => m.push(m.double())],
  [0x4e /* NONE */, (m) => m.push(null)],
  [0x88 /* NEWTRUE */, (m) => m.push(true)],
  [0x89 /* NEWFALSE */, (m) => m.push(false)],
  [
    0x73 /* SETITEM */,
    (m) => {
      const value = m.pop();
      const key = m.pop();
      setItems(m.top(), [key, value], m.fail);
    },
  ],
  [
    0x75 /* SETITEMS */,
    (m) => {
      const pairs = m.popToMark();
      setItems(m.top(), pairs, m.fail);
    },
  ],
  [
    0x61 /* APPEND */,
    (m) => {
      const value = m.pop();
      append(m.top(), [value], m.fail);
    },
  ],
  [
    0x65 /* APPENDS */,
    (m) => {
      const values = m.popToMark();
      append(m.top(), values, m.fail);
    },
  ],
  [
    0x90 /* ADDITEMS */,
    (m) => {
      const values = m.popToMark();
      append(m.top(), values, m.fail);
    },
  ],
]);
