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

  /**
   * The values of a tensor as float32. Throws `model-corrupt` for whole numbers and types that no tokenizer stores, and
   * `checkpoint-not-finite`.
   */
  async floats(name: string, tensor: StoredTensor): Promise<Float32Array<ArrayBuffer>> {
    const values = await readValues(tensor);
    if (!(values instanceof Float32Array)) throw this.corrupt(`${name} has the type ${tensor.dtype}`);
    let zero = 0;
    for (const value of values) zero += value * 0;
    if (zero !== 0) throw this.#notFinite(name);
    return values;
  }

  /** The bits of a half-precision tensor. Throws `checkpoint-not-finite`. */
  async halves(name: string, tensor: StoredTensor): Promise<Uint16Array<ArrayBuffer>> {
    const halves = new Uint16Array(await tensor.bytes());
    if (halves.some((bits) => (bits & 0x7c00) === 0x7c00)) throw this.#notFinite(name);
    return halves;
  }

  #notFinite(tensor: string): TokenscopeError {
    return new TokenscopeError('checkpoint-not-finite', { file: this.checkpoint.file, tensor });
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
