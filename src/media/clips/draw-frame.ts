import { TokenscopeError } from '../../core/errors.ts';
import type { Size } from '../../core/framing.ts';

/** The size within a square of `side`; never larger than it is. Pixels. */
export function sizeWithin({ width, height }: Size, side: number): Size {
  const scale = Math.min(1, side / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

export type Draw = (context: OffscreenCanvasRenderingContext2D, width: number, height: number) => void;

/** Makes bitmaps of one size, one after another, on one canvas. */
export function createPainter({ width, height }: Size): (draw: Draw) => ImageBitmap {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new TokenscopeError('out-of-memory', { what: `${width} × ${height}` });
  return (draw) => {
    context.imageSmoothingQuality = 'high';
    draw(context, width, height);
    return canvas.transferToImageBitmap();
  };
}
