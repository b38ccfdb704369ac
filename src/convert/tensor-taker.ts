import { TokenscopeError } from '../core/errors.ts';
import type { Checkpoint } from './architecture.ts';
import { readValues, type StoredTensor } from './tensors.ts';

/** Hands out a checkpoint's tensors and knows which were taken, so that none is forgotten. */
export class TensorTaker {
  readonly checkpoint: Checkpoint;
  readonly #taken = new Set<string>();

  constructor(checkpoint: Checkpoint) {
    this.checkpoint = checkpoint;
  }

  has(name: string): boolean {
    return this.checkpoint.tensors.has(name);
  }

  /** Throws `model-corrupt` when it is not there or has another shape. */
  take(name: string, shape: readonly number[]): StoredTensor {
    const tensor = this.checkpoint.tensors.get(name);
    if (!tensor) throw this.corrupt(`it has no tensor ${name}`);
    if (tensor.shape.join() !== shape.join()) {
      throw this.corrupt(`${name} is ${tensor.shape.join(' × ')}, not ${shape.join(' × ')}`);
    }
    this.#taken.add(name);
    return tensor;
  }

  /** The values of a tensor as float32. Throws `model-corrupt` for whole numbers and types that no tokenizer stores. */
  async floats(name: string, tensor: StoredTensor): Promise<Float32Array<ArrayBuffer>> {
    const values = await readValues(tensor);
    if (values instanceof Float32Array) return values;
    throw this.corrupt(`${name} has the type ${tensor.dtype}`);
  }

  get taken(): readonly string[] {
    return [...this.#taken];
  }

  get left(): readonly string[] {
    return [...this.checkpoint.tensors.keys()].filter((name) => !this.#taken.has(name));
  }

  corrupt(reason: string): TokenscopeError {
    return new TokenscopeError('model-corrupt', { file: this.checkpoint.file, reason });
  }
}
