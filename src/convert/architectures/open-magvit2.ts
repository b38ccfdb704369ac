import type { Checkpoint } from '../architecture.ts';
import type { Graph, Value } from '../graph.ts';
import { architecture, type NetworkFacts } from '../network.ts';
import { countParts, sizeOf } from '../tensor-sizes.ts';
import { range, type TorchLayers } from '../torch-layers.ts';
import { sideOf, sizeRule } from '../vqgan-network.ts';
import { likelyGroups, readVqgan, type VqganBlock, type VqganHalf, type VqganShape } from '../vqgan-shape.ts';

/** Open-MAGVIT2 for pictures (arXiv 2409.04410): residual blocks only, and norms that look at all tokens in the decoder. */
interface Settings extends VqganShape {
  readonly groups: number;
  /** Latent channels, each of which is one bit of the token. */
  readonly bits: number;
  /** Side of the pictures it was trained with. */
  readonly preferred: number;
}

const ANCHOR = 'decoder.adaptive.0.gamma.weight';
const EPSILON = 1e-6;
const USUAL_SIDE = 256;

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  const input = tensors.get('encoder.conv_in.weight')?.shape;
  if (!tensors.has(ANCHOR) || input?.length !== 4) return undefined;
  const count = Math.max(...['encoder', 'decoder'].map((half) => countParts(tensors, `${half}.mid_block`)));
  const shape = readVqgan(tensors, {
    down: 'down',
    up: 'up',
    upOrder: 'last',
    blocks: 'block',
    attentions: 'attn',
    downsample: 'downsample',
    upsample: 'upsample.conv1',
    middle: range(0, count).map((i) => ({ name: `mid_block.${i}`, kind: 'block' })),
    normOut: 'norm_out',
    attention: [],
  });
  const preferred = sideOf(checkpoint, 'resolution') ?? USUAL_SIDE;
  return { ...shape, groups: likelyGroups(shape), bits: sizeOf(tensors, 'encoder.conv_out.weight'), preferred };
}

/** Draws the network's two halves; blocks have no biases, and a 1 × 1 convolution on their way around where widths differ. */
class Drawing {
  readonly #settings: Settings;
  readonly #layers: TorchLayers;
  readonly #graph: Graph;

  constructor(settings: Settings, layers: TorchLayers) {
    this.#settings = settings;
    this.#layers = layers;
    this.#graph = layers.graph;
  }

  async #norm(x: Value, name: string, width: number): Promise<Value> {
    const normal = await this.#layers.groupNorm(x, name, width, { groups: this.#settings.groups, epsilon: EPSILON });
    return this.#graph.silu(normal);
  }

  async #block(x: Value, { name, inputs, outputs }: VqganBlock): Promise<Value> {
    const plain = { bias: false };
    let change = await this.#layers.conv(
      await this.#norm(x, `${name}.norm1`, inputs),
      `${name}.conv1`,
      [inputs, outputs, 3],
      plain,
    );
    change = await this.#norm(change, `${name}.norm2`, outputs);
    change = await this.#layers.conv(change, `${name}.conv2`, [outputs, outputs, 3], plain);
    const around = inputs === outputs ? x : await this.#layers.conv(x, `${name}.nin_shortcut`, [inputs, outputs, 1], plain);
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

  async encode(pixels: Value): Promise<Value> {
    const { encoder } = this.#settings;
    let x = await this.#layers.conv(pixels, 'encoder.conv_in', [encoder.inputs, encoder.first, 3], { bias: false });
    for (const { name, blocks, resample } of encoder.levels) {
      x = await this.#blocks(x, blocks);
      const width = blocks.at(-1)?.outputs ?? 0;
      if (resample !== 'none') x = await this.#layers.conv(x, `${name}.downsample`, [width, width, 3], { stride: 2 });
    }
    x = await this.#norm(await this.#middle(x, encoder, encoder.last), 'encoder.norm_out', encoder.last);
    return this.#layers.conv(x, 'encoder.conv_out', [encoder.last, encoder.outputs, 1]);
  }

  async decode(latents: Value): Promise<Value> {
    const { decoder } = this.#settings;
    const style = this.#measure(latents);
    let x = await this.#layers.conv(latents, 'decoder.conv_in', [decoder.inputs, decoder.first, 3]);
    x = await this.#middle(x, decoder, decoder.first);
    for (const { name, blocks, resample } of decoder.levels) {
      x = await this.#adapt(x, name.replace('decoder.up', 'decoder.adaptive'), blocks[0]?.inputs ?? 0, style);
      x = await this.#blocks(x, blocks);
      const width = blocks.at(-1)?.outputs ?? 0;
      if (resample === 'none') continue;
      x = await this.#layers.conv(x, `${name}.upsample.conv1`, [width, 4 * width, 3]);
      x = this.#graph.depthToSpace(x, 2, 'DCR');
    }
    x = await this.#norm(x, 'decoder.norm_out', decoder.last);
    return this.#layers.conv(x, 'decoder.conv_out', [decoder.last, decoder.outputs, 3]);
  }

  /** Mean and standard deviation (unbiased, of one token 0) of each latent channel over the grid, N × D each. */
  #measure(latents: Value): { readonly mean: Value; readonly deviation: Value } {
    const graph = this.#graph;
    const number = (value: number) => graph.constant([value], 'float32', []);
    const sum = (x: Value) => graph.node('ReduceSum', [x, graph.constant([2, 3])], { keepdims: 1 });
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
    const { bits, groups } = this.#settings;
    const part = async (of: string, from: Value) => {
      const weight = await this.#layers.weight(`${name}.${of}.weight`, [width, bits]);
      const bias = await this.#layers.weight(`${name}.${of}.bias`, [width]);
      return graph.reshape(graph.gemm(from, weight, bias, { transposeB: true }), [-1, width, 1, 1]);
    };
    const normal = graph.normalizeGroups(x, { groups, epsilon: EPSILON });
    return graph.add(graph.mul(normal, await part('gamma', deviation)), await part('beta', mean));
  }
}

function describe({ bits, preferred, ...shape }: Settings): NetworkFacts {
  return {
    medium: 'image',
    quantizer: { kind: 'lfq', bits, firstBit: 'least' },
    size: sizeRule({ shape, preferred }),
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  };
}

export default architecture<Settings>({
  name: 'open-magvit2',
  anchor: ANCHOR,
  recognise,
  describe,
  encode: (settings, layers, pixels) => new Drawing(settings, layers).encode(pixels),
  decode: (settings, layers, latents) => new Drawing(settings, layers).decode(latents),
  spare: () => false,
});
