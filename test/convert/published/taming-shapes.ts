import type { Shapes } from './hashed-weights.ts';

/** A network with taming-transformers' names. */
export interface TamingSizes {
  readonly width: number;
  /** Channels after the encoder's first convolution; `width` unless said otherwise. */
  readonly first?: number;
  /** False: sizes change without convolutions. */
  readonly resampled?: boolean;
  readonly multipliers: readonly number[];
  readonly blocks: number;
  /** Levels with attention. */
  readonly attended: readonly number[];
  readonly middleAttention?: boolean;
  readonly colours?: number;
  readonly z: number;
  readonly dimension: number;
  readonly entries: number;
  readonly quantizer?: 'nearest' | 'gumbel';
}

/** Collects tensors as PyTorch's modules name them. */
export class Modules {
  readonly shapes = new Map<string, readonly number[]>();
  readonly #modulated: number | undefined;

  /** `modulated`: channels of the latents that modulate the decoder's norms (MoVQ). */
  constructor(modulated?: number) {
    this.#modulated = modulated;
  }

  conv(name: string, inputs: number, outputs: number, kernel: number, { bias = true } = {}): void {
    this.shapes.set(`${name}.weight`, [outputs, inputs, kernel, kernel]);
    if (bias) this.shapes.set(`${name}.bias`, [outputs]);
  }

  convTranspose(name: string, inputs: number, outputs: number, kernel: number): void {
    this.shapes.set(`${name}.weight`, [inputs, outputs, kernel, kernel]);
    this.shapes.set(`${name}.bias`, [outputs]);
  }

  norm(name: string, width: number): void {
    const spatial = this.#modulated !== undefined && name.startsWith('decoder.');
    const norm = spatial ? `${name}.norm_layer` : name;
    this.shapes.set(`${norm}.weight`, [width]);
    this.shapes.set(`${norm}.bias`, [width]);
    if (!spatial) return;
    this.conv(`${name}.conv_y`, this.#modulated!, width, 1);
    this.conv(`${name}.conv_b`, this.#modulated!, width, 1);
  }

  residual(name: string, inputs: number, outputs: number, options: { bias?: boolean } = {}): void {
    this.norm(`${name}.norm1`, inputs);
    this.conv(`${name}.conv1`, inputs, outputs, 3, options);
    this.norm(`${name}.norm2`, outputs);
    this.conv(`${name}.conv2`, outputs, outputs, 3, options);
    if (inputs !== outputs) this.conv(`${name}.nin_shortcut`, inputs, outputs, 1, options);
  }

  attention(name: string, width: number): void {
    this.norm(`${name}.norm`, width);
    for (const part of ['q', 'k', 'v', 'proj_out']) this.conv(`${name}.${part}`, width, width, 1);
  }
}

/** Shapes of all tensors of the tokenizer; `modulated` is for MoVQ. */
export function tamingShapes(sizes: TamingSizes, { modulated = false } = {}): Shapes {
  const { width, multipliers, blocks, attended, middleAttention = true, colours = 3, z, dimension, entries } = sizes;
  const { first = width, resampled = true } = sizes;
  const modules = new Modules(modulated ? dimension : undefined);
  const widths = multipliers.map((multiplier) => multiplier * width);
  const last = widths.at(-1)!;
  const middle = (half: string) => {
    modules.residual(`${half}.mid.block_1`, last, last);
    if (middleAttention) modules.attention(`${half}.mid.attn_1`, last);
    modules.residual(`${half}.mid.block_2`, last, last);
  };
  const level = (name: string, index: number, inputs: number, count: number) => {
    for (let j = 0; j < count; j++) {
      modules.residual(`${name}.block.${j}`, j === 0 ? inputs : widths[index]!, widths[index]!);
      if (attended.includes(index)) modules.attention(`${name}.attn.${j}`, widths[index]!);
    }
  };
  modules.conv('encoder.conv_in', colours, first, 3);
  for (const [i, own] of widths.entries()) {
    level(`encoder.down.${i}`, i, widths[i - 1] ?? first, blocks);
    if (resampled && i < widths.length - 1) modules.conv(`encoder.down.${i}.downsample.conv`, own, own, 3);
  }
  middle('encoder');
  modules.norm('encoder.norm_out', last);
  modules.conv('encoder.conv_out', last, z, 3);
  modules.conv('quant_conv', z, dimension, 1);
  if (sizes.quantizer === 'gumbel') {
    modules.conv('quantize.proj', dimension, entries, 1);
    modules.shapes.set('quantize.embed.weight', [entries, dimension]);
  } else modules.shapes.set('quantize.embedding.weight', [entries, dimension]);
  modules.conv('post_quant_conv', dimension, z, 1);
  modules.conv('decoder.conv_in', z, last, 3);
  middle('decoder');
  for (const [i, own] of [...widths.entries()].reverse()) {
    level(`decoder.up.${i}`, i, widths[i + 1] ?? last, blocks + 1);
    if (resampled && i > 0) modules.conv(`decoder.up.${i}.upsample.conv`, own, own, 3);
  }
  modules.norm('decoder.norm_out', widths[0]!);
  modules.conv('decoder.conv_out', widths[0]!, colours, 3);
  return modules.shapes;
}
