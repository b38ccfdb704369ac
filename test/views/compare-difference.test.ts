import { describe, expect, it } from 'vitest';
import { rasterPicture } from '../../src/ui/bitmap.ts';
import { differencePicture, differenceScale, pixelDifferences } from '../../src/views/compare-difference.ts';

describe('the difference map', () => {
  const grey = (value: number) => rasterPicture(2, 1, () => (value << 16) | (value << 8) | value);

  it('adds what the three channels differ by', () => {
    expect([...pixelDifferences(grey(10), grey(30))]).toEqual([60, 60]);
    expect([...pixelDifferences(grey(30), grey(10))]).toEqual([60, 60]);
  });

  it('is scaled so that 98 % of the pixels of all rows stay under black', () => {
    const quiet = new Uint16Array(980).fill(76); // 76 / 765 is just under 0.10
    const loud = new Uint16Array(20).fill(700);
    expect(differenceScale([quiet, loud])).toBe(0.1);
    expect(differenceScale([new Uint16Array(100)])).toBe(0.02);
    expect(differenceScale([new Uint16Array(100).fill(765)])).toBe(1);
  });

  it('shows no difference as paper and everything from the scale on as the end of the ramp', () => {
    const map = differencePicture(Uint16Array.of(0, 383, 765), 3, 1, 0.5, false);
    expect([...map.data.subarray(0, 4)]).toEqual([0xfb, 0xfa, 0xf6, 255]);
    expect([...map.data.subarray(4, 8)]).toEqual([0x1d, 0x10, 0x24, 255]);
    expect([...map.data.subarray(8, 12)]).toEqual([0x1d, 0x10, 0x24, 255]);
  });
});
