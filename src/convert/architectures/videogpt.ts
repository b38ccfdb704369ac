import type { Checkpoint } from '../architecture.ts';
import type { Value } from '../graph.ts';
import { architecture } from '../network.ts';
import { countParts, sizeOf } from '../tensor-sizes.ts';
import { range, type TorchLayers } from '../torch-layers.ts';
import { axialAttention, type Pads, padConv, type Three, transposedConv } from '../video-layers.ts';
import { describeClips, readStrides } from '../video-settings.ts';

/** VideoGPT's VQ-VAE of clips (arXiv 2104.10157; wilson1yan/VideoGPT, videogpt/vqvae.py). */
interface Settings {
  readonly hidden: number;
  readonly encoderBlocks: number;
  readonly decoderBlocks: number;
  /** Of the stages, in the order of both encoder and decoder. */
  readonly strides: readonly Three[];
  readonly entryDimension: number;
  readonly codebookSize: number;
  readonly frames: number;
  readonly resolution: number;
}

const ANCHOR = 'encoder.convs.0.conv.weight';
const FOUR: Three = [4, 4, 4];
const THREE: Three = [3, 3, 3];
const ONE: Three = [1, 1, 1];
const HEADS = 2;

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  if (tensors.get(ANCHOR)?.shape.length !== 5 || !tensors.has('codebook.embeddings')) return undefined;
  const stages = countParts(tensors, 'encoder.convs');
  return {
    hidden: sizeOf(tensors, ANCHOR),
    // The stack ends in a norm.
    encoderBlocks: countParts(tensors, 'encoder.res_stack') - 1,
    decoderBlocks: countParts(tensors, 'decoder.res_stack') - 1,
    codebookSize: sizeOf(tensors, 'codebook.embeddings'),
    entryDimension: sizeOf(tensors, 'codebook.embeddings', 1),
    ...readStrides(checkpoint, stages, [2 ** stages, 2 ** stages, 2 ** stages]),
  };
}

async function drawStack(layers: TorchLayers, x: Value, name: string, channels: number, blocks: number): Promise<Value> {
  let result = x;
  for (const i of range(0, blocks)) result = await drawBlock(layers, result, `${name}.${i}.block`, channels);
  return layers.graph.relu(await layers.batchNorm(result, `${name}.${blocks}`, channels));
}

async function drawBlock(layers: TorchLayers, x: Value, name: string, channels: number): Promise<Value> {
  const { graph } = layers;
  const half = Math.floor(channels / 2);
  let change = graph.relu(await layers.batchNorm(x, `${name}.0`, channels));
  change = await layers.conv(change, `${name}.2.conv`, [channels, half, THREE], { bias: false });
  change = graph.relu(await layers.batchNorm(change, `${name}.3`, half));
  change = await layers.conv(change, `${name}.5.conv`, [half, channels, ONE], { bias: false });
  change = graph.relu(await layers.batchNorm(change, `${name}.6`, channels));
  return graph.add(x, await drawAttention(layers, change, `${name}.8`, channels));
}

/** The sum of three attentions, along width, height and time, of the same input. */
async function drawAttention(layers: TorchLayers, x: Value, name: string, channels: number): Promise<Value> {
  const { graph } = layers;
  const last = graph.transpose(x, [0, 2, 3, 4, 1]);
  const along = (part: string, axis: 1 | 2 | 3) =>
    axialAttention(layers, last, `${name}.${part}`, { axis, channels, heads: HEADS });
  const sum = graph.add(graph.add(await along('attn_w', 3), await along('attn_h', 2)), await along('attn_t', 1));
  return graph.transpose(sum, [0, 4, 1, 2, 3]);
}

async function encode({ hidden, strides, encoderBlocks, entryDimension }: Settings, layers: TorchLayers, pixels: Value) {
  let x = pixels;
  for (const [i, stride] of strides.entries()) {
    const sizes = [i === 0 ? 3 : hidden, hidden, FOUR] as const;
    x = layers.graph.relu(await padConv(layers, x, `encoder.convs.${i}.conv`, sizes, { stride, mode: 'constant' }));
  }
  x = await layers.conv(x, 'encoder.conv_last.conv', [hidden, hidden, THREE]);
  x = await drawStack(layers, x, 'encoder.res_stack', hidden, encoderBlocks);
  return layers.conv(x, 'pre_vq_conv.conv', [hidden, entryDimension, ONE]);
}

async function decode({ hidden, strides, decoderBlocks, entryDimension }: Settings, layers: TorchLayers, latents: Value) {
  let x = await layers.conv(latents, 'post_vq_conv.conv', [entryDimension, hidden, ONE]);
  x = await drawStack(layers, x, 'decoder.res_stack', hidden, decoderBlocks);
  for (const [i, stride] of strides.entries()) {
    const end = i === strides.length - 1;
    const outputs = end ? 3 : hidden;
    const weight = await layers.weight(`decoder.convts.${i}.convt.weight`, [hidden, outputs, ...FOUR]);
    const bias = await layers.weight(`decoder.convts.${i}.convt.bias`, [outputs]);
    // The zeros put around the input and the padding of 3 come to this.
    const crop = [1, 1, 1, ...stride.map((side) => 3 - side)] as unknown as Pads;
    x = transposedConv(layers.graph, x, weight, bias, { inputs: hidden, outputs, kernel: FOUR, stride, crop });
    if (!end) x = layers.graph.relu(x);
  }
  return x;
}

export default architecture<Settings>({
  name: 'videogpt',
  anchor: ANCHOR,
  recognise,
  describe: describeClips,
  encode,
  decode,
  codebook: async ({ codebookSize, entryDimension }, taker) => taker.take('codebook.embeddings', [codebookSize, entryDimension]),
  // Statistics of the codebook's moving averages.
  spare: (name) => /^codebook\.(N|z_avg)$/.test(name),
});
