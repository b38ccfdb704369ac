import { TokenscopeError } from '../core/errors.ts';
import type { GraphFacts, PixelLayout, PixelSettings } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';

/** dall-e's logit-laplace margin: its models see 0.8 x + 0.1 (arXiv 2102.12092, appendix A.3). */
const DALLE_MARGIN = 0.1;

/** Where channel `c` of pixel `i` stands in a graph's array: i · step + c · jump. */
interface Order {
  readonly step: number;
  readonly jump: number;
  readonly channels: number;
}

export function isPlanar(layout: PixelLayout): boolean {
  return layout === 'NCHW' || layout === 'NCTHW' || layout === 'TCHW';
}

function orderOf(layout: PixelLayout, area: number): Order {
  if (isPlanar(layout)) return { step: 1, jump: area, channels: 3 };
  const channels = layout.endsWith('4') ? 4 : 3;
  return { step: channels, jump: 1, channels };
}

/** Sizes of a graph's pixel array for `count` pictures; clip layouts hold one frame each. */
export function pixelDims(layout: PixelLayout, count: number, height: number, width: number): number[] {
  switch (layout) {
    case 'NCHW':
    case 'TCHW':
      return [count, 3, height, width];
    case 'NHWC':
      return [count, height, width, 3];
    case 'NHWC4':
      return [count, height, width, 4];
    case 'NCTHW':
      return [count, 3, 1, height, width];
    case 'NTHWC':
      return [count, 1, height, width, 3];
    case 'NTHWC4':
      return [count, 1, height, width, 4];
  }
}

/** Height and width from the sizes of a graph's pixel array. */
export function pixelSize(layout: PixelLayout, dims: readonly number[]): { height: number; width: number } {
  const [height, width] = isPlanar(layout) ? dims.slice(-2) : dims.slice(-3, -1);
  return { height: height!, width: width! };
}

/** Channel order of the model: position of red, green, blue. */
function channelOrder({ channels }: PixelSettings): readonly number[] {
  return channels === 'bgr' ? [2, 1, 0] : [0, 1, 2];
}

/** What each of the 256 values becomes, for the model's channel `c`. */
function valueTable({ range: [low, high], mean, std, map }: PixelSettings, c: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, byte) => {
    const share = map === 'dalle-map-pixels' ? (byte / 255) * (1 - 2 * DALLE_MARGIN) + DALLE_MARGIN : byte / 255;
    const value = low + share * (high - low);
    return (value - (mean?.[c] ?? 0)) / (std?.[c] ?? 1);
  });
}

/** A picture as the graph's input array: its layout, its value range. */
export function toGraphPixels({ data, height, width }: Picture, layout: PixelLayout, settings: PixelSettings): Float32Array {
  const area = height * width;
  const { step, jump, channels } = orderOf(layout, area);
  const out = new Float32Array(area * channels);
  for (const [c, from] of channelOrder(settings).entries()) {
    const table = valueTable(settings, c);
    for (let i = from, o = c * jump; i < data.length; i += 4, o += step) out[o] = table[data[i]!]!;
  }
  return out;
}

/**
 * Picture `index` of the graph's output array: clamped and rounded to 8 bits in one pass. Throws when the graph gave
 * something that is not a number.
 */
export function fromGraphPixels(
  values: Float32Array,
  { file, layout }: GraphFacts,
  settings: PixelSettings,
  { height, width }: { height: number; width: number },
  index = 0,
): Picture {
  const area = height * width;
  const { step, jump, channels } = orderOf(layout, area);
  const data = new Uint8ClampedArray(area * 4);
  const start = index * area * channels;
  let sum = 0;
  for (const [c, to] of channelOrder(settings).entries()) {
    const { scale, offset } = byteScale(settings, c);
    for (let i = start + c * jump, o = to; o < data.length; i += step, o += 4) {
      const value = values[i]! * scale + offset;
      sum += value;
      data[o] = value;
    }
  }
  if (Number.isNaN(sum)) throw new TokenscopeError('model-corrupt', { file, reason: 'its output is not a number' });
  for (let o = 3; o < data.length; o += 4) data[o] = 255;
  return { data, height, width };
}

/** The line from the model's output to bytes, for its channel `c`. */
function byteScale({ outputRange: [low, high], mean, std, map }: PixelSettings, c: number): { scale: number; offset: number } {
  const margin = map === 'dalle-map-pixels' ? DALLE_MARGIN : 0;
  const span = (high - low) * (1 - 2 * margin);
  const floor = low + (high - low) * margin;
  return { scale: (255 * (std?.[c] ?? 1)) / span, offset: (255 * ((mean?.[c] ?? 0) - floor)) / span };
}

/** N × C × (T ×) H × W values, already in the model's range, as the graph's input array (one picture). */
export function adaptPixels(values: Float32Array, layout: PixelLayout, area: number): Float32Array {
  const { step, jump, channels } = orderOf(layout, area);
  const out = new Float32Array(area * channels);
  for (let c = 0; c < 3; c++) for (let i = 0; i < area; i++) out[i * step + c * jump] = values[c * area + i]!;
  return out;
}

/** The graph's output array as planar C × H × W (one picture), values untouched. */
export function planarPixels(values: Float32Array, layout: PixelLayout, area: number): Float32Array {
  const { step, jump } = orderOf(layout, area);
  const out = new Float32Array(3 * area);
  for (let c = 0; c < 3; c++) for (let i = 0; i < area; i++) out[c * area + i] = values[i * step + c * jump]!;
  return out;
}
