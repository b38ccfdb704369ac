import type { Tensor } from 'onnxruntime-web';
import type { Checkpoint } from '../../../src/convert/architecture.ts';
import { readSafetensors, writeSafetensors } from '../../../src/convert/containers/safetensors.ts';
import { elementCount } from '../../../src/convert/tensors.ts';
import { floats } from '../run-graph.ts';

export type Shapes = ReadonlyMap<string, readonly number[]>;

const PRIME = 16777619;
const BASIS = 2166136261;

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  return new TextEncoder().encode(text).reduce((sum, byte) => Math.imul(sum ^ byte, PRIME) >>> 0, BASIS);
}

/** Numbers in [-0.5, 0.5) that a name alone decides, so that networks of any size have weights without a file. */
export function hashedNumbers(name: string, count: number): Float64Array {
  const start = hash(name);
  const numbers = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let x = (start + Math.imul(i, 2654435761)) >>> 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x45d9f3b) >>> 0;
    x ^= x >>> 16;
    numbers[i] = (x >>> 0) / 2 ** 32 - 0.5;
  }
  return numbers;
}

/** Weights whose sums keep about the size of what they sum up; scales and variances near 1, the rest near 0. */
function hashedWeights(name: string, shape: readonly number[], gain: number): Float32Array {
  const numbers = hashedNumbers(name, elementCount(shape));
  if (shape.length >= 2) {
    const size = gain * Math.sqrt(12 / elementCount(shape.slice(1)));
    return new Float32Array(numbers.map((u) => u * size));
  }
  if (name.endsWith('running_var')) return Float32Array.from(numbers, (u) => 1 + 0.5 * u);
  return Float32Array.from(numbers, (u) => (name.endsWith('weight') ? 1 : 0) + 0.2 * u);
}

export interface HashedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface HashedOptions {
  readonly gain?: number;
  /** Another name in the file. */
  readonly stored?: (name: string) => string;
  /** How else a file stores a tensor whose weights were made by its name in PyTorch. */
  readonly store?: (tensor: HashedTensor) => HashedTensor;
  readonly config?: unknown;
}

/** A checkpoint with such weights. */
export async function hashedCheckpoint(
  shapes: Shapes,
  { gain = 1, stored: named, store, config }: HashedOptions = {},
): Promise<Checkpoint> {
  const made = [...shapes].map(([name, shape]) => ({
    name: named?.(name) ?? name,
    shape,
    data: hashedWeights(name, shape, gain),
  }));
  const stored = store ? made.map(store) : made;
  const tensors = new Map(stored.map(({ name, shape, data }) => [name, { dtype: 'F32', shape, data } as const]));
  const { bytes } = writeSafetensors(tensors);
  return { file: 'hashed', tensors: await readSafetensors(new Blob([bytes]), 'hashed'), config };
}

/** As Flax stores it: kernels as height × width × inputs × outputs, and leaves of other names below `module(name)`. */
export function asFlax({ name, shape, data }: HashedTensor, module: (name: string) => string): HashedTensor {
  const cut = name.lastIndexOf('.');
  const [outputs = 0, inputs = 0, height = 0, width = 0] = shape;
  const path = module(name.slice(0, cut));
  if (shape.length === 1) return { name: `${path}/${name.endsWith('bias') ? 'bias' : 'scale'}`, shape, data };
  if (shape.length === 2) return { name: path, shape, data };
  const area = height * width;
  const turned = Float32Array.from(data, (_, i) => {
    const [o, rest] = [i % outputs, Math.floor(i / outputs)];
    return data[(o * inputs + (rest % inputs)) * area + Math.floor(rest / inputs)]!;
  });
  return { name: `${path}/kernel`, shape: [height, width, inputs, outputs], data: turned };
}

/** Pixels in [from, to). */
export function hashedInput(shape: readonly number[], [from, to]: readonly [number, number]): Tensor {
  const numbers = hashedNumbers('input', elementCount(shape));
  return floats(
    shape,
    Float32Array.from(numbers, (u) => from + (to - from) * (u + 0.5)),
  );
}
