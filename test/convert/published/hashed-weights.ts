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
  return Float64Array.from({ length: count }, (_, i) => {
    let x = (start + Math.imul(i, 2654435761)) >>> 0;
    x ^= x >>> 16;
    x = Math.imul(x, 0x45d9f3b) >>> 0;
    x ^= x >>> 16;
    return (x >>> 0) / 2 ** 32 - 0.5;
  });
}

/** Weights whose sums keep about the size of what they sum up; scales and variances near 1, the rest near 0. */
function hashedWeights(name: string, shape: readonly number[], gain: number): Float32Array {
  const numbers = hashedNumbers(name, elementCount(shape));
  if (shape.length >= 2) {
    const size = gain * Math.sqrt(12 / elementCount(shape.slice(1)));
    return Float32Array.from(numbers, (u) => u * size);
  }
  if (name.endsWith('running_var')) return Float32Array.from(numbers, (u) => 1 + 0.5 * u);
  return Float32Array.from(numbers, (u) => (name.endsWith('weight') ? 1 : 0) + 0.2 * u);
}

/** A checkpoint with such weights; `stored` renames a tensor after its weights were made. */
export async function hashedCheckpoint(
  shapes: Shapes,
  {
    gain = 1,
    stored = (name: string) => name,
    config,
  }: { gain?: number; stored?: (name: string) => string; config?: unknown } = {},
): Promise<Checkpoint> {
  const tensors = new Map(
    [...shapes].map(([name, shape]) => [stored(name), { dtype: 'F32', shape, data: hashedWeights(name, shape, gain) } as const]),
  );
  const { bytes } = writeSafetensors(tensors);
  return { file: 'hashed', tensors: await readSafetensors(new Blob([bytes]), 'hashed'), config };
}

/** Pixels in [from, to). */
export function hashedInput(shape: readonly number[], [from, to]: readonly [number, number]): Tensor {
  const numbers = hashedNumbers('input', elementCount(shape));
  return floats(
    shape,
    Float32Array.from(numbers, (u) => from + (to - from) * (u + 0.5)),
  );
}
