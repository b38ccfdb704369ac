import type { Checkpoint } from '../architecture.ts';
import { giveColours, takeColours } from '../deepmind-blocks.ts';
import { architecture } from '../network.ts';
import { tamingNames } from '../taming-names.ts';
import { sizeOf } from '../tensor-sizes.ts';
import { drawDecoder, drawEncoder, type VqganStyle } from '../vqgan-drawing.ts';
import { checkSteps, sizeRule } from '../vqgan-network.ts';
import { likelyGroups, readVqgan, type VqganShape } from '../vqgan-shape.ts';

/**
 * The tokenizer of Show-o (arXiv 2408.12528): the blocks of a VQGAN, other widths and depths in the encoder than in the
 * decoder, and a 1 × 1 convolution at the end of the one and the beginning of the other.
 */
interface Settings {
  readonly shape: VqganShape;
  readonly style: VqganStyle;
  /** Latent channels, each of which is one bit of the token. */
  readonly bits: number;
}

const ANCHOR = 'encoder.quant_conv.weight';
const USUAL_SIDE = 256;

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  const blocks = tensors.get('encoder.down.0.block.0.conv1.weight')?.shape.length;
  // A codebook of its own would be another network's: here it is a buffer of bits.
  if (!tensors.has(ANCHOR) || blocks !== 4 || tensors.has('quantize.embedding.weight')) return undefined;
  const shape = readVqgan(tensors, tamingNames);
  checkSteps(checkpoint, shape, { names: tamingNames });
  const style = { names: tamingNames, groups: likelyGroups(shape), epsilon: 1e-6 };
  return { shape, style, bits: sizeOf(tensors, ANCHOR) };
}

export default architecture<Settings>({
  name: 'showo-magvitv2',
  anchor: ANCHOR,
  recognise,
  describe: ({ shape, bits }) => ({
    medium: 'image',
    quantizer: { kind: 'lfq', bits, firstBit: 'most' },
    size: sizeRule({ shape, preferred: USUAL_SIDE }),
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  }),
  async encode({ shape: { encoder }, style, bits }, layers, pixels) {
    const x = await drawEncoder(encoder, style, layers, takeColours(layers, pixels, encoder.inputs));
    return layers.conv(x, 'encoder.quant_conv', [encoder.outputs, bits, 1]);
  },
  async decode({ shape: { decoder }, style, bits }, layers, latents) {
    const x = await layers.conv(latents, 'decoder.post_quant_conv', [bits, decoder.inputs, 1]);
    return giveColours(layers, await drawDecoder(decoder, style, layers, x), decoder.outputs);
  },
  // The corners of the cube of bits, and what each bit is worth.
  spare: (name) => name === 'quantize.embedding' || name === 'quantize.power_vals',
});
