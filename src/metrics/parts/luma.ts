import type { Picture } from '../../core/picture.ts';

/** One number for each pixel, row by row. */
export interface Plane {
  readonly data: Float64Array;
  readonly height: number;
  readonly width: number;
}

/** BT.601 luma of the 8-bit picture, 0 to 255, not rounded. */
export function luma({ data, height, width }: Picture): Plane {
  const plane = new Float64Array(height * width);
  for (let i = 0, o = 0; i < plane.length; i++, o += 4) {
    plane[i] = 0.299 * data[o]! + 0.587 * data[o + 1]! + 0.114 * data[o + 2]!;
  }
  return { data: plane, height, width };
}

/** Half the size: means of 2 × 2 pixels; an odd edge stands for its missing neighbour. */
export function halve({ data, height, width }: Plane): Plane {
  const half = { height: Math.ceil(height / 2), width: Math.ceil(width / 2) };
  const out = new Float64Array(half.height * half.width);
  for (let y = 0, o = 0; y < half.height; y++) {
    const upper = 2 * y * width;
    const lower = Math.min(height - 1, 2 * y + 1) * width;
    for (let x = 0; x < half.width; x++, o++) {
      const left = 2 * x;
      const right = Math.min(width - 1, left + 1);
      out[o] = (data[upper + left]! + data[upper + right]! + data[lower + left]! + data[lower + right]!) / 4;
    }
  }
  return { data: out, ...half };
}
