import { TokenscopeError } from '../core/errors.ts';
import { floatsToHalves, halvesToFloats, numberToHalf } from '../core/half.ts';
import type { DataType } from '../onnx/model.ts';
import { writeSafetensors } from './containers/safetensors.ts';
import type { Graph, Place, Value } from './graph.ts';
import { areFinite, type TensorTaker } from './tensor-taker.ts';
import { type ElementType, elementCount, type Span, type StoredTensor } from './tensors.ts';

/** Values of a layer, row-major: half-precision bits or float32. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Uint16Array | Float32Array;
}

type Change = (weight: Weight) => Weight;

/** Where the weights of a graph go, filled while it is drawn. Every method gives a float32 value of the graph. */
export interface Weights {
  /**
   * A tensor of the checkpoint, which must have this shape; `change` lays it out anew, and `as` names what came of it.
   * Throws `model-corrupt`.
   */
  take(graph: Graph, name: string, shape: readonly number[], change?: Change, as?: string): Promise<Value>;
  /** The shape of a tensor of the checkpoint, for a layer that is stored in several ways. */
  shape(name: string): readonly number[] | undefined;
  /** Values made here. */
  add(graph: Graph, name: string, weight: Weight): Value;
}

/** Rows (slices of the first axis) in a new order; an undefined row is filled with one value. */
export function pickRows({ shape, data }: Weight, rows: readonly (number | undefined)[], fill = 0): Weight {
  const size = elementCount(shape.slice(1));
  const picked = like(data, rows.length * size);
  const filling = data instanceof Uint16Array ? numberToHalf(fill) : fill;
  for (const [to, from] of rows.entries()) {
    if (from === undefined) picked.fill(filling, to * size, (to + 1) * size);
    else picked.set(data.subarray(from * size, (from + 1) * size), to * size);
  }
  return { shape: [rows.length, ...shape.slice(1)], data: picked };
}

/** A convolution's weights for one more input channel, which it ignores. */
export function padInputs({ shape: [outputs = 0, inputs = 0, ...kernel], data }: Weight): Weight {
  const area = elementCount(kernel);
  const padded = like(data, outputs * (inputs + 1) * area);
  for (let o = 0; o < outputs; o++) {
    padded.set(data.subarray(o * inputs * area, (o + 1) * inputs * area), o * (inputs + 1) * area);
  }
  return { shape: [outputs, inputs + 1, ...kernel], data: padded };
}

/** A 1 x 1 convolution (O × C × 1 × 1) as the matrix C × O that rows of channels are multiplied with. */
export function asMatrix({ shape: [outputs = 0, inputs = 0], data }: Weight): Weight {
  const matrix = like(data, data.length);
  for (let o = 0; o < outputs; o++) for (let c = 0; c < inputs; c++) matrix[c * outputs + o] = data[o * inputs + c]!;
  return { shape: [inputs, outputs], data: matrix };
}

function like(data: Weight['data'], length: number): Weight['data'] {
  return data instanceof Uint16Array ? new Uint16Array(length) : new Float32Array(length);
}

/**
 * A safetensors file of half-precision weights beside a model's graphs. They are cast to float32 in the graph, which ONNX
 * Runtime does once, while it loads.
 */
export class HalfWeights implements Weights {
  readonly name: string;
  readonly #taker: TensorTaker | undefined;
  readonly #weights = new Map<string, { shape: readonly number[]; data: Uint16Array }>();
  #places: ReadonlyMap<string, Place> | undefined;

  constructor(name: string, taker?: TensorTaker) {
    this.name = name;
    this.#taker = taker;
  }

  async take(
    graph: Graph,
    name: string,
    shape: readonly number[],
    change: Change = (weight) => weight,
    as = name,
  ): Promise<Value> {
    return this.add(graph, as, change(await this.#half(name, shape)));
  }

  shape(name: string): readonly number[] | undefined {
    return this.#taker?.checkpoint.tensors.get(name)?.shape;
  }

  /** Half-precision tensors keep their bits. Throws `checkpoint-beyond-half`. */
  async #half(name: string, shape: readonly number[]): Promise<Weight> {
    if (!this.#taker) throw new TypeError('these weights have no checkpoint');
    const tensor = this.#taker.take(name, shape);
    if (tensor.dtype === 'F16') return { shape, data: await this.#taker.halves(name, tensor) };
    const data = floatsToHalves(await this.#taker.floats(name, tensor));
    if (!areFinite(data)) {
      throw new TokenscopeError('checkpoint-beyond-half', { file: this.#taker.checkpoint.file, tensor: name });
    }
    return { shape, data };
  }

  add(graph: Graph, name: string, { shape, data }: Weight): Value {
    this.#weights.set(name, { shape, data: data instanceof Uint16Array ? data : floatsToHalves(data) });
    const place = () => this.#places!.get(name)!;
    return graph.cast(graph.initializer(name, { dtype: 'float16', shape, location: this.name, place }), 'float32');
  }

  /** The file's bytes, once everything is in it. Graphs are encoded after this. */
  write(): Uint8Array<ArrayBuffer> {
    const tensors = [...this.#weights].map(([name, weight]) => [name, { dtype: 'F16', ...weight }] as const);
    const { bytes, places } = writeSafetensors(new Map(tensors));
    this.#places = places;
    return bytes;
  }
}

/** A piece of a graph's weights; it is read when everything is known that will be. */
interface Part {
  readonly length: number;
  /** It stays where it is, and is read only to be checked. */
  readonly refers: boolean;
  read(): Promise<Blob>;
  check?(content: Blob): Promise<void>;
}

/** Most bytes that are laid out at the same time. */
const MOST_AT_ONCE = 2 ** 25;

/** Stored types that ONNX Runtime casts to float32 by itself while it loads. Its builds for WebGPU know no bfloat16. */
function referable(dtype: ElementType): DataType | undefined {
  return dtype === 'F32' ? 'float32' : dtype === 'F16' ? 'float16' : undefined;
}

/**
 * The weights of one graph where they are stored: a file composed of slices of the visitor's own file, in the order in which
 * they were taken, and of copies only for what had to be laid out anew.
 */
export class StoredWeights implements Weights {
  readonly name: string;
  readonly #taker: TensorTaker;
  readonly #parts: Part[] = [];
  readonly #known = new Map<string, Value>();
  #size = 0;
  referred = 0;
  copied = 0;

  constructor(name: string, taker: TensorTaker) {
    this.name = name;
    this.#taker = taker;
  }

  async take(graph: Graph, name: string, shape: readonly number[], change?: Change, as = name): Promise<Value> {
    const known = this.#known.get(as);
    if (known) return known;
    const value = await this.#place(graph, as, this.#taker.take(name, shape), change);
    this.#known.set(as, value);
    return value;
  }

  shape(name: string): readonly number[] | undefined {
    return this.#taker.checkpoint.tensors.get(name)?.shape;
  }

  async #place(graph: Graph, name: string, tensor: StoredTensor, change: Change | undefined): Promise<Value> {
    const { dtype, shape, span } = tensor;
    if (change) return this.add(graph, name, change({ shape, data: await this.#taker.floats(name, tensor) }));
    const type = referable(dtype);
    if (span && type) {
      const place = this.#refer(span, (content) => this.#taker.check(tensor, content));
      return graph.cast(graph.initializer(name, { dtype: type, shape, location: this.name, place: () => place }), 'float32');
    }
    const length = elementCount(shape) * Float32Array.BYTES_PER_ELEMENT;
    return this.#copy(graph, name, shape, {
      length,
      refers: false,
      read: async () => new Blob([await this.#taker.floats(name, tensor)]),
    });
  }

  add(graph: Graph, name: string, { shape, data }: Weight): Value {
    const values = data instanceof Uint16Array ? halvesToFloats(data) : new Float32Array(data);
    const content = new Blob([values]);
    return this.#copy(graph, name, shape, { length: values.byteLength, refers: false, read: async () => content });
  }

  #copy(graph: Graph, name: string, shape: readonly number[], part: Part): Value {
    this.copied += part.length;
    const place = this.#append(part);
    return graph.initializer(name, { dtype: 'float32', shape, location: this.name, place: () => place });
  }

  #refer({ source, from, to }: Span, check: (content: Blob) => Promise<void>): Place {
    this.referred += to - from;
    return this.#append({ length: to - from, refers: true, read: () => source.slice(from, to), check });
  }

  #append(part: Part): Place {
    this.#parts.push(part);
    const offset = this.#size;
    this.#size += part.length;
    return { offset, length: part.length };
  }

  /**
   * All of it. Slices are asked for at the same time, which a source on a server joins; copies are made a few at a time.
   * `check` looks through the slices too, one after the other.
   * Throws `checkpoint-not-finite`, and what the sources throw.
   */
  async write(check = false): Promise<Blob> {
    const slices = Promise.all(this.#parts.map((part) => (part.refers ? part.read() : undefined)));
    slices.catch(() => {}); // Told below.
    const copies = new Map<Part, Blob>();
    for (const group of groupParts(this.#parts.filter(({ refers }) => !refers))) {
      await Promise.all(group.map(async (part) => copies.set(part, await part.read())));
    }
    const referred = await slices;
    if (check) for (const [i, part] of this.#parts.entries()) await part.check?.(referred[i]!);
    return new Blob(this.#parts.map((part, i) => copies.get(part) ?? referred[i]!));
  }
}

/** In their order, each group of at most `MOST_AT_ONCE` bytes where its parts are not larger themselves. */
function groupParts(parts: readonly Part[]): readonly (readonly Part[])[] {
  const groups: Part[][] = [];
  let left = 0;
  for (const part of parts) {
    if (part.length > left || groups.length === 0) {
      groups.push([]);
      left = MOST_AT_ONCE;
    }
    groups.at(-1)!.push(part);
    left -= part.length;
  }
  return groups;
}
