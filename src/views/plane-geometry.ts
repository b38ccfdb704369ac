import type { Cell, GridShape } from '../core/token-grid.ts';

/** Latent planes lying on top of each other, seen from the front: where they are, in CSS pixels of their stage. */
export interface Planes {
  readonly count: number;
  /** Left end of a plane's far edge. */
  readonly left: number;
  /** Top of the first plane. */
  readonly top: number;
  /** Length of the far edge. */
  readonly across: number;
  /** How far the near edge is moved sideways (to the left: negative). */
  readonly lean: number;
  /** How deep a plane reaches down the picture. */
  readonly depth: number;
  /** From one plane to the next. */
  readonly spacing: number;
}

/** At most ten channels are shown as they are, more through a window of eight. */
export function planesShown(channels: number): number {
  return channels <= 10 ? channels : 8;
}

/** Planes of a grid with the given shape in a stage of width × height. */
export function planesIn(width: number, height: number, count: number, { h, w }: GridShape): Planes {
  const narrow = Math.min(1, w / h);
  const flat = Math.max(0.12, Math.min(1, h / w));
  const depth = height * 0.25 * flat;
  const across = width * 0.705 * narrow;
  const lean = -width * 0.235 * flat;
  const spacing = count > 1 ? Math.min((height - depth - 2) / (count - 1), height * 0.3) : 0;
  const used = depth + spacing * (count - 1);
  return {
    count,
    left: (width - across - lean) / 2 + width * 0.0275,
    top: 1 + Math.max(0, (height - 2 - used) / 2),
    across,
    lean,
    depth,
    spacing,
  };
}

/** Where the selected cell's plumb line stands: its x, and its y on the first and on the last plane. */
export function plumbLine(planes: Planes, { h, w }: GridShape, cell: Cell): { x: number; first: number; last: number } {
  const a = (cell.column + 0.5) / w;
  const b = (cell.row + 0.5) / h;
  const first = planes.top + planes.depth * b;
  return {
    x: planes.left + planes.across * a + planes.lean * b,
    first,
    last: first + planes.spacing * (planes.count - 1),
  };
}

/** The cell under a point of the stage, looking from the uppermost plane down. */
export function cellUnder(planes: Planes, { h, w }: GridShape, x: number, y: number): Cell | undefined {
  for (let i = 0; i < planes.count; i++) {
    const b = (y - planes.top - i * planes.spacing) / planes.depth;
    const a = (x - planes.left - planes.lean * b) / planes.across;
    if (a >= 0 && a < 1 && b >= 0 && b < 1) return { t: 0, row: Math.floor(b * h), column: Math.floor(a * w) };
  }
  return undefined;
}
