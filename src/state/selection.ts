import { planeOfFrame } from '../core/clip-plan.ts';
import type { Picture } from '../core/picture.ts';
import { type Cell, cellAt, cellIndex, type GridShape, sameCellIn, type TokenGrid } from '../core/token-grid.ts';
import { initialState, type Selection, type State } from './store.ts';

/** The cell of the grid nearest to the one asked for. */
export function clampCell({ t, h, w }: GridShape, cell: Cell): Cell {
  const clamp = (value: number, size: number) => Math.min(size - 1, Math.max(0, Math.trunc(value) || 0));
  return { t: clamp(cell.t, t), row: clamp(cell.row, h), column: clamp(cell.column, w) };
}

/** The cell some rows and columns away; it wraps at the edges. */
export function movedCell({ h, w }: GridShape, cell: Cell, rows: number, columns: number): Cell {
  const wrap = (value: number, size: number) => ((value % size) + size) % size;
  return { t: cell.t, row: wrap(cell.row + rows, h), column: wrap(cell.column + columns, w) };
}

export function tokenAt(grid: TokenGrid, cell: Cell): number {
  return grid.tokens[cellIndex(grid.shape, cell)]!;
}

/** The usual cell is said of this grid: 256 × 256 pixels through a model that makes one cell of 8 × 8. */
const USUAL_GRID: GridShape = { t: 1, h: 32, w: 32 };
/** So many frames are looked at for motion, and every so many pixels. */
const [LOOKS, STRIDE] = [24, 2];

/** Where nobody has looked yet: the usual place of a picture, and of a clip the cell in which most moves. */
export function firstCell(shape: GridShape, frames: readonly Picture[] = []): Cell {
  return liveliest(shape, frames) ?? sameCellIn(USUAL_GRID, initialState.selection.cell, { ...shape, t: 1 });
}

/** Whether the selection is as no link and no visitor has touched it. */
export function isUsual({ cell, plane, entry }: Selection): boolean {
  return cell === initialState.selection.cell && plane === undefined && entry === undefined;
}

/** The cell whose pixels change most from look to look; undefined in a still picture. */
function liveliest({ h, w }: GridShape, frames: readonly Picture[]): Cell | undefined {
  const step = Math.max(1, Math.ceil(frames.length / LOOKS));
  const looks = frames.filter((_, i) => i % step === 0);
  const motion = new Float64Array(h * w);
  for (const [i, { data, height, width }] of looks.entries()) {
    const before = looks[i - 1]?.data;
    if (!before) continue;
    for (let y = 0; y < height; y += STRIDE) {
      const row = Math.floor((y * h) / height) * w;
      for (let x = 0; x < width; x += STRIDE) {
        const at = (y * width + x) * 4;
        motion[row + Math.floor((x * w) / width)]! += Math.abs(data[at + 1]! - before[at + 1]!);
      }
    }
  }
  const most = Math.max(...motion);
  return most > 0 ? cellAt({ t: 1, h, w }, motion.indexOf(most)) : undefined;
}

/** An entry and its first place in the grid; the cell stays where it is when the entry does not occur. */
export function selectionOfEntry(entry: number, cell: Cell, grid: TokenGrid | undefined): Selection {
  if (!grid || tokenAt(grid, clampCell(grid.shape, cell)) === entry) return { cell, entry };
  const first = grid.tokens.indexOf(entry);
  return { cell: first < 0 ? cell : cellAt(grid.shape, first), entry };
}

/**
 * The selection after the active grid changed: the same place of the picture, and the token there. An entry chosen
 * in the codebook stays chosen, as long as the model is the same (`keepEntry`).
 */
export function followGrid(
  selection: Selection,
  before: TokenGrid | undefined,
  after: TokenGrid | undefined,
  keepEntry: boolean,
): Selection {
  if (!after) return selection;
  if (!before) {
    const cell = clampCell(after.shape, selection.cell);
    return selection.entry === undefined ? { cell, entry: tokenAt(after, cell) } : selectionOfEntry(selection.entry, cell, after);
  }
  const old = clampCell(before.shape, selection.cell);
  const cell = sameCellIn(before.shape, old, after.shape);
  const chosen = selection.entry !== undefined && selection.entry !== tokenAt(before, old);
  return { cell, entry: chosen && keepEntry ? selection.entry : tokenAt(after, cell) };
}

/** The plane of the active model's token volume that is selected: the one pointed at, else the one at the playhead. */
export function selectedPlane({ selection, slots, playhead }: State): number {
  const plan = slots[0]?.clip?.plan;
  if (!plan || plan.frames === 0) return 0;
  return Math.min(plan.planes - 1, selection.plane ?? planeOfFrame(plan, Math.min(playhead, plan.frames - 1)));
}
