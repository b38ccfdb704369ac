import type { PixelSettings } from './manifest.ts';
import type { Scaling, ScalingName } from './proposal.ts';

/** torchvision's numbers for pictures in [0, 1]. */
const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const PLAIN = { mean: [0, 0, 0], std: [1, 1, 1] } as const;

const ranges: Readonly<Record<ScalingName, readonly [number, number]>> = {
  'minus-one-one': [-1, 1],
  'zero-one': [0, 1],
  'zero-255': [0, 255],
  half: [-0.5, 0.5],
  imagenet: [0, 1],
  dalle: [0, 1],
};

/** What a manifest says of pixels for this way of scaling. */
export function pixelsOf({ input, output, channels }: Scaling): PixelSettings {
  const turned = (values: readonly number[]) => (channels === 'bgr' ? [...values].reverse() : [...values]);
  const normalized = { mean: turned(IMAGENET.mean), std: turned(IMAGENET.std) };
  const range = ranges[input];
  const outputRange = ranges[output];
  if (input === 'dalle') return { range, outputRange, channels, map: 'dalle-map-pixels' };
  if (input === 'imagenet' && output === 'imagenet') return { range, outputRange, channels, ...normalized };
  if (input === 'imagenet') {
    return { range, outputRange, channels, ...normalized, outputMean: [...PLAIN.mean], outputStd: [...PLAIN.std] };
  }
  if (output === 'imagenet') {
    return { range, outputRange, channels, outputMean: normalized.mean, outputStd: normalized.std };
  }
  return { range, outputRange, channels };
}

/** The way of scaling that a manifest's settings stand for; undefined for settings of another kind. */
export function scalingOf(pixels: PixelSettings): Scaling | undefined {
  const { channels = 'rgb' } = pixels;
  const wanted = JSON.stringify(plain(pixels));
  const names = Object.keys(ranges) as ScalingName[];
  for (const input of names) {
    for (const output of names) {
      if ((input === 'dalle') !== (output === 'dalle')) continue;
      if (JSON.stringify(plain(pixelsOf({ input, output, channels }))) === wanted) return { input, output, channels };
    }
  }
  return undefined;
}

function plain({ range, outputRange, mean, std, outputMean, outputStd, map = 'linear' }: PixelSettings) {
  return [range, outputRange, mean ?? 0, std ?? 1, outputMean ?? mean ?? 0, outputStd ?? std ?? 1, map];
}
