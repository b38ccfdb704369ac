import { TokenscopeError } from '../core/errors.ts';
import { floatsToHalves } from '../core/half.ts';
import type { Checkpoint } from './architecture.ts';
import { writeSafetensors } from './containers/safetensors.ts';
import type { Graph, Place, Value } from './graph.ts';
import { elementCount, readValues } from './tensors.ts';

/** Half-precision values, row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly data: Uint16Array;
}

/** A tensor of the checkpoint in half precision; half-precision ones keep their bits. Throws `model-corrupt`. */
export async function takeWeight({ tensors, file }: Checkpoint, name: string, shape: readonly number[]): Promise<Weight> {
  const corrupt = (reason: string) => new TokenscopeError('model-corrupt', { file, reason });
  const tensor = tensors.get(name);
  if (!tensor) throw corrupt(`it has no tensor ${name}`);
  if (tensor.shape.join() !== shape.join()) throw corrupt(`${name} is ${tensor.shape.join(' × ')}, not ${shape.join(' × ')}`);
  if (tensor.dtype === 'F16') return { shape, data: new Uint16Array(await tensor.bytes()) };
  const values = await readValues(tensor);
  if (!(values instanceof Float32Array)) throw corrupt(`${name} has the type ${tensor.dtype}`);
  return { shape, data: floatsToHalves(values) };
}

/** Rows (slices of the first axis) in a new order; an undefined row is filled with one half-precision value. */
export function pickRows({ shape, data }: Weight, rows: readonly (number | undefined)[], fill = 0): Weight {
  const size = elementCount(shape.slice(1));
  const picked = new Uint16Array(rows.length * size);
  for (const [to, from] of rows.entries()) {
    if (from === undefined) picked.fill(fill, to * size, (to + 1) * size);
    else picked.set(data.subarray(from * size, (from + 1) * size), to * size);
  }
  return { shape: [rows.length, ...shape.slice(1)], data: picked };
}

/** A convolution's weights for one more input channel, which it ignores. */
export function padInputs({ shape: [outputs = 0, inputs = 0, ...kernel], data }: Weight): Weight {
  const area = elementCount(kernel);
  const padded = new Uint16Array(outputs * (inputs + 1) * area);
  for (let o = 0; o < outputs; o++) {
    padded.set(data.subarray(o * inputs * area, (o + 1) * inputs * area), o * (inputs + 1) * area);
  }
  return { shape: [outputs, inputs + 1, ...kernel], data: padded };
}

/** A 1 x 1 convolution (O × C × 1 × 1) as the matrix C × O that rows of channels are multiplied with. */
export function asMatrix({ shape: [outputs = 0, inputs = 0], data }: Weight): Weight {
  const matrix = new Uint16Array(data.length);
  for (let o = 0; o < outputs; o++) for (let c = 0; c < inputs; c++) matrix[c * outputs + o] = data[o * inputs + c]!;
  return { shape: [inputs, outputs], data: matrix };
}

/**
 * The file of weights beside a model's graphs, filled while they are drawn. Weights are stored in half precision and cast to
 * float32 in the graph, which ONNX Runtime does once, while it loads.
 */
export class WeightFile {
  readonly name: string;
  readonly #weights = new Map<string, Weight>();
  #places: ReadonlyMap<string, Place> | undefined;

  constructor(name: string) {
    this.name = name;
  }

  /** Adds a weight to the file and gives it as a float32 value of the graph. */
  add(graph: Graph, name: string, weight: Weight): Value {
    this.#weights.set(name, weight);
    const { shape } = weight;
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
