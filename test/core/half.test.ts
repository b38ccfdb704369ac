import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { floatsToHalves, halfToNumber, halvesToFloats, numberToHalf } from '../../src/core/half.ts';

describe('half precision', () => {
  it('gives all 65,536 bit patterns back (a NaN as some NaN)', () => {
    const all = Uint16Array.from({ length: 65_536 }, (_, bits) => bits);
    const back = floatsToHalves(halvesToFloats(all));
    const wrong = all.filter((bits) => {
      const nan = (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
      return nan ? !Number.isNaN(halfToNumber(back[bits]!)) : back[bits] !== bits;
    });
    expect([...wrong]).toEqual([]);
  });

  it.each([
    [1, 0x3c00],
    [-2.5, 0xc100],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [2 ** -24, 0x0001],
    [2 ** -25, 0x0000],
    [3 * 2 ** -25, 0x0002],
    [-0, 0x8000],
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [0.1, 0x2e66],
  ])('%f is 0x%s, ties to even', (value, bits) => {
    expect(numberToHalf(value)).toBe(bits);
  });

  it('no half is nearer than the one chosen', () => {
    fc.assert(
      fc.property(fc.float({ min: -65504, max: 65504, noNaN: true }), (value) => {
        const chosen = numberToHalf(value);
        const error = Math.abs(halfToNumber(chosen) - value);
        const others = [chosen - 1, chosen + 1].filter((bits) => bits >= 0 && (bits & 0x7c00) !== 0x7c00);
        return others.every((bits) => Math.abs(halfToNumber(bits) - value) >= error);
      }),
    );
  });
});
