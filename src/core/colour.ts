/** 0xRRGGBB from 8-bit channels. */
export function rgb(red: number, green: number, blue: number): number {
  return (red << 16) | (green << 8) | blue;
}

export function cssColour(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

/** OKLab → linear sRGB (Ottosson 2020, https://bottosson.github.io/posts/oklab/). */
function oklabToLinear(lightness: number, a: number, b: number): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

/** OKLab as 0xRRGGBB; chroma is pulled in until the colour fits sRGB. */
export function oklab(lightness: number, a: number, b: number): number {
  let linear = oklabToLinear(lightness, a, b);
  for (let scale = 0.88; scale > 0.05 && linear.some((v) => v < -0.001 || v > 1.001); scale *= 0.88) {
    linear = oklabToLinear(lightness, a * scale, b * scale);
  }
  const [red, green, blue] = linear.map((v) => {
    const clamped = Math.min(1, Math.max(0, v));
    return Math.round(255 * (clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * clamped ** (1 / 2.4) - 0.055));
  });
  return rgb(red!, green!, blue!);
}

/** Hues from 42° to 320° only: the accent's sector stays free, so that no token looks selected. */
function dataHue(turn: number): number {
  return ((42 + turn * 278) / 360) * 2 * Math.PI;
}

/**
 * Colours of entries from their geometry: first principal component → lightness 0.40 to 0.93, the other two → hue and
 * chroma in OKLab. `geometry` is K × 3 in [0, 1]; gives one 0xRRGGBB for each entry.
 */
export function geometryColours(geometry: Float32Array): Uint32Array {
  const count = geometry.length / 3;
  const colours = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const x = geometry[i * 3 + 2]! - 0.5;
    const y = 0.5 - geometry[i * 3 + 1]!;
    const turn = (Math.atan2(y, x) / (2 * Math.PI) + 1) % 1;
    const chroma = Math.hypot(x, y) * 0.3;
    const hue = dataHue(turn);
    colours[i] = oklab(0.4 + 0.53 * geometry[i * 3]!, chroma * Math.cos(hue), chroma * Math.sin(hue));
  }
  return colours;
}

/** A colour that says only "same or different": from a hash of the index. */
export function hashColour(index: number): number {
  let h = Math.imul(index + 1, 0x9e3779b1) >>> 0;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b) >>> 0;
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35) >>> 0;
  const hue = dataHue((h & 0xffff) / 0xffff);
  return oklab(0.5 + 0.35 * ((h >>> 16) / 0xffff), 0.11 * Math.cos(hue), 0.11 * Math.sin(hue));
}

export function mix(a: number, b: number, t: number): number {
  const channel = (shift: number) => {
    const from = (a >> shift) & 255;
    return Math.round(from + (((b >> shift) & 255) - from) * t);
  };
  return rgb(channel(16), channel(8), channel(0));
}

/** A colour on a ramp of equally spaced stops, `t` in [0, 1]. */
export function ramp(stops: readonly number[], t: number): number {
  const position = Math.min(1, Math.max(0, t)) * (stops.length - 1);
  const index = Math.min(stops.length - 2, Math.floor(position));
  return mix(stops[index]!, stops[index + 1]!, position - index);
}

/** "#rrggbb" as 0xRRGGBB. */
export function parseColour(text: string): number {
  return Number.parseInt(text.replace('#', ''), 16);
}

/** Little to much (differences, distances): paper → sand → ochre → plum → black, turned round on dark paper. */
export const amountRamp = {
  light: [0xfbfaf6, 0xf0cf8e, 0xd07a3e, 0x7d2a4a, 0x1d1024],
  dark: [0x141310, 0x4a2a4f, 0xb4503c, 0xf2b45c, 0xfff6d8],
} as const;
