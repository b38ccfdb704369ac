import type { Graph, Value } from './graph.ts';
import { asMatrix, pickRows, type Weight, type Weights } from './weights.ts';

interface ConvOptions {
  readonly stride?: number;
  readonly pad?: number;
  /** Changes the weights (and bias) on their way into the graph. */
  readonly weights?: (weight: Weight) => Weight;
  readonly biases?: (bias: Weight) => Weight;
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

  constructor(graph: Graph, weights: Weights) {
    this.graph = graph;
    this.#weights = weights;
  }

  /** A tensor of the checkpoint as a float32 value. */
  weight(name: string, shape: readonly number[], change?: (weight: Weight) => Weight): Promise<Value> {
    return this.#weights.take(this.graph, name, shape, change);
  }

  /** Conv2d(inputs, outputs, kernel); `pad` is half the kernel unless said otherwise. */
  async conv(x: Value, name: string, [inputs, outputs, kernel]: readonly [number, number, number], options: ConvOptions = {}) {
    const { stride = 1, pad = (kernel - 1) / 2, weights, biases } = options;
    const weight = await this.weight(`${name}.weight`, [outputs, inputs, kernel, kernel], weights);
    const bias = await this.weight(`${name}.bias`, [outputs], biases);
    return this.graph.conv(x, weight, bias, { kernel: [kernel, kernel], stride, pad });
  }

  /** GroupNorm; `shape` is the shape of `x`, where it is known already. */
  async groupNorm(x: Value, name: string, channels: number, { groups, epsilon }: NormOptions, shape?: Value): Promise<Value> {
    const scale = await this.weight(`${name}.weight`, [channels]);
    const bias = await this.weight(`${name}.bias`, [channels]);
    return this.graph.groupNorm(x, { scale, bias, channels, groups, epsilon, ...(shape && { shape }) });
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
      this.#weights.take(graph, `${name}.${of}`, shape, change, `${name}.${as}`);
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
