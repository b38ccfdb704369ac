import type { Rect } from '../core/framing.ts';
import { type Cell, cellIndex, type GridShape } from '../core/token-grid.ts';

/** Smallest side of a selection ring: a cell of a fine grid is still to be seen. */
const LEAST = 4;

/** Where a cell lies in a picture of the given size, at least 4 px a side around its centre. */
export function cellRectangle(shape: GridShape, cell: Cell, width: number, height: number): Rect {
  const w = width / shape.w;
  const h = height / shape.h;
  const wide = Math.max(LEAST, w);
  const tall = Math.max(LEAST, h);
  return {
    x: (cell.column + 0.5) * w - wide / 2,
    y: (cell.row + 0.5) * h - tall / 2,
    width: wide,
    height: tall,
  };
}

/** The edges between cells of `places` and all others, as lines [x, y, x, y] in cells: what touches is one shape. */
export function outlineOf({ h, w }: GridShape, places: readonly number[]): (readonly [number, number, number, number])[] {
  const inside = new Set(places);
  const lines: (readonly [number, number, number, number])[] = [];
  for (const place of places) {
    const x = place % w;
    const y = (place - x) / w;
    if (y === 0 || !inside.has(place - w)) lines.push([x, y, x + 1, y]);
    if (y === h - 1 || !inside.has(place + w)) lines.push([x, y + 1, x + 1, y + 1]);
    if (x === 0 || !inside.has(place - 1)) lines.push([x, y, x, y + 1]);
    if (x === w - 1 || !inside.has(place + 1)) lines.push([x + 1, y, x + 1, y + 1]);
  }
  return lines;
}

/** Every cell of the same plane that holds the token of `cell`, except itself, as positions in that plane. */
export function samePlaces(shape: GridShape, tokens: Int32Array, cell: Cell): number[] {
  const area = shape.h * shape.w;
  const from = cell.t * area;
  const here = cellIndex(shape, cell);
  const places: number[] = [];
  for (let i = from; i < from + area; i++) if (i !== here && tokens[i] === tokens[here]) places.push(i - from);
  return places;
}
