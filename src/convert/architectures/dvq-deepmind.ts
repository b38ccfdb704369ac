import type { SizeRule } from '../../core/framing.ts';
import type { Checkpoint } from '../architecture.ts';
import { type DalleHalf, decodeDalle, encodeDalle, readDalleHalf } from '../dalle-blocks.ts';
import { type DeepMindSizes, giveColours, halving, quarterSize, takeColours } from '../deepmind-blocks.ts';
import { findSetting } from '../find-setting.ts';
import type { Value } from '../graph.ts';
import { architecture, type Table } from '../network.ts';
import { sizeOf } from '../tensor-sizes.ts';
import type { TensorTaker } from '../tensor-taker.ts';
import type { StoredTensors } from '../tensors.ts';
import { range, type TorchLayers } from '../torch-layers.ts';

/** deep-vector-quantization of karpathy: both kinds of encoder and decoder, both kinds of quantizer. */
interface Settings {
  readonly flavour: DeepMind | OpenAi;
  readonly colours: number;
  /** Channels that the encoder gives to the quantizer's projection. */
  readonly encoded: number;
  readonly codebookSize: number;
  readonly entryDimension: number;
  /** The projection gives one score for each entry, instead of a vector to compare with the entries. */
  readonly gumbel: boolean;
}

interface DeepMind extends Pick<DeepMindSizes, 'widths'> {
  readonly kind: 'deepmind';
  readonly encoder: readonly Block[];
  readonly decoder: readonly Block[];
  /** Channels that the decoder works with, and those between its two enlargements. */
  readonly decoderWidths: readonly [number, number];
}

interface OpenAi {
  readonly kind: 'openai';
  readonly width: number;
  readonly encoder: DalleHalf;
  readonly decoder: DalleHalf;
}

interface Block {
  readonly name: string;
  readonly inner: number;
}

const EMBEDDING = 'quantizer.embed.weight';
const PROJECTION = 'quantizer.proj';
const INPUT = 'encoder.blocks.input';

function readBlocks(tensors: StoredTensors, list: string, from: number): Block[] {
  const blocks: Block[] = [];
  for (let i = from; tensors.has(`${list}.${i}.conv.0.weight`); i++) {
    blocks.push({ name: `${list}.${i}.conv`, inner: sizeOf(tensors, `${list}.${i}.conv.0.weight`) });
  }
  return blocks;
}

function readDeepMind(tensors: StoredTensors): DeepMind {
  const decoder = readBlocks(tensors, 'decoder.net', 2);
  return {
    kind: 'deepmind',
    widths: [sizeOf(tensors, 'encoder.net.0.weight'), sizeOf(tensors, 'encoder.net.2.weight')],
    encoder: readBlocks(tensors, 'encoder.net', 6),
    decoder,
    decoderWidths: [sizeOf(tensors, 'decoder.net.0.weight'), sizeOf(tensors, `decoder.net.${2 + decoder.length}.weight`, 1)],
  };
}

function readOpenAi(tensors: StoredTensors): OpenAi {
  return {
    kind: 'openai',
    width: sizeOf(tensors, `${INPUT}.weight`),
    encoder: readDalleHalf(tensors, 'encoder'),
    decoder: readDalleHalf(tensors, 'decoder'),
  };
}

/** Its projection gives scores. Where there are as many entries as numbers in one, settings tell, or what vectors keep. */
function isGumbel(checkpoint: Checkpoint, codebookSize: number, entryDimension: number): boolean {
  const { tensors } = checkpoint;
  if (sizeOf(tensors, `${PROJECTION}.weight`) !== codebookSize) return false;
  if (codebookSize !== entryDimension) return true;
  const flavour = findSetting(checkpoint, 'vq_flavor');
  return typeof flavour === 'string' ? flavour === 'gumbel' : !tensors.has('quantizer.data_initialized');
}

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  const deepMind = tensors.has('encoder.net.0.weight');
  if (!tensors.has(EMBEDDING) || !(deepMind || tensors.has(`${INPUT}.weight`))) return undefined;
  const codebookSize = sizeOf(tensors, EMBEDDING);
  const entryDimension = sizeOf(tensors, EMBEDDING, 1);
  return {
    flavour: deepMind ? readDeepMind(tensors) : readOpenAi(tensors),
    colours: sizeOf(tensors, deepMind ? 'encoder.net.0.weight' : `${INPUT}.weight`, 1),
    encoded: sizeOf(tensors, `${PROJECTION}.weight`, 1),
    codebookSize,
    entryDimension,
    gumbel: isGumbel(checkpoint, codebookSize, entryDimension),
  };
}

/** Width of what the quantizer compares: with scores, vectors of the encoder and entries are filled up to the same. */
function compared({ gumbel, encoded, entryDimension }: Settings): number {
  return gumbel ? Math.max(encoded, entryDimension) : entryDimension;
}

function sizeRule({ flavour }: Settings): SizeRule {
  if (flavour.kind === 'deepmind') return quarterSize;
  const reduction = 2 ** (flavour.encoder.groups.length - 1);
  return { ...quarterSize, reduction, multipleOf: reduction, minimum: 2 * reduction };
}

/** relu(x + conv1x1(relu(conv3x3(x)))), one after another. */
async function drawBlocks(layers: TorchLayers, x: Value, blocks: readonly Block[], width: number): Promise<Value> {
  const { graph } = layers;
  let result = x;
  for (const { name, inner } of blocks) {
    const hidden = graph.relu(await layers.conv(result, `${name}.0`, [width, inner, 3]));
    result = graph.relu(graph.add(await layers.conv(hidden, `${name}.2`, [inner, width, 1]), result));
  }
  return result;
}

async function encodeDeepMind({ colours, encoded }: Settings, { widths, encoder }: DeepMind, layers: TorchLayers, pixels: Value) {
  const { graph } = layers;
  let x = graph.relu(await layers.conv(pixels, 'encoder.net.0', [colours, widths[0], 4], halving));
  x = graph.relu(await layers.conv(x, 'encoder.net.2', [widths[0], widths[1], 4], halving));
  x = graph.relu(await layers.conv(x, 'encoder.net.4', [widths[1], encoded, 3]));
  return drawBlocks(layers, x, encoder, encoded);
}

async function decodeDeepMind(settings: Settings, { decoder, decoderWidths }: DeepMind, layers: TorchLayers, latents: Value) {
  const { graph } = layers;
  const [width, half] = decoderWidths;
  let x = graph.relu(await layers.conv(latents, 'decoder.net.0', [settings.entryDimension, width, 3]));
  x = await drawBlocks(layers, x, decoder, width);
  const next = 2 + decoder.length;
  x = graph.relu(await layers.convTranspose(x, `decoder.net.${next}`, [width, half, 4], halving));
  return layers.convTranspose(x, `decoder.net.${next + 2}`, [half, settings.colours, 4], halving);
}

async function encode(settings: Settings, layers: TorchLayers, pixels: Value): Promise<Value> {
  const { flavour, colours, encoded, gumbel } = settings;
  const { graph } = layers;
  const taken = takeColours(layers, pixels, colours);
  const x =
    flavour.kind === 'deepmind'
      ? await encodeDeepMind(settings, flavour, layers, taken)
      : await encodeDalle(layers, await layers.conv(taken, INPUT, [colours, flavour.width, 7]), flavour.encoder);
  if (!gumbel) return layers.conv(x, PROJECTION, [encoded, settings.entryDimension, 1]);
  const more = compared(settings) - encoded;
  return more > 0 ? graph.pad(x, [0, 0, 0, 0, 0, more, 0, 0]) : x;
}

async function decode(settings: Settings, layers: TorchLayers, latents: Value): Promise<Value> {
  const { flavour, colours, entryDimension } = settings;
  const { graph } = layers;
  const x = compared(settings) > entryDimension ? graph.slice(latents, 1, 0, entryDimension) : latents;
  if (flavour.kind === 'deepmind') return giveColours(layers, await decodeDeepMind(settings, flavour, layers, x), colours);
  const width = flavour.decoder.groups.at(-1)?.at(-1)?.outputs ?? 0;
  const drawn = await decodeDalle(layers, x, flavour.decoder);
  return giveColours(layers, await layers.conv(drawn, 'decoder.blocks.output.conv', [width, colours, 1]), colours);
}

/** A table's rows filled up with zeros. */
async function widen(
  taker: TensorTaker,
  name: string,
  shape: readonly [number, number, ...number[]],
  width: number,
): Promise<Table> {
  const tensor = taker.take(name, shape);
  const [rows, columns] = shape;
  if (columns === width) return { ...tensor, shape: [rows, columns] };
  const values = await taker.floats(name, tensor);
  const data = new Float32Array(rows * width);
  for (const row of range(0, rows)) data.set(values.subarray(row * columns, (row + 1) * columns), row * width);
  return { shape: [rows, width], data };
}

async function readScores(settings: Settings, taker: TensorTaker) {
  const { codebookSize, encoded } = settings;
  const weight = await widen(taker, `${PROJECTION}.weight`, [codebookSize, encoded, 1, 1], compared(settings));
  return { weight, bias: taker.take(`${PROJECTION}.bias`, [codebookSize]) };
}

export default architecture<Settings>({
  name: 'dvq-deepmind',
  anchor: EMBEDDING,
  recognise,
  describe: (settings) => ({
    medium: 'image',
    quantizer: {
      kind: 'vq',
      codebookSize: settings.codebookSize,
      entryDimension: compared(settings),
      score: settings.gumbel ? 'projection' : 'l2',
    },
    size: sizeRule(settings),
    pixels: { range: [-0.5, 0.5], outputRange: [-0.5, 0.5], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  }),
  encode,
  decode,
  codebook: (settings, taker) => widen(taker, EMBEDDING, [settings.codebookSize, settings.entryDimension], compared(settings)),
  scores: async (settings, taker) => (settings.gumbel ? readScores(settings, taker) : undefined),
  spare: (name) => name === 'quantizer.data_initialized',
});
