import { TokenscopeError } from '../../core/errors.ts';
import type { Checkpoint } from '../architecture.ts';
import { giveColours, takeColours } from '../deepmind-blocks.ts';
import { findSetting } from '../find-setting.ts';
import type { Value } from '../graph.ts';
import { architecture } from '../network.ts';
import { countParts, sizeOf } from '../tensor-sizes.ts';
import type { TorchLayers } from '../torch-layers.ts';
import { type Pads, padConv, padVideo, samePads, type Three, transposedConv } from '../video-layers.ts';
import { describeClips, readStrides } from '../video-settings.ts';

/** The VQGAN of clips of TATS (arXiv 2204.03638; songweige/TATS, tats/tats_vqgan.py). */
interface Settings {
  /** Channels of its frames: 3, or 1 for grey ones. */
  readonly colours: number;
  /** Channels before the first stage and after each. */
  readonly widths: readonly number[];
  /** The same of the decoder. */
  readonly decoderWidths: readonly number[];
  readonly strides: readonly Three[];
  readonly entryDimension: number;
  readonly codebookSize: number;
  readonly frames: number;
  readonly resolution: number;
  /** How the encoder's stages pad; all other layers repeat the edge. */
  readonly padding: keyof typeof modes;
}

const ANCHOR = 'encoder.conv_blocks.0.down.conv.weight';
const FOUR: Three = [4, 4, 4];
const THREE: Three = [3, 3, 3];
const ONE: Three = [1, 1, 1];
/** ONNX' names of PyTorch's modes. */
const modes = { replicate: 'edge', constant: 'constant', reflect: 'reflect', circular: 'wrap' } as const;

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors, file } = checkpoint;
  if (tensors.get(ANCHOR)?.shape.length !== 5 || !tensors.has('codebook.embeddings')) return undefined;
  const stages = countParts(tensors, 'encoder.conv_blocks');
  const blocks = Array.from({ length: stages }, (_, i) => i);
  const padding = findSetting(checkpoint, 'padding_type') ?? 'replicate';
  if (!isMode(padding)) throw new TokenscopeError('model-corrupt', { file, reason: `it pads by ${String(padding)}` });
  const colours = sizeOf(tensors, 'encoder.conv_first.conv.weight', 1);
  if (colours > 0 && colours !== 1 && colours !== 3) {
    throw new TokenscopeError('model-corrupt', { file, reason: `its pictures have ${colours} channels, not 3` });
  }
  return {
    colours: colours || 3,
    widths: [sizeOf(tensors, ANCHOR, 1), ...blocks.map((i) => sizeOf(tensors, `encoder.conv_blocks.${i}.down.conv.weight`))],
    decoderWidths: [
      sizeOf(tensors, 'decoder.conv_blocks.0.up.convt.weight'),
      ...blocks.map((i) => sizeOf(tensors, `decoder.conv_blocks.${i}.up.convt.weight`, 1)),
    ],
    codebookSize: sizeOf(tensors, 'codebook.embeddings'),
    entryDimension: sizeOf(tensors, 'codebook.embeddings', 1),
    padding,
    ...readStrides(checkpoint, stages, [2 ** Math.min(2, stages), 2 ** stages, 2 ** stages]),
  };
}

function isMode(padding: unknown): padding is keyof typeof modes {
  return typeof padding === 'string' && Object.hasOwn(modes, padding);
}

async function normActivate(layers: TorchLayers, x: Value, name: string, channels: number): Promise<Value> {
  const batch = layers.shapeOf(`${name}.running_mean`) !== undefined;
  const normal = batch ? layers.batchNorm(x, name, channels) : layers.groupNorm(x, name, channels, { groups: 32, epsilon: 1e-6 });
  return layers.graph.silu(await normal);
}

async function drawBlock(layers: TorchLayers, x: Value, name: string, channels: number): Promise<Value> {
  let change = x;
  for (const part of [1, 2]) {
    change = await normActivate(layers, change, `${name}.norm${part}`, channels);
    change = await padConv(layers, change, `${name}.conv${part}.conv`, [channels, channels, THREE], { mode: 'edge' });
  }
  return layers.graph.add(x, change);
}

async function encode(settings: Settings, layers: TorchLayers, pixels: Value): Promise<Value> {
  const { colours, widths, strides, entryDimension } = settings;
  const mode = modes[settings.padding];
  const seen = takeColours(layers, pixels, colours, 3);
  let x = await padConv(layers, seen, 'encoder.conv_first.conv', [colours, widths[0]!, THREE], { mode });
  for (const [i, stride] of strides.entries()) {
    const block = `encoder.conv_blocks.${i}`;
    x = await padConv(layers, x, `${block}.down.conv`, [widths[i]!, widths[i + 1]!, FOUR], { stride, mode });
    x = await drawBlock(layers, x, `${block}.res`, widths[i + 1]!);
  }
  const last = widths.at(-1)!;
  x = await normActivate(layers, x, 'encoder.final_block.0', last);
  return layers.conv(x, 'pre_vq_conv.conv', [last, entryDimension, ONE]);
}

async function decode(settings: Settings, layers: TorchLayers, latents: Value): Promise<Value> {
  const { colours, decoderWidths, strides, entryDimension } = settings;
  const [first, last] = [decoderWidths[0]!, decoderWidths.at(-1)!];
  let x = await layers.conv(latents, 'post_vq_conv.conv', [entryDimension, first, ONE]);
  x = await normActivate(layers, x, 'decoder.final_block.0', first);
  for (const [i, stride] of strides.entries()) {
    const block = `decoder.conv_blocks.${i}`;
    const [inputs, outputs] = [decoderWidths[i]!, decoderWidths[i + 1]!];
    x = await drawUp(layers, x, `${block}.up.convt`, { inputs, outputs, stride });
    x = await drawBlock(layers, x, `${block}.res1`, outputs);
    x = await drawBlock(layers, x, `${block}.res2`, outputs);
  }
  const painted = await padConv(layers, x, 'decoder.conv_last.conv', [last, colours, THREE], { mode: 'edge' });
  return giveColours(layers, painted, colours);
}

interface Up {
  readonly inputs: number;
  readonly outputs: number;
  readonly stride: Three;
}

/** The edge is repeated before the transposed convolution too, which then cuts kernel − 1 on all sides. */
async function drawUp(layers: TorchLayers, x: Value, name: string, { inputs, outputs, stride }: Up): Promise<Value> {
  const weight = await layers.weight(`${name}.weight`, [inputs, outputs, ...FOUR]);
  const bias = await layers.weight(`${name}.bias`, [outputs]);
  const padded = padVideo(layers.graph, x, samePads(FOUR, stride, 'front'), 'edge');
  const crop: Pads = [3, 3, 3, 3, 3, 3];
  return transposedConv(layers.graph, padded, weight, bias, { inputs, outputs, kernel: FOUR, stride, crop });
}

export default architecture<Settings>({
  name: 'tats',
  anchor: ANCHOR,
  recognise,
  describe: describeClips,
  encode,
  decode,
  codebook: async ({ codebookSize, entryDimension }, taker) => taker.take('codebook.embeddings', [codebookSize, entryDimension]),
  // Statistics of the codebook's moving averages.
  spare: (name) => /^codebook\.(N|z_avg)$/.test(name),
});
