import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brightness, type EntryFacts, orderEntries, placesIn } from '../../src/views/codebook-order.ts';

const ORDERS = ['index', 'usage', 'brightness', 'hue', 'similarity', 'map'] as const;

const facts = fc.integer({ min: 1, max: 300 }).chain((size) =>
  fc.record({
    counts: fc.array(fc.nat(5000), { minLength: size, maxLength: size }),
    colours: fc.array(fc.nat(0xffffff), { minLength: size, maxLength: size }),
    places: fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: size * 3, maxLength: size * 3 }),
  }),
);

describe('the order of entries', () => {
  it('is a permutation, whatever it goes by', () => {
    fc.assert(
      fc.property(
        facts,
        fc.constantFrom(...ORDERS),
        fc.integer({ min: 1, max: 20 }),
        ({ counts, colours, places }, order, columns) => {
          const known: EntryFacts = { size: counts.length, counts, colours, geometry: Float32Array.from(places) };
          const entries = orderEntries(order, known, columns);
          expect([...entries].sort((a, b) => a - b)).toEqual(counts.map((_, entry) => entry));
          expect([...placesIn(entries)].map((place) => entries[place])).toEqual(counts.map((_, entry) => entry));
        },
      ),
      { numRuns: 60 },
    );
  });

  const of = (order: (typeof ORDERS)[number], known: Partial<EntryFacts>, columns = 2) => [
    ...orderEntries(order, { size: 4, counts: [0, 0, 0, 0], colours: [0, 0, 0, 0], geometry: undefined, ...known }, columns),
  ];

  it('by usage has the most frequent first, equals by index', () => {
    expect(of('usage', { counts: [1, 7, 0, 7] })).toEqual([1, 3, 0, 2]);
  });

  it('by brightness goes down the rows, from cool to warm within one', () => {
    const colours = [0x200000, 0xffe0e0, 0xe0e0ff, 0x000020];
    expect(of('brightness', { colours })).toEqual([2, 1, 3, 0]);
    expect(brightness(0xffffff)).toBeCloseTo(255);
  });

  it('by hue has greys after all colours', () => {
    expect(of('hue', { colours: [0x808080, 0x0000ff, 0xff0000, 0x00ff00] }, 1)).toEqual([2, 3, 1, 0]);
  });

  it('by similarity keeps neighbours in the codebook together', () => {
    const side = 8;
    const geometry = Float32Array.from({ length: side ** 3 * 3 }, (_, i) => {
      const entry = Math.floor(i / 3);
      return [Math.floor(entry / 64), Math.floor(entry / 8) % 8, entry % 8][i % 3]! / (side - 1);
    });
    const order = orderEntries('similarity', { size: side ** 3, counts: [], colours: [], geometry }, 8);
    const step = (a: number, b: number) =>
      Math.hypot(...[0, 1, 2].map((axis) => geometry[a * 3 + axis]! - geometry[b * 3 + axis]!));
    const steps = [...order].slice(1).map((entry, i) => step(entry, order[i]!) * (side - 1));
    // A Hilbert curve through a full lattice goes from a point to one beside it, nearly always.
    expect(steps.filter((length) => length < 1.01).length / steps.length).toBeGreaterThan(0.95);
  });

  it('falls back on the index where no vectors are known', () => {
    expect(of('similarity', {})).toEqual([0, 1, 2, 3]);
  });
});
