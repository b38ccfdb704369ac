import { TokenscopeError } from '../../core/errors.ts';
import type { Checkpoint } from '../architecture.ts';
import { findSetting } from '../find-setting.ts';
import { FlaxLayers } from '../flax-layers.ts';
import type { Graph, Value } from '../graph.ts';
import { architecture, type NetworkFacts } from '../network.ts';
import { sizeOf } from '../tensor-sizes.ts';
import type { StoredTensors } from '../tensors.ts';
import { range, type TorchLayers } from '../torch-layers.ts';
import { type Pads, padVideo, samePads, type Three, transposedConv } from '../video-layers.ts';

/**
 * MAGVIT's tokenizer of clips (arXiv 2212.05199; google-research/magvit, videogvt/models/enc_dec_3dcnn.py, Flax). Layers are
 * numbered by kind in the order in which they are called, so their roles follow from their counts.
 */
interface Settings {
  /** Channels of each level, fine to coarse. */
  readonly widths: readonly number[];
  /** Channels after the first convolution. */
  readonly filters: number;
  readonly blocks: number;
  readonly decoderBlocks: number;
  /** Whether time is halved too, from each level to the next. */
  readonly halvesTime: readonly boolean[];
  readonly convDownsample: boolean;
  readonly deconv: boolean;
  readonly entryDimension: number;
  readonly codebookSize: number;
  readonly relu: boolean;
  /** Mode of padding by hand; without one, zeros by JAX's own rule. */
  readonly padding: (typeof modes)[keyof typeof modes] | undefined;
  readonly cosine: boolean;
  /** Every norm is of one kind, or there is none. */
  readonly norm: 'GroupNorm' | 'LayerNorm' | undefined;
}

/** NumPy's names of modes, and that of a kind of reflection which the code adds to them. */
const modes = { constant: 'constant', edge: 'edge', reflect: 'reflect', reflect_even: 'reflect', wrap: 'wrap' } as const;

const THREE: Three = [3, 3, 3];
const FOUR: Three = [4, 4, 4];
const ONE: Three = [1, 1, 1];

/** How many modules of one kind are numbered below `parent`, in Flax's way: Conv_0, Conv_1 … */
function count(tensors: StoredTensors, parent: string, kind: string): number {
  const start = `${parent}/${kind}_`;
  const names = [...tensors.keys()].filter((name) => name.startsWith(start));
  return new Set(names.map((name) => name.slice(start.length).split('/', 1)[0])).size;
}

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  if (tensors.get('encoder/ResBlock_0/Conv_0/kernel')?.shape.length !== 5) return undefined;
  const refuse = (reason: string) => new TokenscopeError('model-corrupt', { file: checkpoint.file, reason });
  const deconvs = count(tensors, 'decoder', 'ConvTranspose');
  // One convolution in, one out, and one after each enlargement.
  const levels = deconvs > 0 ? deconvs + 1 : count(tensors, 'decoder', 'Conv') - 1;
  const blocks = count(tensors, 'encoder', 'ResBlock') / (levels + 1);
  const decoderBlocks = count(tensors, 'decoder', 'ResBlock') / (levels + 1);
  if (![blocks, decoderBlocks].every(Number.isInteger) || levels < 1) {
    throw refuse('its residual blocks do not share out evenly among its levels');
  }
  const last = (block: number) => `encoder/ResBlock_${block}/Conv_1/kernel`;
  const padding = findSetting(checkpoint, 'custom_conv_padding') ?? undefined;
  if (padding !== undefined && !isMode(padding)) throw refuse(`it pads by ${String(padding)}`);
  return {
    widths: range(0, levels).map((level) => sizeOf(tensors, last(level * blocks), 4)),
    filters: sizeOf(tensors, 'encoder/Conv_0/kernel', 4),
    blocks,
    decoderBlocks,
    halvesTime: readHalvings(findSetting(checkpoint, 'temporal_downsample'), levels - 1),
    convDownsample: count(tensors, 'encoder', 'Conv') > 2,
    deconv: deconvs > 0,
    codebookSize: sizeOf(tensors, 'quantizer/codebook'),
    entryDimension: sizeOf(tensors, 'quantizer/codebook', 1),
    relu: findSetting(checkpoint, 'activation_fn') === 'relu',
    padding: padding && modes[padding],
    cosine: findSetting(checkpoint, 'latent_normalize') === true,
    norm: (['GroupNorm', 'LayerNorm'] as const).find((kind) => [...tensors.keys()].some((name) => name.includes(`/${kind}_`))),
  };
}

function isMode(padding: unknown): padding is keyof typeof modes {
  return typeof padding === 'string' && Object.hasOwn(modes, padding);
}

/** The weights do not tell; every published configuration halves time in the first two steps. */
function readHalvings(setting: unknown, steps: number): boolean[] {
  if (Array.isArray(setting)) return range(0, steps).map((step) => Boolean(setting[step]));
  const first = typeof setting === 'number' ? setting : 2;
  return range(0, steps).map((step) => step < first);
}

class Drawing {
  readonly #settings: Settings;
  readonly #layers: FlaxLayers;
  readonly #graph: Graph;

  constructor(settings: Settings, layers: TorchLayers) {
    this.#settings = settings;
    this.#layers = new FlaxLayers(layers);
    this.#graph = layers.graph;
  }

  /** Strides of the step from level `i` to the next. */
  #step(i: number): Three {
    return [this.#settings.halvesTime[i] ? 2 : 1, 2, 2];
  }

  async #conv(x: Value, name: string, sizes: readonly [number, number, Three], bias = true, stride = ONE): Promise<Value> {
    const [inputs, outputs, kernel] = sizes;
    const { padding } = this.#settings;
    const halves = [...kernel.map((k) => (k - 1) >> 1), ...kernel.map((k) => k >> 1)] as unknown as Pads;
    const [from, pad] = padding ? [padVideo(this.#graph, x, halves, padding), 0] : [x, samePads(kernel, stride, 'back')];
    return this.#layers.conv(from, name, { kernel, inputs, outputs, bias, stride, pad });
  }

  /** The norm with this number below `parent`, and the activation. */
  async #normActivate(x: Value, parent: string, number: number, channels: number): Promise<Value> {
    const { norm, relu } = this.#settings;
    const name = `${parent}/${norm}_${number}`;
    const normal = norm ? await this.#layers[norm === 'LayerNorm' ? 'layerNorm' : 'groupNorm'](x, name, channels) : x;
    return relu ? this.#graph.relu(normal) : this.#graph.silu(normal);
  }

  async #block(x: Value, name: string, inputs: number, outputs: number): Promise<Value> {
    let change = await this.#normActivate(x, name, 0, inputs);
    change = await this.#conv(change, `${name}/Conv_0`, [inputs, outputs, THREE], false);
    change = await this.#normActivate(change, name, 1, outputs);
    change = await this.#conv(change, `${name}/Conv_1`, [outputs, outputs, THREE], false);
    const rest = inputs === outputs ? x : await this.#conv(x, `${name}/Conv_2`, [inputs, outputs, ONE], false);
    return this.#graph.add(change, rest);
  }

  /** `count` blocks from number `from` on, the first of which changes the channels. */
  async #blocks(x: Value, side: string, from: number, [inputs, outputs]: readonly [number, number], count: number) {
    let result = x;
    for (const j of range(0, count)) {
      result = await this.#block(result, `${side}/ResBlock_${from + j}`, j === 0 ? inputs : outputs, outputs);
    }
    return result;
  }

  /** Pixels N × 3 × T × H × W → latents N × D × t × h × w. */
  async encode(pixels: Value): Promise<Value> {
    const { widths, filters, blocks, entryDimension, convDownsample } = this.#settings;
    const [levels, last] = [widths.length, widths.at(-1)!];
    let x = await this.#conv(pixels, 'encoder/Conv_0', [3, filters, THREE], false);
    for (const [i, width] of widths.entries()) {
      x = await this.#blocks(x, 'encoder', i * blocks, [widths[i - 1] ?? filters, width], blocks);
      if (i < levels - 1) x = await this.#shrink(x, i, width);
    }
    x = await this.#blocks(x, 'encoder', levels * blocks, [last, last], blocks);
    x = await this.#normActivate(x, 'encoder', 0, last);
    return this.#conv(x, `encoder/Conv_${convDownsample ? levels : 1}`, [last, entryDimension, ONE]);
  }

  async #shrink(x: Value, i: number, width: number): Promise<Value> {
    const stride = this.#step(i);
    if (this.#settings.convDownsample) return this.#conv(x, `encoder/Conv_${i + 1}`, [width, width, FOUR], true, stride);
    return this.#graph.node('AveragePool', [x], { kernel_shape: stride, strides: stride });
  }

  /** Quantized latents → pixels. */
  async decode(latents: Value): Promise<Value> {
    const { widths, decoderBlocks, entryDimension, deconv } = this.#settings;
    const [levels, last] = [widths.length, widths.at(-1)!];
    let x = await this.#conv(latents, 'decoder/Conv_0', [entryDimension, last, THREE]);
    x = await this.#blocks(x, 'decoder', 0, [last, last], decoderBlocks);
    for (const step of range(0, levels)) {
      const i = levels - 1 - step;
      const width = widths[i]!;
      x = await this.#blocks(x, 'decoder', (step + 1) * decoderBlocks, [widths[i + 1] ?? last, width], decoderBlocks);
      if (i > 0) x = await this.#enlarge(x, step, this.#step(i - 1), width);
    }
    x = await this.#normActivate(x, 'decoder', 0, widths[0]!);
    return this.#conv(x, `decoder/Conv_${deconv ? 1 : levels}`, [widths[0]!, 3, THREE]);
  }

  async #enlarge(x: Value, step: number, stride: Three, width: number): Promise<Value> {
    if (!this.#settings.deconv) {
      const larger = this.#graph.resize(x, [1, 1, ...stride]);
      return this.#conv(larger, `decoder/Conv_${step + 1}`, [width, width, THREE]);
    }
    const { weight, bias } = await this.#layers.transposedWeights(`decoder/ConvTranspose_${step}`, FOUR, [width, width]);
    // JAX's "same" for transposed convolutions: the whole result loses 1 in front, and at the end what is left over.
    const crop = [1, 1, 1, ...stride.map((side) => 3 - side)] as unknown as Pads;
    return transposedConv(this.#graph, x, weight, bias, { inputs: width, outputs: width, kernel: FOUR, stride, crop });
  }
}

function describe({ codebookSize, entryDimension, cosine, widths, halvesTime }: Settings): NetworkFacts {
  const reduction = 2 ** (widths.length - 1);
  const frames = 2 ** halvesTime.filter(Boolean).length;
  const window = Math.ceil(16 / frames) * frames;
  return {
    medium: 'video',
    quantizer: { kind: 'vq', codebookSize, entryDimension, score: cosine ? 'cosine' : 'l2' },
    size: {
      reduction,
      multipleOf: reduction,
      maximum: 512,
      preferred: [128, 128],
      frames: { rule: 'grouped', reduction: frames, window },
    },
    pixels: { range: [0, 1], outputRange: [0, 1], channels: 'rgb' },
    pixelLayout: 'NCTHW',
    latentLayout: 'NDTHW',
  };
}

export default architecture<Settings>({
  name: 'magvit-3d',
  recognise,
  describe,
  encode: (settings, layers, pixels) => new Drawing(settings, layers).encode(pixels),
  decode: (settings, layers, latents) => new Drawing(settings, layers).decode(latents),
  codebook: async ({ codebookSize, entryDimension }, taker) => taker.take('quantizer/codebook', [codebookSize, entryDimension]),
  spare: () => false,
});
