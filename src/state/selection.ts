import { planeOfFrame } from '../core/clip-plan.ts';
import { type Cell, cellAt, cellIndex, type GridShape, sameCellIn, type TokenGrid } from '../core/token-grid.ts';
import type { Selection, State } from './store.ts';

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
