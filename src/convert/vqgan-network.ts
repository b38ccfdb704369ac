import { TokenscopeError } from '../core/errors.ts';
import type { SizeRule } from '../core/framing.ts';
import type { QuantizerSettings } from '../core/manifest.ts';
import type { Architecture, Checkpoint } from './architecture.ts';
import { giveColours, takeColours } from './deepmind-blocks.ts';
import { findSetting } from './find-setting.ts';
import type { FlaxView } from './flax-names.ts';
import { architecture } from './network.ts';
import { sizeOf } from './tensor-sizes.ts';
import type { TorchLayers } from './torch-layers.ts';
import { drawDecoder, drawEncoder, type VqganStyle } from './vqgan-drawing.ts';
import {
  attentionStep,
  likelyGroups,
  readVqgan,
  reductionOf,
  type VqganHalf,
  type VqganNames,
  type VqganShape,
  widthsOf,
} from './vqgan-shape.ts';

/** A tokenizer of the VQGAN family: encoder, a codebook between two 1 x 1 convolutions (mostly), decoder. */
export interface VqganTokenizer {
  readonly shape: VqganShape;
  readonly style: VqganStyle;
  /** Name of the codebook's tensor. */
  readonly table: string;
  /** Whether `quant_conv` and `post_quant_conv` stand around the codebook. */
  readonly projected: boolean;
  readonly quantizer: QuantizerSettings & { readonly codebookSize: number; readonly entryDimension: number };
  /** Of the pixels on both sides. */
  readonly range: readonly [number, number];
  /** Pixels of a side that suit it best. */
  readonly preferred: number;
  /** Whether its pixels end in a tanh. */
  readonly tanh: boolean;
  /** Parts that are stored but take no part. */
  readonly unused: readonly string[];
  /** How its tensors are stored, where that is not PyTorch's way. */
  readonly stored?: FlaxView['stored'];
}

/** What a code base says of its networks. */
export interface VqganFamily {
  readonly names: VqganNames;
  readonly table: string;
  readonly quantizer?: Partial<QuantizerSettings>;
  readonly range?: readonly [number, number];
  readonly preferred?: number;
  readonly style?: Partial<VqganStyle>;
  readonly projected?: boolean;
  /** Whether the encoder has its averages instead of convolutions where the decoder has those. */
  readonly averages?: boolean;
}

const NOMINAL = [-1, 1] as const;
const USUAL_SIDE = 256;
const SMALLEST_SIDE = 32;
const LARGEST_SIDE = 1024;
/** Largest table of attention scores, in cells of the grid: 4,096² float32 are 64 MB. */
const MOST_ATTENDED = 64;

/** The settings of a tokenizer whose names are known. */
export function readTokenizer(checkpoint: Checkpoint, family: VqganFamily): VqganTokenizer {
  const { tensors } = checkpoint;
  const { names, table, projected = true } = family;
  const shape = readVqgan(tensors, names);
  checkHalves(checkpoint, shape);
  checkSteps(checkpoint, shape, family);
  const style = { names, groups: likelyGroups(shape), epsilon: 1e-6, ...family.style };
  if (widthsOf(shape).some((width) => width % style.groups !== 0)) {
    const reason = `its widths are no multiples of the ${style.groups} groups that its settings name`;
    throw new TokenscopeError('model-corrupt', { file: checkpoint.file, reason });
  }
  const codebookSize = sizeOf(tensors, table);
  const entryDimension = sizeOf(tensors, table, 1);
  return {
    shape,
    style,
    table,
    projected,
    quantizer: { kind: 'vq', codebookSize, entryDimension, score: 'l2', ...family.quantizer },
    range: family.range ?? NOMINAL,
    preferred: family.preferred ?? sideOf(checkpoint, 'resolution') ?? USUAL_SIDE,
    tanh: findSetting(checkpoint, 'tanh_out') === true,
    unused: [],
  };
}

/** A side in pixels that a setting names. */
export function sideOf(checkpoint: Checkpoint, setting: string, least = 1): number | undefined {
  const side = findSetting(checkpoint, setting);
  return Number.isSafeInteger(side) && (side as number) >= least ? (side as number) : undefined;
}

/** Their sizes begin and end the network, so they must be there before anything is drawn. */
const ENDS = ['encoder.conv_in', 'encoder.conv_out', 'decoder.conv_in', 'decoder.conv_out'];

function checkHalves({ file, tensors }: Checkpoint, { encoder, decoder }: VqganShape): void {
  const refuse = (reason: string) => new TokenscopeError('model-corrupt', { file, reason });
  // As Chameleon's is in the hub's own format.
  if (![...tensors.keys()].some((name) => name.startsWith('decoder.'))) throw refuse('it holds an encoder without its decoder');
  const missing = ENDS.map((name) => `${name}.weight`).find((name) => !tensors.has(name));
  if (missing) throw refuse(`it has no tensor ${missing}`);
  const odd = [encoder.inputs, decoder.outputs].find((colours) => colours !== 1 && colours !== 3);
  if (odd !== undefined) throw refuse(`its pictures have ${odd} channels, not 3`);
}

/** All levels change the size in one way, in both halves. Throws `model-corrupt` for a convolution that is missing whole. */
export function checkSteps(
  { file }: Checkpoint,
  { encoder, decoder }: VqganShape,
  { names, averages = false }: Pick<VqganFamily, 'names' | 'averages'>,
): void {
  const halves = [
    { levels: encoder.levels, part: names.downsample, averages },
    { levels: decoder.levels, part: names.upsample, averages: false },
  ];
  const strided = (levels: VqganHalf['levels']) => levels.some(({ resample }) => resample === 'conv');
  const any = strided(encoder.levels) || strided(decoder.levels);
  for (const { levels, part, averages: may } of halves) {
    const lost = levels.find(({ resample }) => resample === 'plain');
    if (lost && (may ? strided(levels) : any)) {
      throw new TokenscopeError('model-corrupt', { file, reason: `it has no tensor ${lost.name}.${part}.weight` });
    }
  }
}

/** Sizes that such a network takes; `patch` is the side of what it sees as one pixel. */
export function sizeRule({ shape, preferred }: Pick<VqganTokenizer, 'shape' | 'preferred'>, patch = 1): SizeRule {
  const reduction = patch * reductionOf(shape);
  const step = attentionStep(shape);
  const most = step === undefined ? LARGEST_SIDE : Math.min(LARGEST_SIDE, MOST_ATTENDED * patch * step);
  const minimum = Math.max(SMALLEST_SIDE, reduction);
  const maximum = Math.max(minimum, Math.floor(most / reduction) * reduction);
  const side = Math.min(maximum, Math.max(minimum, Math.round(preferred / reduction) * reduction));
  return { reduction, multipleOf: reduction, minimum, maximum, preferred: [side, side] };
}

function rename(layers: TorchLayers, stored: FlaxView['stored'] | undefined): TorchLayers {
  return stored ? layers.renamed((name) => stored.get(name) ?? { name }) : layers;
}

/** Gumbel VQGANs: the layer whose largest output is the token. */
const PROJECTION = 'quantize.proj';
/** Statistics of training beside a codebook, and marks of its use. */
const STATISTICS = /^quantize\.(.+\.)?(cluster_size|embed_avg|embedding_avg|codebook_used|used|N|z_avg|embed_prob|initted)$/;

/** The architecture `name`, whose checkpoints are told by `recognise`; `anchor` is a tensor that all of them have. */
export function vqganArchitecture(
  name: string,
  anchor: string,
  recognise: (checkpoint: Checkpoint) => VqganTokenizer | undefined,
): Architecture<VqganTokenizer> {
  return architecture<VqganTokenizer>({
    name,
    anchor,
    recognise,
    describe: (settings) => ({
      medium: 'image',
      quantizer: settings.quantizer,
      size: sizeRule(settings),
      pixels: { range: settings.range, outputRange: settings.range, channels: 'rgb' },
      pixelLayout: 'NCHW',
      latentLayout: 'NDHW',
    }),
    async encode({ shape: { encoder }, style, projected, quantizer, stored }, drawing, pixels) {
      const layers = rename(drawing, stored);
      const x = await drawEncoder(encoder, style, layers, takeColours(layers, pixels, encoder.inputs));
      return projected ? layers.conv(x, 'quant_conv', [encoder.outputs, quantizer.entryDimension, 1]) : x;
    },
    async decode({ shape: { decoder }, style, projected, quantizer, tanh, stored }, drawing, latents) {
      const layers = rename(drawing, stored);
      const channels = quantizer.entryDimension;
      const x = projected ? await layers.conv(latents, 'post_quant_conv', [channels, decoder.inputs, 1]) : latents;
      const pixels = await drawDecoder(decoder, style, layers, x, { value: latents, channels });
      return giveColours(layers, tanh ? layers.graph.node('Tanh', [pixels]) : pixels, decoder.outputs);
    },
    codebook: async ({ table, quantizer, stored }, taker) =>
      taker.take(stored?.get(table)?.name ?? table, [quantizer.codebookSize, quantizer.entryDimension]),
    async scores({ quantizer: { score, codebookSize, entryDimension } }, taker) {
      if (score !== 'projection') return undefined;
      // A 1 x 1 convolution, which is a matrix.
      const weight = taker.take(`${PROJECTION}.weight`, [codebookSize, entryDimension, 1, 1]);
      const data = await taker.floats(`${PROJECTION}.weight`, weight);
      return { weight: { shape: [codebookSize, entryDimension], data }, bias: taker.take(`${PROJECTION}.bias`, [codebookSize]) };
    },
    spare: (tensor, { unused }) => STATISTICS.test(tensor) || unused.some((part) => tensor.startsWith(`${part}.`)),
  });
}
