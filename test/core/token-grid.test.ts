import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellAt, cellCount, cellIndex, latentVector, sameCellIn, tokenCounts } from '../../src/core/token-grid.ts';

const side = fc.integer({ min: 1, max: 40 });
const anyShape = fc.record({ t: side, h: side, w: side });

describe('cells', () => {
  it('are counted in raster order and found again', () => {
    expect(cellIndex({ t: 2, h: 3, w: 4 }, { t: 1, row: 2, column: 3 })).toBe(23);
    fc.assert(
      fc.property(anyShape, fc.nat(), (shape, number) => {
        const index = number % cellCount(shape);
        expect(cellIndex(shape, cellAt(shape, index))).toBe(index);
      }),
    );
  });

  it('of another grid lie over the same part of the picture', () => {
    const coarse = { t: 1, h: 16, w: 16 };
    const fine = { t: 1, h: 32, w: 32 };
    expect(sameCellIn(fine, { t: 0, row: 11, column: 19 }, coarse)).toEqual({ t: 0, row: 5, column: 9 });
    expect(sameCellIn(coarse, { t: 0, row: 15, column: 0 }, fine)).toEqual({ t: 0, row: 31, column: 1 });
  });
});

describe('tokenCounts', () => {
  it('counts every entry', () => {
    expect([...tokenCounts([2, 0, 2, 2], 4)]).toEqual([1, 0, 3, 0]);
  });
});

describe('latentVector', () => {
  it('gathers one cell over all channels', () => {
    const data = Float32Array.of(1, 2, 3, 4, 10, 20, 30, 40);
    expect([...latentVector({ data, d: 2, shape: { t: 1, h: 2, w: 2 } }, 2)]).toEqual([3, 30]);
  });
});
