import { TokenscopeError } from '../core/errors.ts';
import type { Checkpoint } from './architecture.ts';
import { readValues, type StoredTensor } from './tensors.ts';

/** Bytes that are looked through at a time: whole elements. */
const PIECE = 2 ** 23;

/** Hands out a checkpoint's tensors and knows which were taken, so that none is forgotten. */
export class TensorTaker {
  readonly checkpoint: Checkpoint;
  readonly #taken = new Set<string>();
  readonly #names = new Map<StoredTensor, string>();

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
    this.#names.set(tensor, name);
    return tensor;
  }

  /**
   * The values of a tensor as float32. Throws `model-corrupt` for whole numbers and types that no tokenizer stores, and
   * `checkpoint-not-finite`.
   */
  async floats(name: string, tensor: StoredTensor): Promise<Float32Array<ArrayBuffer>> {
    const values = await readValues(tensor);
    if (!(values instanceof Float32Array)) throw this.corrupt(`${name} has the type ${tensor.dtype}`);
    if (!areFinite(values)) throw this.#notFinite(tensor, name);
    return values;
  }

  /** The bits of a half-precision tensor. Throws `checkpoint-not-finite`. */
  async halves(name: string, tensor: StoredTensor): Promise<Uint16Array<ArrayBuffer>> {
    const halves = new Uint16Array(await tensor.bytes());
    if (!areFinite(halves)) throw this.#notFinite(tensor, name);
    return halves;
  }

  /** What is stored of a taken float32 or half-precision tensor, looked through piece by piece. Throws `checkpoint-not-finite`. */
  async check(tensor: StoredTensor, stored: Blob): Promise<void> {
    for (let at = 0; at < stored.size; at += PIECE) {
      const bytes = await stored.slice(at, at + PIECE).arrayBuffer();
      if (!areFinite(tensor.dtype === 'F16' ? new Uint16Array(bytes) : new Float32Array(bytes))) throw this.#notFinite(tensor);
    }
  }

  /** By its own name, whatever it became since it was taken. */
  #notFinite(tensor: StoredTensor, name = 'weights'): TokenscopeError {
    const parameters = { file: this.checkpoint.file, tensor: this.#names.get(tensor) ?? name };
    return new TokenscopeError('checkpoint-not-finite', parameters);
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

/** Numbers, or the bits of numbers in half precision. */
export function areFinite(values: Float32Array | Uint16Array): boolean {
  if (values instanceof Uint16Array) return !values.some((bits) => (bits & 0x7c00) === 0x7c00);
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i]! * 0;
  return zero === 0;
}
