import {
  blockNames,
  type DeepMindSizes,
  giveColours,
  halving,
  quarterSize,
  rectifiedStack,
  takeColours,
} from '../deepmind-blocks.ts';
import { architecture } from '../network.ts';
import { countParts, sizeOf } from '../tensor-sizes.ts';
import type { StoredTensors } from '../tensors.ts';

/** pytorch-vq-vae of zalandoresearch (vq-vae.ipynb), with or without moving averages of its codebook. */
interface Settings extends DeepMindSizes {
  readonly encoder: Stack;
  readonly decoder: Stack;
}

interface Stack {
  readonly width: number;
  readonly inner: number;
  readonly blocks: number;
}

const EMBEDDING = '_vq_vae._embedding.weight';
const LAYERS = '_residual_stack._layers';

function readStack(tensors: StoredTensors, part: string, width: number): Stack {
  const list = `${part}.${LAYERS}`;
  return { width, inner: sizeOf(tensors, `${list}.0._block.1.weight`), blocks: countParts(tensors, list) };
}

function recognise({ tensors }: { tensors: StoredTensors }): Settings | undefined {
  if (!tensors.has(EMBEDDING) || !tensors.has('_encoder._conv_1.weight')) return undefined;
  return {
    colours: sizeOf(tensors, '_encoder._conv_1.weight', 1),
    widths: [sizeOf(tensors, '_encoder._conv_1.weight'), sizeOf(tensors, '_encoder._conv_2.weight')],
    encoder: readStack(tensors, '_encoder', sizeOf(tensors, '_encoder._conv_3.weight')),
    decoder: readStack(tensors, '_decoder', sizeOf(tensors, '_decoder._conv_1.weight')),
    codebookSize: sizeOf(tensors, EMBEDDING),
    entryDimension: sizeOf(tensors, EMBEDDING, 1),
  };
}

export default architecture<Settings>({
  name: 'zalando-vqvae',
  anchor: EMBEDDING,
  recognise,
  describe: ({ codebookSize, entryDimension }) => ({
    medium: 'image',
    quantizer: { kind: 'vq', codebookSize, entryDimension, score: 'l2' },
    size: quarterSize,
    pixels: { range: [-0.5, 0.5], outputRange: [-0.5, 0.5], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  }),
  async encode({ colours, widths, encoder, entryDimension }, layers, pixels) {
    const { graph } = layers;
    let x = graph.relu(
      await layers.conv(takeColours(layers, pixels, colours), '_encoder._conv_1', [colours, widths[0], 4], halving),
    );
    x = graph.relu(await layers.conv(x, '_encoder._conv_2', [widths[0], widths[1], 4], halving));
    x = await layers.conv(x, '_encoder._conv_3', [widths[1], encoder.width, 3]);
    const names = blockNames(`_encoder.${LAYERS}`, '_block', encoder.blocks);
    x = await rectifiedStack(layers, x, names, [encoder.width, encoder.inner]);
    return layers.conv(x, '_pre_vq_conv', [encoder.width, entryDimension, 1]);
  },
  async decode({ colours, decoder, entryDimension }, layers, latents) {
    const { graph } = layers;
    let x = await layers.conv(latents, '_decoder._conv_1', [entryDimension, decoder.width, 3]);
    const names = blockNames(`_decoder.${LAYERS}`, '_block', decoder.blocks);
    x = await rectifiedStack(layers, x, names, [decoder.width, decoder.inner]);
    const inner = layers.shapeOf('_decoder._conv_trans_1.weight')?.[1] ?? 0;
    x = graph.relu(await layers.convTranspose(x, '_decoder._conv_trans_1', [decoder.width, inner, 4], halving));
    return giveColours(layers, await layers.convTranspose(x, '_decoder._conv_trans_2', [inner, colours, 4], halving), colours);
  },
  codebook: async ({ codebookSize, entryDimension }, taker) => taker.take(EMBEDDING, [codebookSize, entryDimension]),
  // Statistics that the codebook was made from.
  spare: (name) => /^_vq_vae\._ema_(w|cluster_size)$/.test(name),
});
