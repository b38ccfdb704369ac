import type { Checkpoint } from '../architecture.ts';
import { Magvit2Drawing, type Magvit2Settings } from '../magvit2-drawing.ts';
import { MAGVIT2_ANCHOR, readMagvit2 } from '../magvit2-settings.ts';
import { architecture } from '../network.ts';
import { sideOf, sizeRule } from '../vqgan-network.ts';

/** Open-MAGVIT2 for pictures (arXiv 2409.04410): residual blocks only, and norms that look at all tokens in the decoder. */
interface Settings extends Magvit2Settings {
  /** Side of the pictures it was trained with. */
  readonly preferred: number;
}

const USUAL_SIDE = 256;

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const settings = readMagvit2(checkpoint.tensors, 2);
  return settings && { ...settings, preferred: sideOf(checkpoint, 'resolution') ?? USUAL_SIDE };
}

export default architecture<Settings>({
  name: 'open-magvit2',
  anchor: MAGVIT2_ANCHOR,
  recognise,
  describe: (settings) => ({
    medium: 'image',
    quantizer: { kind: 'lfq', bits: settings.bits, firstBit: 'least' },
    size: sizeRule({ shape: settings, preferred: settings.preferred }),
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCHW',
    latentLayout: 'NDHW',
  }),
  encode: (settings, layers, pixels) => new Magvit2Drawing(settings, layers).encode(pixels),
  decode: (settings, layers, latents) => new Magvit2Drawing(settings, layers).decode(latents),
  spare: () => false,
});
