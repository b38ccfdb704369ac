import type { Picture } from '../core/picture.ts';

const bitmaps = new WeakMap<Picture, HTMLCanvasElement>();

/** The picture as something `drawImage` takes, at its own size; made once for each picture. */
export function bitmapOf(picture: Picture): HTMLCanvasElement {
  let canvas = bitmaps.get(picture);
  if (!canvas) {
    canvas = document.createElement('canvas');
    canvas.width = picture.width;
    canvas.height = picture.height;
    canvas.getContext('2d')?.putImageData(new ImageData(picture.data, picture.width, picture.height), 0, 0);
    bitmaps.set(picture, canvas);
  }
  return canvas;
}

/** A picture of `width × height` made cell by cell from colours 0xRRGGBB. */
export function rasterPicture(width: number, height: number, colour: (index: number) => number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let i = 0, o = 0; i < width * height; i++, o += 4) {
    const rgb = colour(i);
    data[o] = rgb >> 16;
    data[o + 1] = (rgb >> 8) & 255;
    data[o + 2] = rgb & 255;
    data[o + 3] = 255;
  }
  return { data, width, height };
}
