import type { Rect } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import { bitmapOf } from '../ui/bitmap.ts';

/** CSS pixels of one picture pixel from which on pixels get a grid. */
const GRID_FROM = 10;
/** Below it squares would come out uneven. */
const SQUARES_FROM = 3;

/** Draws a picture into a rectangle: smooth or in squares; at a high zoom a hairline between pixels. */
export function drawPicture(context: CanvasRenderingContext2D, picture: Picture, rect: Rect, smooth: boolean): void {
  const scale = rect.width / picture.width;
  context.imageSmoothingEnabled = smooth || scale < SQUARES_FROM;
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmapOf(picture), rect.x, rect.y, rect.width, rect.height);
  if (scale >= GRID_FROM && !smooth) drawPixelGrid(context, picture, rect);
}

function drawPixelGrid(context: CanvasRenderingContext2D, picture: Picture, rect: Rect): void {
  const { width, height } = context.canvas;
  const stepX = rect.width / picture.width;
  const stepY = rect.height / picture.height;
  context.beginPath();
  for (let x = firstLine(rect.x, stepX); x < Math.min(width, rect.x + rect.width); x += stepX) {
    context.moveTo(x, Math.max(0, rect.y));
    context.lineTo(x, Math.min(height, rect.y + rect.height));
  }
  for (let y = firstLine(rect.y, stepY); y < Math.min(height, rect.y + rect.height); y += stepY) {
    context.moveTo(Math.max(0, rect.x), y);
    context.lineTo(Math.min(width, rect.x + rect.width), y);
  }
  context.strokeStyle = 'rgb(128 128 128 / 0.35)';
  context.lineWidth = 0.5;
  context.stroke();
}

function firstLine(start: number, step: number): number {
  return start >= 0 ? start : start + Math.floor(-start / step) * step;
}
