import { expect, test } from 'vitest';
import type { TokenGrid } from '../../src/core/token-grid.ts';
import { clampCell, firstCell, followGrid, movedCell, selectionOfEntry } from '../../src/state/selection.ts';
import { withSlots } from '../../src/state/slots.ts';
import { initialState, type Result, type Slot } from '../../src/state/store.ts';

const grid = (h: number, w: number, token = (i: number) => i): TokenGrid => ({
  shape: { t: 1, h, w },
  tokens: Int32Array.from({ length: h * w }, (_, i) => token(i)),
});
const at = (row: number, column: number) => ({ t: 0, row, column });

test('a cell outside lands on the edge; moving wraps', () => {
  expect(clampCell(grid(4, 6).shape, at(99, -3))).toEqual(at(3, 0));
  expect(clampCell(grid(4, 6).shape, at(Number.NaN, 2.9))).toEqual(at(0, 2));
  expect(movedCell(grid(4, 6).shape, at(0, 0), -1, -1)).toEqual(at(3, 5));
  expect(movedCell(grid(4, 6).shape, at(3, 5), 9, 1)).toEqual(at(0, 0));
});

test('an entry is selected at its first place, or where the selection stands when it is there already', () => {
  const twice = grid(2, 2, (i) => [7, 5, 5, 7][i]!);
  expect(selectionOfEntry(5, at(0, 0), twice)).toEqual({ cell: at(0, 1), entry: 5 });
  expect(selectionOfEntry(7, at(1, 1), twice)).toEqual({ cell: at(1, 1), entry: 7 });
  expect(selectionOfEntry(9, at(1, 0), twice)).toEqual({ cell: at(1, 0), entry: 9 });
});

test('another grid size keeps the place in the picture', () => {
  const selection = { cell: at(16, 8), entry: 16 * 32 + 8 };
  expect(followGrid(selection, grid(32, 32), grid(16, 16), true)).toEqual({ cell: at(8, 4), entry: 8 * 16 + 4 });
  expect(followGrid(selection, grid(32, 32), undefined, true)).toBe(selection);
});

test('an entry chosen in the codebook stays chosen while the model stays', () => {
  const chosen = { cell: at(0, 0), entry: 99 };
  expect(followGrid(chosen, grid(4, 4), grid(8, 8), true).entry).toBe(99);
  expect(followGrid(chosen, grid(4, 4), grid(8, 8), false).entry).toBe(9);
});

test('a link may name the entry before there are tokens', () => {
  expect(followGrid({ cell: at(9, 9), entry: undefined }, undefined, grid(4, 4), true)).toEqual({ cell: at(3, 3), entry: 15 });
  expect(followGrid({ cell: at(0, 0), entry: 6 }, undefined, grid(4, 4), true)).toEqual({ cell: at(1, 2), entry: 6 });
});

test('nobody has looked yet: the usual place of a picture, of a clip the cell that moves most', () => {
  const still = (value: number, spot?: number) => {
    const data = new Uint8ClampedArray(32 * 32 * 4).fill(value);
    // A block of 8 × 8 in row 1, column 3.
    if (spot !== undefined) for (let y = 8; y < 16; y++) data.fill(spot, (y * 32 + 24) * 4, (y * 32 + 32) * 4);
    return { data, height: 32, width: 32 };
  };
  expect(firstCell({ t: 1, h: 32, w: 32 })).toEqual(at(11, 19));
  expect(firstCell({ t: 1, h: 16, w: 16 })).toEqual(at(5, 9));
  expect(firstCell({ t: 4, h: 4, w: 4 }, [still(9), still(9)])).toEqual(at(1, 2));
  expect(firstCell({ t: 4, h: 4, w: 4 }, [still(9, 0), still(9, 90), still(9, 20)])).toEqual(at(1, 3));
});

test('an entry that the codebook does not have gives way to the token of the cell', () => {
  const slot = { manifest: { id: 'a' }, result: { grid: grid(4, 4), counts: new Uint32Array(16) } as Partial<Result> } as Slot;
  const asked = (entry: number) => withSlots({ ...initialState, selection: { cell: at(0, 3), entry } }, [slot]).selection;
  expect(asked(16)).toEqual({ cell: at(0, 3), entry: 3 });
  expect(asked(15)).toEqual({ cell: at(3, 3), entry: 15 });
});
