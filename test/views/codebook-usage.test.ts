import { describe, expect, it } from 'vitest';
import { rasterPicture } from '../../src/ui/bitmap.ts';
import { nearestEntries } from '../../src/views/codebook-nearest.ts';
import { meanPatch, patchSquares, placesOf } from '../../src/views/codebook-patches.ts';
import {
  entryShare,
  fullSizeCount,
  rankOf,
  rankSteps,
  seenEnough,
  usageCeiling,
  usageFacts,
} from '../../src/views/codebook-usage.ts';

describe('usage by rank', () => {
  it('has one step for every frequency, the highest first', () => {
    expect(rankSteps([0, 3, 1, 3, 1, 1])).toEqual([
      { from: 1, to: 2, count: 3 },
      { from: 3, to: 5, count: 1 },
    ]);
    expect(rankSteps([0, 0])).toEqual([]);
  });

  it('knows the rank of a frequency', () => {
    const steps = rankSteps([5, 3, 3, 1]);
    expect([rankOf(steps, 5), rankOf(steps, 3), rankOf(steps, 1), rankOf(steps, 0)]).toEqual([1, 2, 4, undefined]);
  });

  it('has the perplexity of equally frequent entries at their number', () => {
    expect(usageFacts([4, 4, 4, 4, 0])).toEqual({ total: 16, used: 4, entropy: 2, perplexity: 4 });
    expect(usageFacts([7, 0]).perplexity).toBe(1);
    expect(usageFacts([0, 0])).toEqual({ total: 0, used: 0, entropy: 0, perplexity: 0 });
  });

  it('has a ceiling: so many tokens cannot use more entries', () => {
    expect(usageCeiling(256, 1024)).toBe(0.25);
    expect(usageCeiling(1024, 512)).toBe(1);
  });

  it('calls nothing dead before twenty tokens for each entry were seen', () => {
    expect(seenEnough(20 * 512 - 1, 512)).toBe(false);
    expect(seenEnough(20 * 512, 512)).toBe(true);
  });

  it('draws the unused small and no entry larger than its place', () => {
    const full = fullSizeCount([0, 1, 2, 900]);
    expect(entryShare(0, full)).toBe(0.3);
    expect(entryShare(1, full)).toBe(0.5);
    expect(entryShare(1_000_000, full)).toBe(1);
  });
});

describe('an entry’s places', () => {
  const shape = { t: 1, h: 2, w: 2 };
  // Four patches of 2 × 2 pixels, each of one grey.
  const picture = rasterPicture(4, 4, (i) => [10, 20, 30, 40][(Math.floor(i / 8) % 2) * 2 + (Math.floor(i / 2) % 2)]! * 0x010101);

  it('are the cells that hold its token', () => {
    expect(placesOf([5, 2, 5, 5], 5)).toEqual([0, 2, 3]);
  });

  it('have a mean patch, which is none where there are none', () => {
    const mean = meanPatch(picture, shape, [0, 3])!;
    expect([mean.width, mean.height]).toEqual([2, 2]);
    expect([...mean.data.subarray(0, 4)]).toEqual([25, 25, 25, 255]);
    expect(meanPatch(picture, shape, [])).toBeUndefined();
  });

  it('fill the room with squares as large as all of them fit', () => {
    expect(patchSquares(3, 280, 92, 92)).toEqual({ side: 92, columns: 3, shown: 3 });
    const many = patchSquares(24, 280, 92, 92);
    expect(many.columns * Math.floor(94 / (many.side + 2))).toBeGreaterThanOrEqual(24);
    expect(patchSquares(1000, 100, 40, 40).shown).toBeLessThan(1000);
  });
});

describe('the nearest entries', () => {
  it('come by ascending distance without the entry itself, the lower index first', () => {
    const found = nearestEntries(Float32Array.of(0, 0, 3, 0, 1, 0, 0, 1), 2, 0, 3);
    expect([...found.entries]).toEqual([2, 3, 1]);
    expect([...found.distances]).toEqual([1, 1, 9]);
  });
});
