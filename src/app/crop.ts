import type { Rect } from '../core/framing.ts';

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Smaller crops than this share of a side show nothing. */
const LEAST = 0.02;

const clamp = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));

/** The rectangle between two points, kept inside the picture (0 to 1 on both axes). */
export function dragged(from: Point, to: Point): Rect {
  const [left, right] = [from.x, to.x].map((x) => clamp(x, 0, 1)).sort((a, b) => a - b) as [number, number];
  const [top, bottom] = [from.y, to.y].map((y) => clamp(y, 0, 1)).sort((a, b) => a - b) as [number, number];
  return { x: left, y: top, width: right - left, height: bottom - top };
}

export function movedBy(rect: Rect, dx: number, dy: number): Rect {
  return { ...rect, x: clamp(rect.x + dx, 0, 1 - rect.width), y: clamp(rect.y + dy, 0, 1 - rect.height) };
}

/** Grown or shrunk at the right and bottom edges. */
export function resizedBy(rect: Rect, dx: number, dy: number): Rect {
  return { ...rect, width: clamp(rect.width + dx, LEAST, 1 - rect.x), height: clamp(rect.height + dy, LEAST, 1 - rect.y) };
}

/** To what a link holds, so that a link brings back the very same pixels. */
export function rounded({ x, y, width, height }: Rect): Rect {
  const round = (value: number) => Math.round(value * 1e4) / 1e4;
  return { x: round(x), y: round(y), width: round(width), height: round(height) };
}
