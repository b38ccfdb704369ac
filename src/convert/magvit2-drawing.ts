import type { Graph, Value } from './graph.ts';
import type { TorchLayers } from './torch-layers.ts';
import { depthToSpace } from './video-layers.ts';
import type { VqganBlock, VqganHalf, VqganLevel, VqganShape } from './vqgan-shape.ts';

/** What the drawing of Open-MAGVIT2's networks needs to know. */
export interface Magvit2Settings extends VqganShape {
  readonly groups: number;
  /** Latent channels, each of which is one bit of the token. */
  readonly bits: number;
  /** For clips: whether the step from a level to the next, fine to coarse, halves time too. Undefined for pictures. */
  readonly halvesTime?: readonly boolean[];
}

const EPSILON = 1e-6;

/**
 * Draws the two halves of Open-MAGVIT2 (arXiv 2409.04410): residual blocks without biases, and a 1 x 1 convolution on their
 * way around where widths differ. For clips all convolutions are causal: zeros stand before the first frame, none after the last.
 */
export class Magvit2Drawing {
  readonly #settings: Magvit2Settings;
  readonly #layers: TorchLayers;
  readonly #graph: Graph;

  constructor(settings: Magvit2Settings, layers: TorchLayers) {
    this.#settings = settings;
    this.#layers = layers;
    this.#graph = layers.graph;
  }

  #conv(
    x: Value,
    name: string,
    [inputs, outputs, side]: readonly [number, number, number],
    { bias = true, stride = [1, 1, 1] }: { bias?: boolean; stride?: readonly number[] } = {},
  ): Promise<Value> {
    const half = (side - 1) / 2;
    if (!this.#settings.halvesTime) return this.#layers.conv(x, name, [inputs, outputs, side], { bias, stride: stride.slice(1) });
    const pad = [side - 1, half, half, 0, half, half];
    return this.#layers.conv(x, `${name}.conv_1`, [inputs, outputs, [side, side, side]], { bias, stride, pad });
  }

  async #norm(x: Value, name: string, width: number): Promise<Value> {
    const normal = await this.#layers.groupNorm(x, name, width, { groups: this.#settings.groups, epsilon: EPSILON });
    return this.#graph.silu(normal);
  }

  async #block(x: Value, { name, inputs, outputs }: VqganBlock): Promise<Value> {
    const plain = { bias: false };
    let change = await this.#conv(await this.#norm(x, `${name}.norm1`, inputs), `${name}.conv1`, [inputs, outputs, 3], plain);
    change = await this.#norm(change, `${name}.norm2`, outputs);
    change = await this.#conv(change, `${name}.conv2`, [outputs, outputs, 3], plain);
    const around = inputs === outputs ? x : await this.#conv(x, `${name}.nin_shortcut`, [inputs, outputs, 1], plain);
    return this.#graph.add(change, around);
  }

  async #blocks(x: Value, blocks: readonly VqganBlock[]): Promise<Value> {
    let result = x;
    for (const block of blocks) result = await this.#block(result, block);
    return result;
  }

  #middle(x: Value, { middle }: VqganHalf, width: number): Promise<Value> {
    const blocks = middle.map(({ name }) => ({ name, inputs: width, outputs: width }));
    return this.#blocks(x, blocks);
  }

  /** Factors of time, height and width between level `i` and the next coarser one. */
  #step(i: number): readonly [number, number, number] {
    return [this.#settings.halvesTime?.[i] ? 2 : 1, 2, 2];
  }

  /** Pixels → latents, in the order N × C × (T ×) H × W. */
  async encode(pixels: Value): Promise<Value> {
    const { encoder } = this.#settings;
    let x = await this.#conv(pixels, 'encoder.conv_in', [encoder.inputs, encoder.first, 3], { bias: false });
    for (const [i, { name, blocks, resample }] of encoder.levels.entries()) {
      x = await this.#blocks(x, blocks);
      const width = blocks.at(-1)?.outputs ?? 0;
      if (resample !== 'none') x = await this.#conv(x, `${name}.downsample`, [width, width, 3], { stride: this.#step(i) });
    }
    x = await this.#norm(await this.#middle(x, encoder, encoder.last), 'encoder.norm_out', encoder.last);
    return this.#conv(x, 'encoder.conv_out', [encoder.last, encoder.outputs, 1]);
  }

  /** Quantized latents → pixels. */
  async decode(latents: Value): Promise<Value> {
    const { decoder } = this.#settings;
    const style = this.#measure(latents);
    let x = await this.#conv(latents, 'decoder.conv_in', [decoder.inputs, decoder.first, 3]);
    x = await this.#middle(x, decoder, decoder.first);
    for (const [i, level] of decoder.levels.entries()) {
      const { name, blocks, resample } = level;
      x = await this.#adapt(x, name.replace('decoder.up', 'decoder.adaptive'), blocks[0]?.inputs ?? 0, style);
      x = await this.#blocks(x, blocks);
      if (resample !== 'none') x = await this.#enlarge(x, level, this.#step(decoder.levels.length - 2 - i));
    }
    x = await this.#norm(x, 'decoder.norm_out', decoder.last);
    return this.#conv(x, 'decoder.conv_out', [decoder.last, decoder.outputs, 3]);
  }

  async #enlarge(x: Value, { name, blocks }: VqganLevel, block: readonly [number, number, number]): Promise<Value> {
    const width = blocks.at(-1)?.outputs ?? 0;
    const cells = await this.#conv(x, `${name}.upsample.conv1`, [width, width * block[0] * block[1] * block[2], 3]);
    if (!this.#settings.halvesTime) return this.#graph.depthToSpace(cells, 2, 'DCR');
    const frames = depthToSpace(this.#graph, cells, width, block);
    return block[0] === 1 ? frames : this.#dropSecond(frames);
  }

  /** All frames but the second: the first one of a clip stands alone. No part of this is ever empty, even for a single frame. */
  #dropSecond(frames: Value): Value {
    const graph = this.#graph;
    const first = graph.slice(frames, 2, 0, 1);
    const later = graph.slice(graph.concat([frames, first], 2), 2, 2, 2 ** 31);
    return graph.slice(graph.concat([first, later], 2), 2, 0, -1);
  }

  /** Mean and standard deviation (unbiased) of each latent channel over the token grid, N × D each. */
  #measure(latents: Value): { readonly mean: Value; readonly deviation: Value } {
    const graph = this.#graph;
    const axes = this.#settings.halvesTime ? [2, 3, 4] : [2, 3];
    const number = (value: number) => graph.constant([value], 'float32', []);
    const sum = (x: Value) => graph.node('ReduceSum', [x, graph.constant(axes)], { keepdims: 1 });
    // Counted on the GPU: a Shape would have to come back from there.
    const cells = sum(graph.add(graph.mul(graph.slice(latents, 1, 0, 1), number(0)), number(1)));
    const mean = graph.div(sum(latents), cells);
    const away = graph.sub(latents, mean);
    // cells − 1, but 1 for a single cell; WebGPU has no kernel for Max.
    const others = graph.add(graph.relu(graph.sub(cells, number(2))), number(1));
    const variance = graph.div(sum(graph.mul(away, away)), others);
    const deviation = graph.node('Sqrt', [graph.add(variance, number(EPSILON))]);
    const flat = (x: Value) => graph.reshape(x, [-1, this.#settings.bits]);
    return { mean: flat(mean), deviation: flat(deviation) };
  }

  /** Adaptive group norm: what the statistics of the whole token grid make of scale and bias. */
  async #adapt(x: Value, name: string, width: number, { mean, deviation }: { mean: Value; deviation: Value }): Promise<Value> {
    const graph = this.#graph;
    const { bits, groups, halvesTime } = this.#settings;
    const part = async (of: string, from: Value) => {
      const weight = await this.#layers.weight(`${name}.${of}.weight`, [width, bits]);
      const bias = await this.#layers.weight(`${name}.${of}.bias`, [width]);
      return graph.reshape(graph.gemm(from, weight, bias, { transposeB: true }), [-1, width, 1, 1, ...(halvesTime ? [1] : [])]);
    };
    const normal = graph.normalizeGroups(x, { groups, epsilon: EPSILON });
    return graph.add(graph.mul(normal, await part('gamma', deviation)), await part('beta', mean));
  }
}

/** Names of the parts, as `readVqgan` takes them, for a middle of so many blocks. */
export function magvit2Names(middle: number) {
  return {
    down: 'down',
    up: 'up',
    upOrder: 'last',
    blocks: 'block',
    attentions: 'attn',
    downsample: 'downsample',
    upsample: 'upsample.conv1',
    middle: Array.from({ length: middle }, (_, i) => ({ name: `mid_block.${i}`, kind: 'block' }) as const),
    normOut: 'norm_out',
    attention: [],
  } as const;
}
