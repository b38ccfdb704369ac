import type { Rect } from '../core/framing.ts';
import type { Board } from './board-order.ts';

/** Smallest side of a ring on the board. */
const LEAST = 4;

/** Where an entry stands on a board of the given size, at least 4 px a side around its centre. */
export function entryRectangle({ columns, rows, places }: Board, entry: number, width: number, height: number): Rect {
  const w = width / columns;
  const h = height / rows;
  const place = places[entry] ?? 0;
  const wide = Math.max(LEAST, w);
  const tall = Math.max(LEAST, h);
  return {
    x: ((place % columns) + 0.5) * w - wide / 2,
    y: (Math.floor(place / columns) + 0.5) * h - tall / 2,
    width: wide,
    height: tall,
  };
}
