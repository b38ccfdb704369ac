import type { Picture } from '../../core/picture.ts';

type Colour = readonly [number, number, number];

const SKY: readonly [Colour, Colour] = [
  [74, 124, 190],
  [214, 226, 234],
];
const GROUND: readonly [Colour, Colour] = [
  [104, 132, 62],
  [58, 82, 38],
];
const HOUSE: Colour = [188, 84, 58];
const WALL: Colour = [226, 206, 176];
const SUN: Colour = [252, 220, 110];
const SHADE: Colour = [32, 28, 30];

/**
 * A small landscape: sky, grass, a house with a red roof, fine branches. Tokenizers have learnt photographs, so their colours and
 * contrasts are those of one, and red and blue cannot be exchanged unnoticed. `phase` moves the sun and the branches, so that
 * several make a clip. Every measurement is made on it: it is the same each time.
 */
export function drawCard(height: number, width: number, phase = 0): Picture {
  const data = new Uint8ClampedArray(height * width * 4);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const colour = colourAt((x + 0.5) / width, (y + 0.5) / height, phase);
      const grain = 5 * Math.sin(x * 12.9898 + y * 78.233) * Math.sin(x * 3.7 - y * 5.1);
      for (let c = 0; c < 3; c++) data[o + c] = colour[c]! + grain;
      data[o + 3] = 255;
    }
  }
  return { data, height, width };
}

/** Colour at a place, both coordinates in [0, 1]. */
function colourAt(x: number, y: number, phase: number): Colour {
  const horizon = 0.62 + 0.03 * Math.sin(7 * x);
  const branch = Math.abs(Math.sin(23 * x + 9 * y + 0.4 * phase)) < 0.12 && x > 0.66 && y < horizon + 0.1;
  if (branch) return SHADE;
  if (x > 0.14 && x < 0.46 && y > 0.46 && y < 0.8) return windowAt((x - 0.14) / 0.32, (y - 0.46) / 0.34);
  const slope = Math.abs(x - 0.3) / 0.22;
  if (y > 0.28 && y < 0.46 && slope < (y - 0.28) / 0.18) return mix(HOUSE, SHADE, 0.25 * slope);
  const sun = Math.hypot(x - 0.62 - 0.02 * phase, y - 0.16);
  if (y < horizon) return mix(SUN, mix(SKY[0], SKY[1], y / horizon), Math.min(1, Math.max(0, (sun - 0.06) / 0.04)));
  const blades = 0.15 * Math.sin(60 * x + 14 * y) * Math.sin(40 * y);
  return mix(GROUND[0], GROUND[1], (y - horizon) / (1 - horizon) + blades);
}

function windowAt(u: number, v: number): Colour {
  const inWindow = (u > 0.12 && u < 0.34 && v > 0.2 && v < 0.5) || (u > 0.62 && u < 0.84 && v > 0.2 && v < 0.5);
  if (inWindow) return [70, 92, 118];
  return u > 0.4 && u < 0.56 && v > 0.5 ? SHADE : mix(WALL, SHADE, 0.18 * v);
}

function mix(a: Colour, b: Colour, share: number): Colour {
  return [0, 1, 2].map((c) => a[c]! + (b[c]! - a[c]!) * share) as unknown as Colour;
}
