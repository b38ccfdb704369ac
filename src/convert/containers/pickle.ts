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
    const run = steps[code];
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
const steps: { readonly [code: number]: (machine: Machine) => void } = {
  /* PROTO */ 128: checkProtocol,
  /* FRAME */ 149: (m) => m.long(),
  /* MARK */ 40: (m) => m.mark(),
  /* POP */ 48: (m) => m.pop(),
  /* POP_MARK */ 49: (m) => m.popToMark(),
  /* DUP */ 50: (m) => m.push(m.top()),
  /* EMPTY_DICT */ 125: (m) => m.push(new Map()),
  /* EMPTY_LIST */ 93: (m) => m.push([]),
  /* EMPTY_TUPLE */ 41: (m) => m.push([]),
  /* EMPTY_SET */ 143: (m) => m.push(new Set()),
  /* TUPLE */ 116: (m) => m.push(m.popToMark()),
  /* TUPLE1 */ 133: tuple(1),
  /* TUPLE2 */ 134: tuple(2),
  /* TUPLE3 */ 135: tuple(3),
  /* FROZENSET */ 145: (m) => m.push(new Set(m.popToMark())),
  /* BINUNICODE */ 88: (m) => m.push(m.text(m.word())),
  /* SHORT_BINUNICODE */ 140: (m) => m.push(m.text(m.byte())),
  /* BINUNICODE8 */ 141: (m) => m.push(m.text(m.long())),
  /* SHORT_BINSTRING */ 85: (m) => m.push(m.text(m.byte())),
  /* BINSTRING */ 84: (m) => m.push(m.text(m.int())),
  /* BINBYTES */ 66: (m) => m.push(m.take(m.word())),
  /* SHORT_BINBYTES */ 67: (m) => m.push(m.take(m.byte())),
  /* BINPUT */ 113: (m) => m.remember(m.byte()),
  /* LONG_BINPUT */ 114: (m) => m.remember(m.word()),
  /* MEMOIZE */ 148: (m) => m.remember(m.memo.size),
  /* BINGET */ 104: (m) => m.recall(m.byte()),
  /* LONG_BINGET */ 106: (m) => m.recall(m.word()),
  /* GLOBAL */ 99: (m) => m.push(m.global(m.line(), m.line())),
  /* STACK_GLOBAL */ 147: stackGlobal,
  /* REDUCE */ 82: reduce,
  /* NEWOBJ */ 129: reduce,
  /* NEWOBJ_EX */ 146: reduceWithNames,
  /* BUILD */ 98: build,
  /* BINPERSID */ 81: resolve,
  /* BININT */ 74: (m) => m.push(m.int()),
  /* BININT1 */ 75: (m) => m.push(m.byte()),
  /* BININT2 */ 77: (m) => m.push(m.short()),
  /* LONG1 */ 138: (m) => m.push(readInteger(m, m.byte())),
  /* LONG4 */ 139: (m) => m.push(readInteger(m, m.int())),
  /* BINFLOAT */ 71: (m) => m.push(m.double()),
  /* NONE */ 78: (m) => m.push(null),
  /* NEWTRUE */ 136: (m) => m.push(true),
  /* NEWFALSE */ 137: (m) => m.push(false),
  /* SETITEM */ 115: (m) => {
    const value = m.pop();
    const key = m.pop();
    setItems(m.top(), [key, value], m.fail);
  },
  /* SETITEMS */ 117: (m) => {
    const pairs = m.popToMark();
    setItems(m.top(), pairs, m.fail);
  },
  /* APPEND */ 97: (m) => {
    const value = m.pop();
    append(m.top(), [value], m.fail);
  },
  /* APPENDS */ 101: (m) => {
    const values = m.popToMark();
    append(m.top(), values, m.fail);
  },
  /* ADDITEMS */ 144: (m) => {
    const values = m.popToMark();
    append(m.top(), values, m.fail);
  },
};
