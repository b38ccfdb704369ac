import type { Rect } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { GridShape } from '../core/token-grid.ts';

/** Raster positions of all cells that hold a token. */
export function placesOf(tokens: ArrayLike<number>, token: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < tokens.length; i++) if (tokens[i] === token) places.push(i);
  return places;
}

/** The part of a picture a cell stands for, in pixels. Cells of a later plane lie where those of the first do. */
export function patchRect(picture: Picture, { h, w }: GridShape, cell: number): Rect {
  const width = picture.width / w;
  const height = picture.height / h;
  const place = cell % (h * w);
  return { x: (place % w) * width, y: Math.floor(place / w) * height, width, height };
}

/** The mean of a picture's patches at some cells; undefined when there are none. */
export function meanPatch(picture: Picture, shape: GridShape, cells: readonly number[]): Picture | undefined {
  if (cells.length === 0) return undefined;
  const width = Math.max(1, Math.floor(picture.width / shape.w));
  const height = Math.max(1, Math.floor(picture.height / shape.h));
  const sums = new Float64Array(width * height * 4);
  for (const cell of cells) addPatch(sums, picture, patchRect(picture, shape, cell), width, height);
  const data = new Uint8ClampedArray(sums.length);
  for (let i = 0; i < sums.length; i++) data[i] = Math.round(sums[i]! / cells.length);
  return { data, width, height };
}

function addPatch(sums: Float64Array, picture: Picture, { x, y }: Rect, width: number, height: number): void {
  for (let row = 0; row < height; row++) {
    const from = ((Math.floor(y) + row) * picture.width + Math.floor(x)) * 4;
    const to = row * width * 4;
    for (let i = 0; i < width * 4; i++) sums[to + i]! += picture.data[from + i]!;
  }
}

/** Squares of equal side for `count` patches in a rectangle: as large as they fit, at most `most`; those that do not fit are left out. */
export function patchSquares(
  count: number,
  width: number,
  height: number,
  most = 46,
  least = 20,
): { side: number; columns: number; shown: number } {
  const gap = 2;
  for (let side = most; ; side--) {
    const columns = Math.max(1, Math.floor((width + gap) / (side + gap)));
    const rows = Math.max(1, Math.floor((height + gap) / (side + gap)));
    if (columns * rows >= count || side <= least) return { side, columns, shown: Math.min(count, columns * rows) };
  }
}
