import type { Rect, Size } from '../core/framing.ts';
import type { Point } from '../ui/viewport.ts';

/**
 * Where entries stand, in a world of one unit for each place: in rows, or at their position on the map. Place numbers
 * count along the chosen order.
 */
export interface EntryLayout {
  readonly world: Size;
  readonly columns: number;
  /** Centres on the map, x and y for each entry, in world units; undefined when entries stand in rows. */
  readonly positions: Float32Array | undefined;
}

/** Columns of a square board for `size` entries. */
export function columnsFor(size: number): number {
  return Math.max(1, Math.ceil(Math.sqrt(size)));
}

export function rowsLayout(size: number): EntryLayout {
  const columns = columnsFor(size);
  return { world: { width: columns, height: columns }, columns, positions: undefined };
}

/** First two principal components, K × 3 in [0, 1], as positions on a board as large as the one of rows. */
export function mapLayout(geometry: Float32Array): EntryLayout {
  const size = geometry.length / 3;
  const columns = columnsFor(size);
  const positions = new Float32Array(size * 2);
  // Half a place of margin, so that pictures at the edge are whole.
  const margin = columns * 0.03 + 0.5;
  const room = columns - 2 * margin;
  for (let entry = 0; entry < size; entry++) {
    positions[entry * 2] = margin + geometry[entry * 3]! * room;
    positions[entry * 2 + 1] = margin + (1 - geometry[entry * 3 + 1]!) * room;
  }
  return { world: { width: columns, height: columns }, columns, positions };
}

/** Centre of an entry in world units; `place` is its number in the order. */
export function centreOf(layout: EntryLayout, entry: number, place: number): Point {
  const { positions, columns } = layout;
  if (positions) return { x: positions[entry * 2]!, y: positions[entry * 2 + 1]! };
  return { x: (place % columns) + 0.5, y: Math.floor(place / columns) + 0.5 };
}

/** The entry at a point of the world; on the map the nearest within `reach` units. */
export function entryAt(layout: EntryLayout, order: Uint32Array, { x, y }: Point, reach: number): number | undefined {
  const { positions, columns } = layout;
  if (positions) return nearestPosition(positions, x, y, reach);
  const column = Math.floor(x);
  const row = Math.floor(y);
  if (column < 0 || column >= columns || row < 0) return undefined;
  return order[row * columns + column];
}

function nearestPosition(positions: Float32Array, x: number, y: number, reach: number): number | undefined {
  let nearest: number | undefined;
  let least = reach * reach;
  for (let entry = 0, i = 0; i < positions.length; entry++, i += 2) {
    const dx = positions[i]! - x;
    const dy = positions[i + 1]! - y;
    const distance = dx * dx + dy * dy;
    if (distance < least) {
      least = distance;
      nearest = entry;
    }
  }
  return nearest;
}

/** Entries whose centre lies in a part of the world grown by one unit, in the order they are drawn. At most `most` + 1. */
export function entriesIn(layout: EntryLayout, order: Uint32Array, part: Rect, most: number): number[] {
  return layout.positions ? mappedIn(layout.positions, part, most) : rowedIn(layout.columns, order, part, most);
}

function mappedIn(positions: Float32Array, { x, y, width, height }: Rect, most: number): number[] {
  const found: number[] = [];
  for (let entry = 0, i = 0; i < positions.length && found.length <= most; entry++, i += 2) {
    const px = positions[i]!;
    const py = positions[i + 1]!;
    if (px >= x - 1 && px <= x + width + 1 && py >= y - 1 && py <= y + height + 1) found.push(entry);
  }
  return found;
}

function rowedIn(columns: number, order: Uint32Array, part: Rect, most: number): number[] {
  const found: number[] = [];
  const left = Math.max(0, Math.floor(part.x));
  const right = Math.min(columns - 1, Math.floor(part.x + part.width));
  const rows = Math.ceil(order.length / columns);
  const bottom = Math.min(rows - 1, Math.floor(part.y + part.height));
  for (let row = Math.max(0, Math.floor(part.y)); row <= bottom; row++) {
    for (let column = left; column <= right; column++) {
      const entry = order[row * columns + column];
      if (entry !== undefined) found.push(entry);
      if (found.length > most) return found;
    }
  }
  return found;
}

/** The entry some places or rows away in the order; stops at the ends. */
export function stepEntry(order: Uint32Array, places: Uint32Array, entry: number, by: number): number {
  const place = Math.min(order.length - 1, Math.max(0, places[entry]! + by));
  return order[place]!;
}

/** The nearest entry of a map within 45° of a direction; the entry itself when nothing lies that way. */
export function entryTowards(positions: Float32Array, entry: number, right: number, down: number): number {
  const x = positions[entry * 2]!;
  const y = positions[entry * 2 + 1]!;
  let nearest = entry;
  let least = Number.POSITIVE_INFINITY;
  for (let other = 0, i = 0; i < positions.length; other++, i += 2) {
    const dx = positions[i]! - x;
    const dy = positions[i + 1]! - y;
    const along = dx * right + dy * down;
    const across = Math.abs(dx * down) + Math.abs(dy * right);
    const distance = dx * dx + dy * dy;
    if (along <= 0 || across > along || distance >= least) continue;
    least = distance;
    nearest = other;
  }
  return nearest;
}
