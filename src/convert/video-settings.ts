import { TokenscopeError } from '../core/errors.ts';
import type { Checkpoint } from './architecture.ts';
import { asThree, findSetting } from './find-setting.ts';
import type { NetworkFacts } from './network.ts';
import { stageStrides, type Three, totalStride } from './video-layers.ts';

/** What the settings that a checkpoint of VideoGPT or TATS carries say of clips. */
export interface ClipSettings {
  /** Of each stage. */
  readonly strides: readonly Three[];
  /** Frames and side of the clips it was trained with. */
  readonly frames: number;
  readonly resolution: number;
}

function asWhole(value: unknown): number | undefined {
  return Number.isSafeInteger(value) && (value as number) > 0 ? (value as number) : undefined;
}

/** The weights tell the number of stages alone; where no settings came with them, `usual` is what they mean. */
export function readStrides(checkpoint: Checkpoint, stages: number, usual: Three): ClipSettings {
  const strides = stageStrides(asThree(findSetting(checkpoint, 'downsample')) ?? usual);
  if (strides.length !== stages) {
    const reason = `its settings ask for ${strides.length} stages, its weights have ${stages}`;
    throw new TokenscopeError('model-corrupt', { file: checkpoint.file, reason });
  }
  const every = asWhole(findSetting(checkpoint, 'sample_every_n_frames')) ?? 1;
  const frames = Math.floor((asWhole(findSetting(checkpoint, 'sequence_length')) ?? 16 * every) / every);
  return { strides, frames, resolution: asWhole(findSetting(checkpoint, 'resolution')) ?? 128 };
}

/** VideoGPT and TATS alike: groups of frames, pixels from −0.5 to 0.5, a codebook searched by distance. */
export function describeClips(
  settings: ClipSettings & { readonly codebookSize: number; readonly entryDimension: number },
): NetworkFacts {
  const { strides, codebookSize, entryDimension } = settings;
  const [t, h, w] = totalStride(strides);
  const reduction = Math.max(h, w);
  const side = Math.max(reduction, Math.round(settings.resolution / reduction) * reduction);
  const window = Math.max(t, Math.round(settings.frames / t) * t);
  return {
    medium: 'video',
    quantizer: { kind: 'vq', codebookSize, entryDimension, score: 'l2' },
    size: {
      reduction,
      multipleOf: reduction,
      maximum: 512,
      preferred: [side, side],
      frames: { rule: 'grouped', reduction: t, window },
    },
    pixels: { range: [-0.5, 0.5], outputRange: [-0.5, 0.5], channels: 'rgb' },
    pixelLayout: 'NCTHW',
    latentLayout: 'NDTHW',
  };
}
