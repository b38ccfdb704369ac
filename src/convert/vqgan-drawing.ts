import { type Activation, activate } from './activations.ts';
import type { Graph, Value } from './graph.ts';
import type { TorchLayers } from './torch-layers.ts';
import type { VqganBlock, VqganHalf, VqganLevel, VqganNames } from './vqgan-shape.ts';

/** What the weights of a network of the VQGAN family cannot tell. */
export interface VqganStyle {
  readonly names: VqganNames;
  readonly groups: number;
  readonly epsilon: number;
  /** Groups of norms that quantized latents modulate (MoVQ), where these differ. */
  readonly spatialGroups?: number;
  /** Whether the convolutions of blocks and the encoder's first one have biases. */
  readonly biases?: boolean;
  /** Between a block's layers; silu unless said otherwise. */
  readonly activation?: Activation;
  /** MaskGIT's blocks: where channels change, h + shortcut(h), and what went in is not added. */
  readonly shortcutOfOutput?: boolean;
}

/** Draws blocks of the VQGAN family; `latents` and `factor` are for norms modulated by latents enlarged `factor` times. */
class Blocks {
  readonly #layers: TorchLayers;
  readonly #graph: Graph;
  readonly #style: VqganStyle;
  readonly #latents: Value | undefined;
  readonly #channels: number;
  factor = 1;

  constructor(layers: TorchLayers, style: VqganStyle, latents?: { readonly value: Value; readonly channels: number }) {
    this.#layers = layers;
    this.#graph = layers.graph;
    this.#style = style;
    this.#latents = latents?.value;
    this.#channels = latents?.channels ?? 0;
  }

  #has(name: string): boolean {
    return this.#layers.shapeOf(`${name}.weight`) !== undefined;
  }

  async norm(x: Value, name: string, width: number): Promise<Value> {
    const { groups, epsilon, spatialGroups = groups } = this.#style;
    if (!this.#latents || !this.#has(`${name}.norm_layer`)) return this.#layers.groupNorm(x, name, width, { groups, epsilon });
    const normal = await this.#layers.groupNorm(x, `${name}.norm_layer`, width, { groups: spatialGroups, epsilon });
    const [scale, shift] = await this.#modulations(name, width);
    return this.#graph.add(this.#graph.mul(normal, scale), shift);
  }

  /** 1 x 1 convolutions of the enlarged latents; they come first, on the small grid, unless these pass another one. */
  async #modulations(name: string, width: number): Promise<readonly [Value, Value]> {
    const { factor } = this;
    const latents = this.#latents!;
    const sizes = [this.#channels, this.#channels] as const;
    const parts = async (from: Value) =>
      [
        await this.#layers.conv(from, `${name}.conv_y`, [this.#channels, width, 1]),
        await this.#layers.conv(from, `${name}.conv_b`, [this.#channels, width, 1]),
      ] as const;
    if (!this.#has(`${name}.conv`)) {
      const [scale, shift] = await parts(latents);
      return [this.#graph.enlarge(scale, factor), this.#graph.enlarge(shift, factor)];
    }
    return parts(
      factor === 1
        ? await this.#layers.conv(latents, `${name}.conv`, [...sizes, 3])
        : await this.#layers.enlargedConv(latents, `${name}.conv`, sizes, { factor }),
    );
  }

  async residual(x: Value, { name, inputs, outputs }: VqganBlock): Promise<Value> {
    const { biases: bias = true, shortcutOfOutput, activation = 'silu' } = this.#style;
    let h = activate(this.#graph, await this.norm(x, `${name}.norm1`, inputs), activation);
    h = await this.#layers.conv(h, `${name}.conv1`, [inputs, outputs, 3], { bias });
    h = activate(this.#graph, await this.norm(h, `${name}.norm2`, outputs), activation);
    h = await this.#layers.conv(h, `${name}.conv2`, [outputs, outputs, 3], { bias });
    const { shortcut: part = 'nin_shortcut' } = this.#style.names;
    // CompVis's code can be told to take a 3 x 3 convolution, which has another name there.
    const shortcut = `${name}.${this.#has(`${name}.conv_shortcut`) ? 'conv_shortcut' : part}`;
    if (inputs === outputs && !this.#has(shortcut)) return this.#graph.add(x, h);
    const [around, width] = shortcutOfOutput ? [h, outputs] : [x, inputs];
    const size = this.#layers.shapeOf(`${shortcut}.weight`)?.[2] === 3 ? 3 : 1;
    return this.#graph.add(await this.#layers.conv(around, shortcut, [width, outputs, size], { bias }), h);
  }

  async attention(x: Value, name: string, width: number): Promise<Value> {
    const names = this.#style.names.attention;
    const { q, k, v, out, norms } = names.find((parts) => this.#has(`${name}.${parts.q}`)) ?? names[0]!;
    const stored = (norm: string) => this.#has(`${name}.${norm}`) || this.#has(`${name}.${norm}.norm_layer`);
    const norm = norms.find(stored) ?? norms[0]!;
    const normal = await this.norm(x, `${name}.${norm}`, width);
    const parts = { q: `${name}.${q}`, k: `${name}.${k}`, v: `${name}.${v}`, out: `${name}.${out}` };
    return this.#graph.add(x, await this.#layers.attend(normal, parts, width, this.#graph.shape(x)));
  }

  async level(x: Value, { blocks }: VqganLevel): Promise<Value> {
    let result = x;
    for (const block of blocks) {
      result = await this.residual(result, block);
      if (block.attention) result = await this.attention(result, block.attention, block.outputs);
    }
    return result;
  }

  async middle(x: Value, { middle }: VqganHalf, width: number): Promise<Value> {
    let result = x;
    for (const { name, kind } of middle) {
      result =
        kind === 'attention'
          ? await this.attention(result, name, width)
          : await this.residual(result, { name, inputs: width, outputs: width });
    }
    return result;
  }

  /** Half the size: padded at the right and at the bottom alone. */
  async down(x: Value, { name, resample, blocks }: VqganLevel): Promise<Value> {
    const width = blocks.at(-1)?.outputs ?? 0;
    if (resample === 'none') return x;
    if (resample === 'plain') return this.#graph.node('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] });
    const conv = `${name}.${this.#style.names.downsample}`;
    // MaskGIT's, where it has one, is 4 x 4 with zeros all around.
    if (this.#layers.shapeOf(`${conv}.weight`)?.[2] === 4)
      return this.#layers.conv(x, conv, [width, width, 4], { stride: 2, pad: [1, 1, 1, 1] });
    return this.#layers.conv(x, conv, [width, width, 3], { stride: 2, pad: [0, 0, 1, 1] });
  }

  async up(x: Value, { name, resample, blocks }: VqganLevel): Promise<Value> {
    const width = blocks.at(-1)?.outputs ?? 0;
    if (resample === 'none') return x;
    if (resample === 'plain') return this.#graph.enlarge(x, 2);
    return this.#layers.enlargedConv(x, `${name}.${this.#style.names.upsample}`, [width, width]);
  }
}

/** Norm, swish and the last convolution, whose kernel is as it is stored. */
async function drawEnd(
  x: Value,
  part: 'encoder' | 'decoder',
  width: number,
  outputs: number,
  blocks: Blocks,
  layers: TorchLayers,
  style: VqganStyle,
) {
  const normal = layers.graph.silu(await blocks.norm(x, `${part}.${style.names.normOut}`, width));
  const size = layers.shapeOf(`${part}.conv_out.weight`)?.[2] === 1 ? 1 : 3;
  return layers.conv(normal, `${part}.conv_out`, [width, outputs, size]);
}

/** Draws pixels N × C × H × W → what goes into `quant_conv` (or is the latents, where there is none). */
export async function drawEncoder(half: VqganHalf, style: VqganStyle, layers: TorchLayers, pixels: Value): Promise<Value> {
  const blocks = new Blocks(layers, style);
  let x = await layers.conv(pixels, 'encoder.conv_in', [half.inputs, half.first, 3], { bias: style.biases ?? true });
  for (const level of half.levels) x = await blocks.down(await blocks.level(x, level), level);
  x = await blocks.middle(x, half, half.last);
  return drawEnd(x, 'encoder', half.last, half.outputs, blocks, layers, style);
}

/**
 * Draws what `post_quant_conv` gives → pixels. `latents` are the quantized latents before it, by which MoVQ's norms are
 * modulated.
 */
export async function drawDecoder(
  half: VqganHalf,
  style: VqganStyle,
  layers: TorchLayers,
  x: Value,
  latents?: { readonly value: Value; readonly channels: number },
): Promise<Value> {
  const blocks = new Blocks(layers, style, latents);
  let result = await layers.conv(x, 'decoder.conv_in', [half.inputs, half.first, 3]);
  result = await blocks.middle(result, half, half.first);
  for (const level of half.levels) {
    result = await blocks.up(await blocks.level(result, level), level);
    if (level.resample !== 'none') blocks.factor *= 2;
  }
  return drawEnd(result, 'decoder', half.last, half.outputs, blocks, layers, style);
}
