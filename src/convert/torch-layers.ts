import { TokenscopeError } from '../core/errors.ts';
import type { CheckpointForm } from '../core/manifest.ts';
import { drawPhases, phaseBytes } from './enlarged-conv.ts';
import type { Graph, Pad, Value } from './graph.ts';
import { asMatrix, pickRows, type Weight, type Weights } from './weights.ts';

interface ConvOptions {
  /** One number, or one for each axis. */
  readonly stride?: number | readonly number[];
  /** Half the kernel on all sides unless said otherwise; see `Pad`. */
  readonly pad?: Pad;
  readonly group?: number;
  /** False for a layer without one. */
  readonly bias?: boolean;
  /** Changes the weights (and bias) on their way into the graph. */
  readonly weights?: (weight: Weight) => Weight;
  readonly biases?: (bias: Weight) => Weight;
}

/** Size of a convolution's kernel: one number for both axes of a picture, or one for each axis: [kh, kw], [kt, kh, kw]. */
export type Kernel = number | readonly number[];

/** How a checkpoint has a tensor: its name there and, where it is stored in another order, which of its axes are PyTorch's. */
export interface StoredAs {
  readonly name: string;
  readonly axes?: readonly number[];
}

/** Names of attention's layers. */
export interface AttentionNames {
  readonly q: string;
  readonly k: string;
  readonly v: string;
  readonly out: string;
}

/** How layers are drawn, and what came of it. */
interface Drawn {
  readonly form: CheckpointForm['graph'];
  /** Kernels that ONNX Runtime works out of the stored ones while it loads. Bytes. */
  relaid: number;
}

interface NormOptions {
  readonly groups: number;
  readonly epsilon: number;
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** Draws PyTorch's layers: a layer is found by its name in the checkpoint, where `weight` and `bias` stand below it. */
export class TorchLayers {
  readonly graph: Graph;
  readonly #weights: Weights;
  readonly #drawn: Drawn;
  readonly #stored: (name: string) => StoredAs;

  constructor(
    graph: Graph,
    weights: Weights,
    drawn: Drawn = { form: 'plain', relaid: 0 },
    stored: (name: string) => StoredAs = (name) => ({ name }),
  ) {
    this.graph = graph;
    this.#weights = weights;
    this.#drawn = drawn;
    this.#stored = stored;
  }

  /** The same layers where the checkpoint has its tensors under other names or with other axes. */
  renamed(stored: (name: string) => StoredAs): TorchLayers {
    return new TorchLayers(this.graph, this.#weights, this.#drawn, stored);
  }

  /** The shape of a tensor of the checkpoint, if it is there. */
  shapeOf(name: string): readonly number[] | undefined {
    const stored = this.#stored(name);
    const shape = this.#weights.shape(stored.name);
    return stored.axes && shape ? stored.axes.map((axis) => shape[axis] ?? 0) : shape;
  }

  /** A tensor of the checkpoint as a float32 value; `change` gets it as it is stored. */
  async weight(name: string, shape: readonly number[], change?: (weight: Weight) => Weight): Promise<Value> {
    const stored = this.#stored(name);
    if (!stored.axes) return this.#weights.take(this.graph, stored.name, shape, change);
    const sizes = shape.map((_, axis) => shape[stored.axes!.indexOf(axis)] ?? 0);
    return this.graph.transpose(await this.#weights.take(this.graph, stored.name, sizes, change), stored.axes);
  }

  /** Conv2d or Conv3d(inputs, outputs, kernel), `inputs` being those of all groups. */
  async conv(x: Value, name: string, [inputs, outputs, size]: readonly [number, number, Kernel], options: ConvOptions = {}) {
    const kernel = typeof size === 'number' ? [size, size] : size;
    const half = kernel.map((side) => Math.floor((side - 1) / 2));
    const { stride = 1, pad = [...half, ...half], group = 1, bias: biased = true, weights, biases } = options;
    const weight = await this.weight(`${name}.weight`, [outputs, inputs / group, ...kernel], weights);
    const bias = biased ? await this.weight(`${name}.bias`, [outputs], biases) : undefined;
    return this.graph.conv(x, weight, bias, { kernel, stride, pad, group });
  }

  /** The weights of a Conv2d; a kernel stored as 1 x k x k is one of k x k. */
  async planeKernel(name: string, [outputs, inputs, side]: readonly [number, number, number]): Promise<Value> {
    const flat = (this.shapeOf(`${name}.weight`) ?? []).length === 5;
    const stored = await this.weight(`${name}.weight`, [outputs, inputs, ...(flat ? [1] : []), side, side]);
    return flat ? this.graph.reshape(stored, [outputs, inputs, side, side]) : stored;
  }

  /** Nearest × `factor` (even), then Conv2d(inputs, outputs, 3), in one of two forms. */
  async enlargedConv(
    x: Value,
    name: string,
    sizes: readonly [number, number],
    { factor = 2, bias: biased = true }: { readonly factor?: number; readonly bias?: boolean } = {},
  ): Promise<Value> {
    const [inputs, outputs] = sizes;
    const weight = await this.planeKernel(name, [outputs, inputs, 3]);
    const bias = biased ? await this.weight(`${name}.bias`, [outputs]) : undefined;
    if (this.#drawn.form === 'plain') {
      return this.graph.conv(this.graph.enlarge(x, factor), weight, bias, { kernel: [3, 3], pad: 1 });
    }
    this.#drawn.relaid += phaseBytes(sizes);
    return drawPhases(this.graph, this.graph.enlarge(x, factor / 2), { weight, bias }, sizes);
  }

  /** ConvTranspose2d(inputs, outputs, kernel) with `padding` `pad` and no output padding. */
  async convTranspose(
    x: Value,
    name: string,
    [inputs, outputs, size]: readonly [number, number, Kernel],
    { stride = 1, pad = 0, bias: biased = true }: Pick<ConvOptions, 'stride' | 'pad' | 'bias'> = {},
  ): Promise<Value> {
    const kernel = typeof size === 'number' ? [size, size] : size;
    const weight = await this.weight(`${name}.weight`, [inputs, outputs, ...kernel]);
    const bias = biased ? await this.weight(`${name}.bias`, [outputs]) : undefined;
    return this.graph.node('ConvTranspose', bias ? [x, weight, bias] : [x, weight], {
      kernel_shape: kernel,
      strides: typeof stride === 'number' ? kernel.map(() => stride) : stride,
      pads: typeof pad === 'number' ? [...kernel, ...kernel].map(() => pad) : pad,
    });
  }

  /** Linear(inputs, outputs) on the last axis. A 1 x 1 convolution is as good. */
  async linear(x: Value, name: string, [inputs, outputs]: readonly [number, number], { bias = true } = {}): Promise<Value> {
    const product = this.graph.matMul(x, this.graph.transpose(await this.matrix(name, [inputs, outputs]), [1, 0]));
    return bias ? this.graph.add(product, await this.weight(`${name}.bias`, [outputs])) : product;
  }

  /**
   * The weights outputs × inputs of a linear layer or of a convolution with a kernel of ones, which are stored alike.
   * ONNX Runtime reshapes and transposes weights once, while it loads.
   */
  async matrix(name: string, [inputs, outputs]: readonly [number, number]): Promise<Value> {
    const ones = (this.shapeOf(`${name}.weight`) ?? []).slice(2);
    const weight = await this.weight(`${name}.weight`, [outputs, inputs, ...ones.map(() => 1)]);
    return ones.length > 0 ? this.graph.reshape(weight, [outputs, inputs]) : weight;
  }

  /**
   * GroupNorm over N × C × … ; `shape` is the shape of `x`, where it is known already. Throws `model-corrupt` for groups that
   * are not equal.
   */
  async groupNorm(x: Value, name: string, channels: number, { groups, epsilon }: NormOptions, shape?: Value): Promise<Value> {
    if (channels % groups !== 0) {
      throw new TokenscopeError('model-corrupt', { file: name, reason: `${channels} channels do not make ${groups} groups` });
    }
    const scale = await this.weight(`${name}.weight`, [channels]);
    const bias = await this.weight(`${name}.bias`, [channels]);
    return this.graph.groupNorm(x, { scale, bias, channels, groups, epsilon, ...(shape && { shape }) });
  }

  /** BatchNorm2d or BatchNorm3d with its running statistics. */
  async batchNorm(x: Value, name: string, channels: number, epsilon = 1e-5): Promise<Value> {
    const part = (of: string) => this.weight(`${name}.${of}`, [channels]);
    const [scale, bias] = [await part('weight'), await part('bias')];
    const [mean, variance] = [await part('running_mean'), await part('running_var')];
    return this.graph.node('BatchNormalization', [x, scale, bias, mean, variance], { epsilon: { float: epsilon } });
  }

  /**
   * One head of attention over all positions of N × C × (T ×) H × W, from three layers C → C and one on what comes out: 1 x 1
   * convolutions or linear layers, with the scale C^-0.5. `shape` is the shape of `x`. Weights stay as they are stored.
   */
  async attend(x: Value, name: AttentionNames, channels: number, shape: Value, { bias = true } = {}): Promise<Value> {
    const { graph } = this;
    const sizes = [channels, channels] as const;
    const columns = graph.reshape(x, [0, channels, -1]);
    const rows = graph.transpose(columns, [0, 2, 1]);
    const scale = graph.constant([channels ** -0.5], 'float32', []);
    const queries = graph.mul(await this.linear(rows, name.q, sizes, { bias }), scale);
    const product = graph.matMul(await this.matrix(name.k, sizes), columns);
    const keys = bias
      ? graph.add(product, graph.reshape(await this.weight(`${name.k}.bias`, [channels]), [channels, 1]))
      : product;
    const values = await this.linear(rows, name.v, sizes, { bias });
    const mixed = graph.matMul(graph.softmax(graph.matMul(queries, keys)), values);
    const out = await this.linear(mixed, name.out, sizes, { bias });
    return graph.reshape(graph.transpose(out, [0, 2, 1]), shape);
  }

  /**
   * One head of attention over all positions of N × C × H × W, from one 1 x 1 convolution `qkv` (C → 3C: queries, keys,
   * values) and one `out`. Drawn with matrices on rows of channels, because 1 x 1 convolutions would each be transposed on
   * WebGPU; keys keep channels first, as the product with the queries wants them.
   */
  async attention(
    x: Value,
    name: { readonly qkv: string; readonly out: string },
    channels: number,
    shape: Value,
  ): Promise<Value> {
    const { graph } = this;
    const columns = graph.reshape(x, [0, channels, -1]);
    const rows = graph.transpose(columns, [0, 2, 1]);
    const { queriesValues, keys } = await this.#projections(name.qkv, channels);
    const mixedRows = graph.add(graph.matMul(rows, queriesValues.weight), queriesValues.bias);
    const [queries, values] = graph.split(mixedRows, [channels, channels], 2) as [Value, Value];
    const scores = graph.matMul(queries, graph.add(graph.matMul(keys.weight, columns), keys.bias));
    const mixed = graph.matMul(graph.softmax(scores), values);
    const weight = await this.weight(`${name.out}.weight`, [channels, channels, 1, 1], asMatrix);
    const out = graph.add(graph.matMul(mixed, weight), await this.weight(`${name.out}.bias`, [channels]));
    return graph.reshape(graph.transpose(out, [0, 2, 1]), shape);
  }

  /** Queries are scaled by C^-0.5 here, in float32, so that the stored half-precision weights keep their bits. */
  async #projections(name: string, channels: number) {
    const { graph } = this;
    const ofKeys = range(channels, 2 * channels);
    const others = [...range(0, channels), ...range(2 * channels, 3 * channels)];
    const kernel = [3 * channels, channels, 1, 1];
    const part = (of: string, shape: readonly number[], as: string, change: (weight: Weight) => Weight) =>
      this.#weights.take(graph, this.#stored(`${name}.${of}`).name, shape, change, `${name}.${as}`);
    const scale = graph.constant(
      others.map((row) => (row < channels ? channels ** -0.5 : 1)),
      'float32',
    );
    return {
      queriesValues: {
        weight: graph.mul(
          await part('weight', kernel, 'queries_values.weight', (weight) => asMatrix(pickRows(weight, others))),
          scale,
        ),
        bias: graph.mul(await part('bias', [3 * channels], 'queries_values.bias', (bias) => pickRows(bias, others)), scale),
      },
      keys: {
        weight: await part('weight', kernel, 'keys.weight', (weight) => ({
          ...pickRows(weight, ofKeys),
          shape: [channels, channels],
        })),
        bias: await part('bias', [3 * channels], 'keys.bias', (bias) => ({ ...pickRows(bias, ofKeys), shape: [channels, 1] })),
      },
    };
  }
}
