import type { Picture } from '../../core/picture.ts';

/** Colours far apart: whoever swaps two channels, or loses one, is found out. */
const COLOURS = [
  [230, 40, 40],
  [40, 200, 60],
  [40, 70, 230],
  [240, 220, 40],
  [210, 60, 200],
  [40, 200, 220],
  [245, 245, 245],
  [20, 20, 20],
] as const;

/**
 * A card of flat colours, ramps and a fine pattern; `phase` moves it, so that several make a clip. Every measurement is
 * made on it, so it is the same each time.
 */
export function drawCard(height: number, width: number, phase = 0): Picture {
  const data = new Uint8ClampedArray(height * width * 4);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const [across, down] = [(x + phase * 3) / width, y / height];
      const colour = COLOURS[(Math.floor(across * 4) + 4 * Math.floor(down * 4)) % COLOURS.length]!;
      const ramp = 60 * (across - 0.5) + 40 * (down - 0.5);
      const fine = ((x >> 1) + (y >> 1)) % 2 === 0 && down > 0.5 && across > 0.5 ? 24 : 0;
      for (let c = 0; c < 3; c++) data[o + c] = colour[c]! + ramp - fine;
      data[o + 3] = 255;
    }
  }
  return { data, height, width };
}
