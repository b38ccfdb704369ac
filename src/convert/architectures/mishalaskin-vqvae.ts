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

/** vqvae of MishaLaskin. All blocks of a stack are one and the same layer there, stored as often as it is used. */
interface Settings extends DeepMindSizes {
  readonly inner: number;
  readonly encoderBlocks: number;
  readonly decoderBlocks: number;
}

const EMBEDDING = 'vector_quantization.embedding.weight';
const ENCODER = 'encoder.conv_stack';
const DECODER = 'decoder.inverse_conv_stack';

function recognise({ tensors }: { tensors: StoredTensors }): Settings | undefined {
  if (!tensors.has(EMBEDDING) || !tensors.has(`${ENCODER}.0.weight`)) return undefined;
  return {
    colours: sizeOf(tensors, `${ENCODER}.0.weight`, 1),
    widths: [sizeOf(tensors, `${ENCODER}.0.weight`), sizeOf(tensors, `${ENCODER}.2.weight`)],
    inner: sizeOf(tensors, `${ENCODER}.5.stack.0.res_block.1.weight`),
    encoderBlocks: countParts(tensors, `${ENCODER}.5.stack`),
    decoderBlocks: countParts(tensors, `${DECODER}.1.stack`),
    codebookSize: sizeOf(tensors, EMBEDDING),
    entryDimension: sizeOf(tensors, EMBEDDING, 1),
  };
}

export default architecture<Settings>({
  name: 'mishalaskin-vqvae',
  anchor: EMBEDDING,
  recognise,
  describe: ({ codebookSize, entryDimension }) => ({
    medium: 'image',
    quantizer: { kind: 'vq', codebookSize, entryDimension, score: 'l2' },
    size: quarterSize,
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  }),
  async encode({ colours, widths: [half, width], inner, encoderBlocks, entryDimension }, layers, pixels) {
    const { graph } = layers;
    let x = graph.relu(await layers.conv(takeColours(layers, pixels, colours), `${ENCODER}.0`, [colours, half, 4], halving));
    x = graph.relu(await layers.conv(x, `${ENCODER}.2`, [half, width, 4], halving));
    x = await layers.conv(x, `${ENCODER}.4`, [width, width, 3]);
    const names = blockNames(`${ENCODER}.5.stack`, 'res_block', encoderBlocks);
    x = await rectifiedStack(layers, x, names, [width, inner]);
    return layers.conv(x, 'pre_quantization_conv', [width, entryDimension, 1]);
  },
  async decode({ colours, widths: [half, width], inner, decoderBlocks, entryDimension }, layers, latents) {
    const { graph } = layers;
    let x = await layers.convTranspose(latents, `${DECODER}.0`, [entryDimension, width, 3], { pad: 1 });
    const names = blockNames(`${DECODER}.1.stack`, 'res_block', decoderBlocks);
    x = await rectifiedStack(layers, x, names, [width, inner]);
    x = graph.relu(await layers.convTranspose(x, `${DECODER}.2`, [width, half, 4], halving));
    return giveColours(layers, await layers.convTranspose(x, `${DECODER}.4`, [half, colours, 4], halving), colours);
  },
  codebook: async ({ codebookSize, entryDimension }, taker) => taker.take(EMBEDDING, [codebookSize, entryDimension]),
  spare: () => false,
});
