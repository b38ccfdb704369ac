/** Planar RGB in [0, 1], laid out frames × 3 × height × width. An image is a clip of one frame. */
export interface Pixels {
  readonly data: Float32Array;
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/** One picture as it is drawn: 8-bit RGBA, row by row, alpha 255. What the metrics measure and the views show. */
export interface Picture {
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly height: number;
  readonly width: number;
}

export const CHANNELS = 3;

/** Frame `frame` of `pixels`, clamped and rounded to 8 bits. */
export function toPicture(pixels: Pixels, frame = 0): Picture {
  const { height, width } = pixels;
  const area = height * width;
  const data = new Uint8ClampedArray(area * 4);
  const start = frame * CHANNELS * area;
  for (let i = 0, o = 0; i < area; i++, o += 4) {
    data[o] = pixels.data[start + i]! * 255;
    data[o + 1] = pixels.data[start + area + i]! * 255;
    data[o + 2] = pixels.data[start + 2 * area + i]! * 255;
    data[o + 3] = 255;
  }
  return { data, height, width };
}

/** The picture as planar RGB in [0, 1]; alpha is ignored. */
export function toPixels({ data, height, width }: Picture): Pixels {
  const area = height * width;
  const planar = new Float32Array(CHANNELS * area);
  for (let i = 0, o = 0; i < area; i++, o += 4) {
    planar[i] = data[o]! / 255;
    planar[area + i] = data[o + 1]! / 255;
    planar[2 * area + i] = data[o + 2]! / 255;
  }
  return { data: planar, frames: 1, height, width };
}
