import type { Picture } from '../core/picture.ts';
import { canvasBlob } from '../ui/savable.ts';

const scratches = new Map<string, OffscreenCanvas>();

/** As many sizes are kept. */
const KEPT = 6;

/**
 * Draws a frame without keeping it: hundreds of frames pass, so no bitmap is made of each. All frames of a size share one
 * canvas.
 */
export function drawFrame(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  { data, width, height }: Picture,
  x: number,
  y: number,
  toWidth: number,
  toHeight: number,
): void {
  const key = `${width} ${height}`;
  let scratch = scratches.get(key);
  if (!scratch) {
    scratch = new OffscreenCanvas(width, height);
    scratches.set(key, scratch);
    for (const oldest of [...scratches.keys()].slice(0, -KEPT)) scratches.delete(oldest);
  }
  scratch.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
  context.imageSmoothingEnabled = toWidth < width * 2;
  context.imageSmoothingQuality = 'high';
  context.drawImage(scratch, x, y, toWidth, toHeight);
}

/** Full ink at this mean difference of the channels, of 255. */
export const DIFFERENCE_SCALE = 64;

/** How far two frames are apart, in ink on a transparent ground: full ink at `DIFFERENCE_SCALE` of 255. */
export function differenceFrame(a: Picture, b: Picture, [red, green, blue]: readonly [number, number, number]): Picture {
  const data = new Uint8ClampedArray(a.data.length);
  for (let i = 0; i < data.length; i += 4) {
    const sum =
      Math.abs(a.data[i]! - b.data[i]!) + Math.abs(a.data[i + 1]! - b.data[i + 1]!) + Math.abs(a.data[i + 2]! - b.data[i + 2]!);
    data[i] = red;
    data[i + 1] = green;
    data[i + 2] = blue;
    data[i + 3] = (sum / 3 / DIFFERENCE_SCALE) * 255;
  }
  return { data, width: a.width, height: a.height };
}

/** The canvases that lie on each other in an element, as one PNG. */
export function layersBlob(element: HTMLElement): Promise<Blob> {
  const layers = [...element.querySelectorAll('canvas')];
  const { width = 1, height = 1 } = layers[0] ?? {};
  const whole = Object.assign(document.createElement('canvas'), { width, height });
  const context = whole.getContext('2d')!;
  const origin = layers[0]?.getBoundingClientRect();
  for (const layer of layers) {
    const box = layer.getBoundingClientRect();
    const scale = layer.width / Math.max(1, box.width);
    context.drawImage(layer, (box.left - origin!.left) * scale, (box.top - origin!.top) * scale);
  }
  return canvasBlob(whole);
}
