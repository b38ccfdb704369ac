import { TokenscopeError } from '../core/errors.ts';
import type { GraphFacts, PixelLayout, PixelSettings } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';

/** dall-e's logit-laplace margin: its models see 0.8 x + 0.1 (arXiv 2102.12092, appendix A.3). */
const DALLE_MARGIN = 0.1;

/** Sizes of what a graph sees or gives: a picture has one frame; a batch of pictures counts as frames. */
export interface FrameSize {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/** Where channel `c` of pixel `i` of frame `f` stands in a graph's array: f · hop + i · step + c · jump. */
interface Order {
  readonly hop: number;
  readonly step: number;
  readonly jump: number;
  readonly channels: number;
}

export function isPlanar(layout: PixelLayout): boolean {
  return layout === 'NCHW' || layout === 'NCTHW' || layout === 'TCHW';
}

function orderOf(layout: PixelLayout, { frames, height, width }: FrameSize): Order {
  const area = height * width;
  if (layout === 'NCTHW') return { hop: area, step: 1, jump: frames * area, channels: 3 };
  if (isPlanar(layout)) return { hop: 3 * area, step: 1, jump: area, channels: 3 };
  const channels = layout.endsWith('4') ? 4 : 3;
  return { hop: area * channels, step: channels, jump: 1, channels };
}

/** Sizes of a graph's pixel array: frames of one clip, or a batch of pictures. */
export function pixelDims(layout: PixelLayout, { frames, height, width }: FrameSize): number[] {
  switch (layout) {
    case 'NCHW':
    case 'TCHW':
      return [frames, 3, height, width];
    case 'NHWC':
      return [frames, height, width, 3];
    case 'NHWC4':
      return [frames, height, width, 4];
    case 'NCTHW':
      return [1, 3, frames, height, width];
    case 'NTHWC':
      return [1, frames, height, width, 3];
    case 'NTHWC4':
      return [1, frames, height, width, 4];
  }
}

/** Frames, height and width from the sizes of a graph's pixel array. */
export function pixelSize(layout: PixelLayout, dims: readonly number[]): FrameSize {
  const [height, width] = isPlanar(layout) ? dims.slice(-2) : dims.slice(-3, -1);
  const frames = layout === 'NCTHW' ? dims[2] : dims[layout.indexOf('T') === 1 ? 1 : 0];
  return { frames: frames!, height: height!, width: width! };
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

/** Frames of one size as the graph's input array: its layout, its value range. */
export function toGraphPixels(frames: readonly Picture[], layout: PixelLayout, settings: PixelSettings): Float32Array {
  const size = { ...frames[0]!, frames: frames.length };
  const { hop, step, jump, channels } = orderOf(layout, size);
  const out = new Float32Array(frames.length * size.height * size.width * channels);
  for (const [c, from] of channelOrder(settings).entries()) {
    const table = valueTable(settings, c);
    for (const [f, { data }] of frames.entries()) {
      for (let i = from, o = f * hop + c * jump; i < data.length; i += 4, o += step) out[o] = table[data[i]!]!;
    }
  }
  return out;
}

/**
 * Frame `index` of the graph's output array: clamped and rounded to 8 bits in one pass. Throws when the graph gave
 * something that is not a number.
 */
export function fromGraphPixels(
  values: Float32Array,
  { file, layout }: GraphFacts,
  settings: PixelSettings,
  size: FrameSize,
  index = 0,
): Picture {
  const { height, width } = size;
  const { hop, step, jump } = orderOf(layout, size);
  const data = new Uint8ClampedArray(height * width * 4);
  let sum = 0;
  for (const [c, to] of channelOrder(settings).entries()) {
    const { scale, offset } = byteScale(settings, c);
    for (let i = index * hop + c * jump, o = to; o < data.length; i += step, o += 4) {
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
function byteScale(
  { outputRange: [low, high], mean, std, outputMean = mean, outputStd = std, map }: PixelSettings,
  c: number,
): { scale: number; offset: number } {
  const margin = map === 'dalle-map-pixels' ? DALLE_MARGIN : 0;
  const span = (high - low) * (1 - 2 * margin);
  const floor = low + (high - low) * margin;
  return { scale: (255 * (outputStd?.[c] ?? 1)) / span, offset: (255 * ((outputMean?.[c] ?? 0) - floor)) / span };
}

/** C × T × H × W values, already in the model's range, as the graph's input array. */
export function adaptPixels(values: Float32Array, layout: PixelLayout, size: FrameSize): Float32Array {
  const { channels } = orderOf(layout, size);
  const out = new Float32Array(size.frames * size.height * size.width * channels);
  eachPlace(layout, size, (planar, inGraph) => {
    out[inGraph] = values[planar]!;
  });
  return out;
}

/** The graph's output array as planar C × T × H × W, values untouched. */
export function planarPixels(values: Float32Array, layout: PixelLayout, size: FrameSize): Float32Array {
  const out = new Float32Array(3 * size.frames * size.height * size.width);
  eachPlace(layout, size, (planar, inGraph) => {
    out[planar] = values[inGraph]!;
  });
  return out;
}

/** Every value's place in C × T × H × W, and in the graph's array. */
function eachPlace(layout: PixelLayout, size: FrameSize, visit: (planar: number, inGraph: number) => void): void {
  const area = size.height * size.width;
  const { hop, step, jump } = orderOf(layout, size);
  for (let c = 0, planar = 0; c < 3; c++) {
    for (let f = 0; f < size.frames; f++) {
      for (let i = 0; i < area; i++, planar++) visit(planar, f * hop + i * step + c * jump);
    }
  }
}
