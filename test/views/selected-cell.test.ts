import { describe, expect, test } from 'vitest';
import { DEFAULT_FRAMING } from '../../src/core/framing.ts';
import type { Manifest } from '../../src/core/manifest.ts';
import type { Result, Slot } from '../../src/state/store.ts';
import { channelTerms, decidingChannels, tokenDigits } from '../../src/views/channel-terms.ts';
import { columnMinima, histogramOf } from '../../src/views/distance-shapes.ts';
import { figuresOf } from '../../src/views/figures.ts';
import { distanceLengths } from '../../src/views/nearest-entries.tsx';
import { patchError } from '../../src/views/patch-error.ts';
import { distanceText, selectedCell } from '../../src/views/selected-cell.ts';
import { paletteNames, paletteWorks, tokenPicture } from '../../src/views/token-colours.ts';

const quantizer = { kind: 'vq', codebookSize: 4, entryDimension: 2, score: 'cosine' } as const;
const slot = {
  key: 1,
  manifest: { quantizer } as Partial<Manifest> as Manifest,
  phase: 'ready',
  progress: undefined,
  model: undefined,
  error: undefined,
  codebook: Float32Array.of(1, 0, 0, 2, -1, 0, 3, 4),
  geometry: Float32Array.from({ length: 12 }, (_, i) => (i % 5) / 5),
  entryPictures: undefined,
  result: undefined,
  visit: { counts: new Uint32Array(4), pictures: 0 },
} satisfies Slot;

const shape = { t: 1, h: 1, w: 2 };
const result: Result = {
  recorded: false,
  of: { source: 1, framing: DEFAULT_FRAMING, model: 1 },
  source: undefined,
  grid: { shape, tokens: Int32Array.of(3, 1) },
  counts: Uint32Array.of(0, 1, 0, 1),
  latents: { data: Float32Array.of(6, 0, 8, 5), d: 2, shape },
  nearest: { count: 2, entries: Int32Array.of(3, 1, 1, 3), distances: Float32Array.of(0, 0.4, 0, 0.4) },
  reconstruction: undefined,
  measures: undefined,
  timings: undefined,
};

describe('the selected cell', () => {
  test('shows its vector and its entry as the cosine sees them', () => {
    const cell = selectedCell(slot, result, { cell: { t: 0, row: 0, column: 0 }, entry: 3 });
    expect(cell.token).toBe(3);
    expect([...cell.vector!]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
    expect([...cell.entryVector!]).toEqual([expect.closeTo(0.6), expect.closeTo(0.8)]);
    expect(cell.nearest.map(({ entry }) => entry)).toEqual([3, 1]);
  });

  test('outside the grid it is the nearest cell inside', () => {
    expect(selectedCell(slot, result, { cell: { t: 0, row: 9, column: 9 }, entry: undefined }).token).toBe(1);
  });

  test('an entry chosen in the codebook is the one it is compared with', () => {
    const cell = selectedCell(slot, result, { cell: { t: 0, row: 0, column: 1 }, entry: 0 });
    expect(cell).toMatchObject({ token: 1, entry: 0 });
    expect([...cell.entryVector!]).toEqual([1, 0]);
  });
});

describe('distances', () => {
  test('have digits to suit their size', () => {
    expect([0.02197, 3.1417, 42.123, 1234.5, -7.5].map((value) => distanceText(value))).toEqual([
      '0.0220',
      '3.142',
      '42.12',
      '1235',
      '−7.500',
    ]);
  });

  test('are lengths from zero; scores below zero start at a tenth', () => {
    expect(distanceLengths([1, 2, 4])).toEqual([0.25, 0.5, 1]);
    expect(distanceLengths([-4, -3, -2])).toEqual([expect.closeTo(0.1), expect.closeTo(0.55), expect.closeTo(1)]);
    expect(distanceLengths([0, 0])).toEqual([0, 0]);
  });

  test('a column of the row shows the smallest of its entries', () => {
    expect([...columnMinima([5, 1, 4, 2], 2)]).toEqual([1, 2]);
    expect([...columnMinima([5, 1], 9)]).toEqual([5, 1]);
  });

  test('a histogram counts every entry', () => {
    const { least, most, counts } = histogramOf([0, 1, 1, 2, 2], 2);
    expect([least, most, ...counts]).toEqual([0, 2, 1, 4]);
    expect([...histogramOf([3, 3], 4).counts].reduce((a, b) => a + b)).toBe(2);
  });
});

describe('the arithmetic', () => {
  test('terms add up to the distance', () => {
    expect([...channelTerms([1, 2], [3, 2], false)]).toEqual([4, 0]);
    expect([...channelTerms([1, 2], [3, 2], true)]).toEqual([-3, -4]);
  });

  test('many channels: those that decide, in their order', () => {
    expect(decidingChannels([0, 9, 0, 5], [0, 0, 0, 0], 2)).toEqual([1, 3]);
    expect(decidingChannels([1, 2], [0, 0], 8)).toEqual([0, 1]);
  });

  test('a token of FSQ with levels 3 and 4: 11 is digits 2 and 3', () => {
    expect(tokenDigits(11, [3, 4])).toEqual([2, 3]);
  });
});

describe('figures', () => {
  test('tokens × bits = bytes', () => {
    expect(figuresOf(result, 4)).toEqual({ tokens: 2, bits: 2, bytes: 0.5, pixelBytes: undefined, used: 2 });
  });

  test('mean error of a patch counts colours, not alpha', () => {
    const grey = (value: number) => ({ data: new Uint8ClampedArray(4).fill(value), width: 1, height: 1 });
    expect(patchError(grey(0), grey(51), { x: 0, y: 0, width: 1, height: 1 })).toBeCloseTo(0.2);
  });
});

describe('colours of the token grid', () => {
  test.each(['geometry', 'hash', 'usage', 'distance', 'bits'] as const)('%s gives every cell an opaque colour', (palette) => {
    expect(paletteNames).toContain(palette);
    const { data, width, height } = tokenPicture(slot, result, palette, false);
    expect([width, height, data[3], data[7]]).toEqual([2, 1, 255, 255]);
  });

  test('the same token has the same colour, another another', () => {
    const same: Result = { ...result, grid: { shape: { t: 1, h: 1, w: 3 }, tokens: Int32Array.of(3, 1, 3) } };
    const { data } = tokenPicture(slot, same, 'hash', false);
    expect([...data.subarray(0, 4)]).toEqual([...data.subarray(8, 12)]);
    expect([...data.subarray(0, 4)]).not.toEqual([...data.subarray(4, 8)]);
  });

  test('distance needs a live run and falls back on geometry without one', () => {
    const recorded: Result = { ...result, nearest: undefined };
    expect(paletteWorks('distance', slot, recorded)).toBe(false);
    expect(tokenPicture(slot, recorded, 'distance', false)).toEqual(tokenPicture(slot, recorded, 'geometry', false));
  });
});
