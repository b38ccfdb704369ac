import { amountRamp, ramp } from '../core/colour.ts';
import type { Picture } from '../core/picture.ts';

/** How differences are shown, the same in every row. */
export interface DifferenceScale {
  readonly value: number;
  readonly fitted: boolean;
  toggle(): void;
}

/** Red, green and blue together: the largest difference one pixel can have. */
export const LARGEST_DIFFERENCE = 3 * 255;

/** |source − reconstruction| for every pixel, summed over the three channels: 0 to 765. */
export function pixelDifferences(source: Picture, reconstruction: Picture): Uint16Array {
  const area = Math.min(source.data.length, reconstruction.data.length) / 4;
  const differences = new Uint16Array(area);
  for (let i = 0, o = 0; i < area; i++, o += 4) {
    let sum = 0;
    for (let channel = 0; channel < 3; channel++) {
      sum += Math.abs(source.data[o + channel]! - reconstruction.data[o + channel]!);
    }
    differences[i] = sum;
  }
  return differences;
}

/**
 * The scale that `share` of all pixels stay under, the same for every map given: mean difference of the channels as a
 * fraction of the full range, rounded up to whole hundredths and at least 0.02.
 */
export function differenceScale(maps: readonly Uint16Array[], share = 0.98): number {
  const histogram = new Uint32Array(LARGEST_DIFFERENCE + 1);
  let total = 0;
  for (const map of maps) {
    for (let i = 0; i < map.length; i++) histogram[map[i]!]!++;
    total += map.length;
  }
  let below = 0;
  let value = 0;
  while (value < LARGEST_DIFFERENCE) {
    below += histogram[value]!;
    if (below >= total * share) break;
    value++;
  }
  return Math.max(0.02, Math.ceil((value / LARGEST_DIFFERENCE) * 100 - 1e-9) / 100);
}

/** The map as a picture on the amount ramp; the square root shows small differences too. */
export function differencePicture(
  differences: Uint16Array,
  width: number,
  height: number,
  scale: number,
  dark: boolean,
): Picture {
  const stops = dark ? amountRamp.dark : amountRamp.light;
  const colours = Uint32Array.from({ length: LARGEST_DIFFERENCE + 1 }, (_, value) =>
    ramp(stops, Math.sqrt(value / LARGEST_DIFFERENCE / scale)),
  );
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0, o = 0; i < width * height; i++, o += 4) {
    const colour = colours[differences[i] ?? 0]!;
    data[o] = colour >> 16;
    data[o + 1] = (colour >> 8) & 255;
    data[o + 2] = colour & 255;
    data[o + 3] = 255;
  }
  return { data, width, height };
}
