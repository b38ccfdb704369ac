import type { Checkpoint } from '../architecture.ts';
import { Magvit2Drawing, type Magvit2Settings } from '../magvit2-drawing.ts';
import { MAGVIT2_ANCHOR, readMagvit2 } from '../magvit2-settings.ts';
import { architecture, type NetworkFacts } from '../network.ts';
import { sideOf } from '../vqgan-network.ts';
import { reductionOf } from '../vqgan-shape.ts';

/** Open-MAGVIT2 for clips (TencentARC/SEED-Voken, improved_video_model.py): the same network, causal in time. */
interface Settings extends Magvit2Settings {
  readonly halvesTime: readonly boolean[];
  /** Frames and side of the clips it was trained with. */
  readonly frames: number;
  readonly side: number;
}

const USUAL = { side: 128, frames: 17 } as const;

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const settings = readMagvit2(checkpoint.tensors, 3);
  if (!settings?.halvesTime) return undefined;
  const frames = sideOf(checkpoint, 'sequence_length') ?? USUAL.frames;
  return { ...settings, halvesTime: settings.halvesTime, frames, side: sideOf(checkpoint, 'resolution') ?? USUAL.side };
}

function describe(settings: Settings): NetworkFacts {
  const reduction = reductionOf(settings);
  const time = 2 ** settings.halvesTime.filter(Boolean).length;
  const side = Math.max(reduction, Math.round(settings.side / reduction) * reduction);
  return {
    medium: 'video',
    quantizer: { kind: 'lfq', bits: settings.bits, firstBit: 'least' },
    size: {
      reduction,
      multipleOf: reduction,
      maximum: Math.max(512, side),
      preferred: [side, side],
      frames: { rule: 'causal', reduction: time, window: 1 + Math.max(1, Math.round((settings.frames - 1) / time)) * time },
    },
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCTHW',
    latentLayout: 'NDTHW',
  };
}

export default architecture<Settings>({
  name: 'open-magvit2-video',
  anchor: MAGVIT2_ANCHOR,
  recognise,
  describe,
  encode: (settings, layers, pixels) => new Magvit2Drawing(settings, layers).encode(pixels),
  decode: (settings, layers, latents) => new Magvit2Drawing(settings, layers).decode(latents),
  spare: () => false,
});
