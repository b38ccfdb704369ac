import type { Rect } from './framing.ts';
import type { Picture } from './picture.ts';

const CHANNELS = 4;
/** Weights are whole numbers of 2^-22, as in PIL, so that both give the same bytes; sums fit 32 bits. */
const BITS = 22;
const ONE = 2 ** BITS;
const HALF = ONE / 2;
/** From twice this scale on, whole blocks are averaged first and the kernel does the rest (PIL's `reducing_gap=3`). */
const GAP = 3;
/** PIL divides by multiplying with a truncated 24-bit share. */
const DIVISION = 2 ** 24;

interface Kernel {
  readonly support: number;
  weight(distance: number): number;
}

const LANCZOS: Kernel = {
  support: 3,
  weight(x) {
    if (x === 0) return 1;
    if (Math.abs(x) >= 3) return 0;
    const t = Math.PI * x;
    return (3 * Math.sin(t) * Math.sin(t / 3)) / (t * t);
  },
};

/** Keys 1981 with a = -0.5 (Catmull-Rom). */
const BICUBIC: Kernel = {
  support: 2,
  weight(distance) {
    const x = Math.abs(distance);
    if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
  },
};

/**
 * Part `from` (in pixels of `picture`, fractions allowed, cut at its edges) as `width × height` pixels. Lanczos-3 widened by
 * the scale where it gets smaller, bicubic where it gets larger, each axis for itself. The arithmetic is that of PIL's
 * `resize` with `box` and `reducing_gap=3`, so that training code sees the same bytes. Alpha is ignored and comes out as
 * 255: composite before.
 */
export function resample(picture: Picture, from: Rect, width: number, height: number): Picture {
  const across = averaging(picture.width, from.x, from.width, width);
  const down = averaging(picture.height, from.y, from.height, height);
  const averaged = across.factor * down.factor > 1 ? average(picture, across, down) : picture;
  const columns = weigh(averaged.width, across, width);
  const rows = weigh(averaged.height, down, height);
  const top = rows.first[0]!;
  const count = rows.first[height - 1]! + rows.count[height - 1]! - top;
  const narrow = resampleRows(averaged, columns, top, count, width);
  return { data: resampleColumns(narrow, rows, top, width, height), width, height };
}

/** One axis: blocks of `factor` pixels from `begin` to `end` are averaged; then `start` and `length` are in blocks. */
interface Axis {
  readonly factor: number;
  readonly begin: number;
  readonly end: number;
  readonly start: number;
  readonly length: number;
}

function averaging(size: number, from: number, extent: number, target: number): Axis {
  const start = Math.min(Math.max(0, from), size);
  const length = Math.min(Math.max(start, from + extent), size) - start;
  const scale = length / target;
  const factor = Math.max(1, Math.floor(scale / GAP));
  if (factor === 1) return { factor, begin: 0, end: size, start, length };
  const reach = (LANCZOS.support - 0.5) * scale;
  const begin = Math.max(0, Math.trunc(start - reach));
  const end = Math.min(size, Math.ceil(start + length + reach));
  return { factor, begin, end, start: (start - begin) / factor, length: length / factor };
}

/** Means of whole blocks; the last ones may be smaller. */
function average({ data, width: stride }: Picture, across: Axis, down: Axis): Picture {
  const width = Math.ceil((across.end - across.begin) / across.factor);
  const height = Math.ceil((down.end - down.begin) / down.factor);
  const out = new Uint8ClampedArray(width * height * CHANNELS);
  for (let y = 0, o = 0; y < height; y++) {
    const top = down.begin + y * down.factor;
    const bottom = Math.min(down.end, top + down.factor);
    for (let x = 0; x < width; x++, o += CHANNELS) {
      const left = across.begin + x * across.factor;
      const right = Math.min(across.end, left + across.factor);
      const area = (bottom - top) * (right - left);
      const half = area >> 1;
      let red = half;
      let green = half;
      let blue = half;
      for (let row = top; row < bottom; row++) {
        const end = (row * stride + right) * CHANNELS;
        for (let i = (row * stride + left) * CHANNELS; i < end; i += CHANNELS) {
          red = (red + data[i]!) | 0;
          green = (green + data[i + 1]!) | 0;
          blue = (blue + data[i + 2]!) | 0;
        }
      }
      const share = Math.trunc(DIVISION / area);
      out[o] = Math.trunc((red * share) / DIVISION);
      out[o + 1] = Math.trunc((green * share) / DIVISION);
      out[o + 2] = Math.trunc((blue * share) / DIVISION);
      out[o + 3] = 255;
    }
  }
  return { data: out, width, height };
}

/** For each output position the first input position, how many follow, and their weights, `taps` places each. */
interface Taps {
  readonly taps: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Int32Array;
}

function weigh(size: number, { start, length }: Axis, target: number): Taps {
  const scale = length / target;
  const stretch = Math.max(1, scale);
  const kernel = scale > 1 ? LANCZOS : BICUBIC;
  const reach = kernel.support * stretch;
  const taps = Math.ceil(reach) * 2 + 1;
  const result = { taps, first: new Int32Array(target), count: new Int32Array(target), weights: new Int32Array(target * taps) };
  for (let i = 0; i < target; i++) {
    const centre = start + (i + 0.5) * scale;
    const first = Math.min(size - 1, Math.max(0, Math.floor(centre - reach + 0.5)));
    const count = Math.max(1, Math.min(size, Math.floor(centre + reach + 0.5)) - first);
    result.first[i] = first;
    result.count[i] = count;
    result.weights.set(kernelWeights(kernel, count, first + 0.5 - centre, stretch), i * taps);
  }
  return result;
}

/** Weights of `count` input pixels, the first at `offset` from the centre; they add up to one. */
function kernelWeights(kernel: Kernel, count: number, offset: number, stretch: number): Int32Array {
  const exact = Float64Array.from({ length: count }, (_, k) => kernel.weight((offset + k) / stretch));
  const sum = exact.reduce((a, b) => a + b, 0) || 1;
  return Int32Array.from(exact, (weight) => Math.round((Math.abs(weight) / Math.abs(sum)) * ONE) * Math.sign(weight * sum));
}

function resampleRows(
  { data, width: stride }: Picture,
  { taps, first, count, weights }: Taps,
  top: number,
  rows: number,
  width: number,
) {
  const out = new Uint8ClampedArray(width * rows * CHANNELS);
  for (let row = 0, o = 0; row < rows; row++) {
    const start = (top + row) * stride;
    for (let x = 0; x < width; x++, o += CHANNELS) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      let i = (start + first[x]!) * CHANNELS;
      const end = x * taps + count[x]!;
      for (let k = x * taps; k < end; k++, i += CHANNELS) {
        const weight = weights[k]!;
        red = (red + Math.imul(weight, data[i]!)) | 0;
        green = (green + Math.imul(weight, data[i + 1]!)) | 0;
        blue = (blue + Math.imul(weight, data[i + 2]!)) | 0;
      }
      out[o] = red >> BITS;
      out[o + 1] = green >> BITS;
      out[o + 2] = blue >> BITS;
      out[o + 3] = 255;
    }
  }
  return out;
}

function resampleColumns(
  data: Uint8ClampedArray,
  { taps, first, count, weights }: Taps,
  top: number,
  width: number,
  height: number,
) {
  const out = new Uint8ClampedArray(width * height * CHANNELS);
  const stride = width * CHANNELS;
  for (let y = 0, o = 0; y < height; y++) {
    const start = (first[y]! - top) * stride;
    const end = y * taps + count[y]!;
    for (let x = 0; x < stride; x += CHANNELS, o += CHANNELS) {
      let red = HALF;
      let green = HALF;
      let blue = HALF;
      for (let k = y * taps, i = start + x; k < end; k++, i += stride) {
        const weight = weights[k]!;
        red = (red + Math.imul(weight, data[i]!)) | 0;
        green = (green + Math.imul(weight, data[i + 1]!)) | 0;
        blue = (blue + Math.imul(weight, data[i + 2]!)) | 0;
      }
      out[o] = red >> BITS;
      out[o + 1] = green >> BITS;
      out[o + 2] = blue >> BITS;
      out[o + 3] = 255;
    }
  }
  return out;
}
