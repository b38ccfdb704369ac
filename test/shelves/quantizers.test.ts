import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import type { QuantizerSettings } from '../../src/core/manifest.ts';
import type { Quantizer } from '../../src/core/quantizer.ts';
import { cheapestSums, smallest } from '../../src/core/ranking.ts';
import { quantizers } from '../../src/quantizers/index.ts';

const vector = (dimension: number, span = 3) =>
  fc.array(fc.double({ min: -span, max: span, noNaN: true }), { minLength: dimension, maxLength: dimension });

/** Every token by brute force through `distance`, sorted as the contract says. */
function bruteForce(quantizer: Quantizer, latent: readonly number[]) {
  return Array.from({ length: quantizer.codebookSize }, (_, token) => ({
    token,
    distance: quantizer.distance(latent, token),
  })).sort((a, b) => a.distance - b.distance || a.token - b.token);
}

test('the shelf is found', () => expect(Object.keys(quantizers).sort()).toEqual(['fsq', 'lfq', 'vq']));

describe.each(Object.entries(quantizers))('%s', (name, kind) => {
  const { settings, codebook } = kind.example;
  const quantizer = kind.open(settings, codebook);

  test('names itself and gives vectors of the entry dimension', () => {
    expect(settings.kind).toBe(name);
    expect(quantizer.entry(0)).toHaveLength(quantizer.entryDimension);
  });

  test('has entries that all differ', () => {
    const rows = Array.from({ length: quantizer.codebookSize }, (_, token) => quantizer.entry(token).join());
    expect(new Set(rows).size).toBe(quantizer.codebookSize);
  });

  test('the nearest few are those of brute force', () => {
    fc.assert(
      fc.property(vector(quantizer.entryDimension), fc.integer({ min: 1, max: 20 }), (latent, count) => {
        const few = quantizer.nearestFew(latent, count);
        const all = bruteForce(quantizer, latent).slice(0, count);
        expect(few.tokens).toHaveLength(Math.min(count, quantizer.codebookSize));
        for (const [i, distance] of few.distances.entries()) {
          expect(distance).toBeCloseTo(all[i]!.distance, 9);
          expect(quantizer.distance(latent, few.tokens[i]!)).toBeCloseTo(distance, 9);
        }
        expect(quantizer.distance(latent, quantizer.nearest(latent))).toBeCloseTo(all[0]!.distance, 9);
      }),
    );
  });

  test('refuses settings of nothing', () => {
    expect(() => kind.open({ kind: settings.kind })).toThrow(TokenscopeError);
  });
});

describe('every token is nearest to its own entry', () => {
  test.each([['vq', 'l2'] as const, ['vq', 'cosine'] as const])('%s, %s', (kind, score) => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -50, max: 50 }), { minLength: 8, maxLength: 8 }), (values) => {
        // Angles all different, so that unit vectors are too.
        const codebook = Float32Array.from(values.flatMap((v) => [Math.cos(v / 20), Math.sin(v / 20)]));
        const quantizer = quantizers[kind]!.open({ kind, codebookSize: 8, entryDimension: 2, score }, codebook);
        for (let token = 0; token < 8; token++) expect(quantizer.nearest(quantizer.entry(token))).toBe(token);
      }),
    );
  });

  test('lfq', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 18 - 1 }),
        fc.constantFrom('least' as const, 'most' as const),
        (token, firstBit) => {
          const quantizer = quantizers.lfq!.open({ kind: 'lfq', bits: 18, firstBit });
          expect(quantizer.nearest(quantizer.entry(token))).toBe(token);
          expect(quantizer.distance(quantizer.entry(token), token)).toBe(0);
        },
      ),
    );
  });

  test('fsq: the latent that an entry came from', () => {
    const levels = [8, 8, 8, 5, 5, 5];
    const quantizer = quantizers.fsq!.open({ kind: 'fsq', levels });
    // The inverse of the bound: z = atanh((level + offset) / half) − atanh(offset / half).
    const unbound = (entry: number, count: number) => {
      const half = ((count - 1) * 1.001) / 2;
      const offset = count % 2 === 0 ? 0.5 : 0;
      return Math.atanh((entry * Math.floor(count / 2) + offset) / half) - Math.atanh(offset / half);
    };
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 63_999 }), (token) => {
        const latent = levels.map((count, c) => unbound(quantizer.entry(token)[c]!, count));
        expect(quantizer.nearest(latent)).toBe(token);
        expect(quantizer.distance(latent, token)).toBeCloseTo(0, 9);
      }),
    );
  });
});

describe('values worked out by hand', () => {
  const open = (settings: Partial<QuantizerSettings>, rows: number[], weight?: number[], bias?: number[]) =>
    quantizers.vq!.open(
      { kind: 'vq', codebookSize: rows.length / 2, entryDimension: 2, ...settings },
      Float32Array.from(rows),
      weight && { weight: Float32Array.from(weight), ...(bias && { bias: Float32Array.from(bias) }) },
    );

  test('l2: (1, 2) is 5 from the origin and 1 from (1, 1)', () => {
    const quantizer = open({}, [0, 0, 1, 1]);
    expect([quantizer.distance([1, 2], 0), quantizer.distance([1, 2], 1)]).toEqual([5, 1]);
    expect(quantizer.nearest([1, 2])).toBe(1);
  });

  test('cosine: length does not matter', () => {
    const quantizer = open({ score: 'cosine' }, [10, 0, 0, 0.1]);
    expect(quantizer.nearest([0.3, 0.5])).toBe(1);
    expect(quantizer.distance([7, 0], 0)).toBe(0);
    expect(quantizer.distance([7, 0], 1)).toBeCloseTo(2, 12);
    expect([...quantizer.seen([3, 4])]).toEqual([...Float32Array.of(0.6, 0.8)]);
    expect([...quantizer.entry(0)]).toEqual([10, 0]);
  });

  test('normalizeEntries: the decoder gets unit vectors', () => {
    expect([...open({ score: 'cosine', normalizeEntries: true }, [3, 4, 0, 2]).entry(0)]).toEqual([...Float32Array.of(0.6, 0.8)]);
  });

  test('dot: the longer entry wins although another is nearer', () => {
    const quantizer = open({ score: 'dot' }, [1, 0, 5, 0]);
    expect(quantizer.nearest([1, 0])).toBe(1);
    expect(quantizer.distance([1, 0], 1)).toBe(-5);
  });

  test('projection: the largest output of the layer wins, bias included', () => {
    const quantizer = open({ score: 'projection' }, [0, 0, 1, 1, 2, 2], [1, 0, 0, 1, 0, 0], [0, 0, 1.5]);
    expect(quantizer.nearest([2, 0])).toBe(0);
    expect(quantizer.nearest([1, 0])).toBe(2);
    expect(quantizer.distance([2, 0], 0)).toBe(-2);
    expect([...quantizer.entry(2)]).toEqual([2, 2]);
  });

  test('a tie goes to the lowest index', () => {
    expect(open({}, [1, 0, -1, 0, 1, 0]).nearestFew([0, 0], 3).tokens).toEqual([0, 1, 2]);
    expect(quantizers.lfq!.open({ kind: 'lfq', bits: 2 }).nearest([0, 0])).toBe(0);
  });

  test('lfq: bits (1, 0, 0) are 1 or 4', () => {
    const latent = [0.2, -3, -0.1];
    expect(quantizers.lfq!.open({ kind: 'lfq', bits: 3, firstBit: 'least' }).nearest(latent)).toBe(1);
    const most = quantizers.lfq!.open({ kind: 'lfq', bits: 3, firstBit: 'most', entryScale: 0.5 });
    expect(most.nearest(latent)).toBe(4);
    expect([...most.entry(4)]).toEqual([0.5, -0.5, -0.5]);
    // The least certain bit is the third, then the first.
    expect(most.nearestFew(latent, 3).tokens).toEqual([4, 5, 0]);
  });

  test('fsq [3, 4]: digits (2, 0) are token 2, entry (1, −1)', () => {
    const quantizer = quantizers.fsq!.open({ kind: 'fsq', levels: [3, 4] });
    expect(quantizer.codebookSize).toBe(12);
    expect([...quantizer.entry(2)]).toEqual([1, -1]);
    expect(quantizer.nearest([5, -5])).toBe(2);
    expect(quantizer.nearest([0, 0])).toBe(1 + 2 * 3);
    expect(quantizer.nearest([-5, 5])).toBe(9);
  });
});

test.each<[string, QuantizerSettings, string]>([
  ['vq', { kind: 'vq', codebookSize: 2, entryDimension: 2 }, 'needs a codebook'],
  ['lfq', { kind: 'lfq', bits: 3, codebookSize: 9 }, 'quantizer.codebookSize must be 2^bits = 8'],
  ['fsq', { kind: 'fsq', levels: [4, 1] }, 'quantizer.levels must be whole numbers of at least 2'],
  ['fsq', { kind: 'fsq', levels: [4, 4], codebookSize: 15 }, 'quantizer.codebookSize must be the product of levels, 16'],
])('%s refuses %j', (kind, settings, reason) => {
  expect(() => quantizers[kind]!.open(settings)).toThrow(reason);
});

describe('ranking', () => {
  test('smallest agrees with a stable sort', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (row, count) => {
          const sorted = row
            .map((distance, token) => ({ distance, token }))
            .sort((a, b) => a.distance - b.distance || a.token - b.token);
          expect(smallest(row, count).tokens).toEqual(sorted.slice(0, count).map(({ token }) => token));
        },
      ),
    );
  });

  test('cheapest sums take the cheapest change first', () => {
    const costs = [
      [0, 5],
      [3, 0],
      [1, 0],
    ];
    expect(cheapestSums([2, 2, 2], [1, 2, 4], (channel, digit) => costs[channel]![digit]!, 4)).toEqual({
      tokens: [6, 2, 4, 0],
      distances: [0, 1, 3, 4],
    });
  });

  test('cheapest sums agree with trying everything, ties included', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (costs, count) => {
          const weights = costs.map((_, i) => costs.slice(0, i).reduce((product, { length }) => product * length, 1));
          const total = costs.reduce((product, { length }) => product * length, 1);
          const all = Array.from({ length: total }, (_, token) =>
            costs.reduce((sum, row, i) => sum + row[Math.floor(token / weights[i]!) % row.length]!, 0),
          );
          const levels = costs.map(({ length }) => length);
          expect(cheapestSums(levels, weights, (c, digit) => costs[c]![digit]!, count)).toEqual(smallest(all, count));
        },
      ),
    );
  });
});
