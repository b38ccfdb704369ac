import { describe, expect, it } from 'vitest';
import {
  centreOf,
  columnsFor,
  entriesIn,
  entryAt,
  entryTowards,
  mapLayout,
  rowsLayout,
  stepEntry,
} from '../../src/views/codebook-layout.ts';
import { placesIn } from '../../src/views/codebook-order.ts';

describe('entries in rows', () => {
  const order = Uint32Array.of(3, 1, 4, 0, 2);
  const layout = rowsLayout(5);

  it('stand on a square board', () => {
    expect([1, 2, 5, 1024, 262_144].map(columnsFor)).toEqual([1, 2, 3, 32, 512]);
    expect(centreOf(layout, 4, 2)).toEqual({ x: 2.5, y: 0.5 });
  });

  it('are found where they stand, and nowhere else', () => {
    for (const [place, entry] of order.entries()) {
      expect(entryAt(layout, order, centreOf(layout, entry, place), 1)).toBe(entry);
    }
    expect(entryAt(layout, order, { x: 2.5, y: 1.5 }, 1)).toBeUndefined();
    expect(entryAt(layout, order, { x: -0.1, y: 0 }, 1)).toBeUndefined();
  });

  it('are listed as far as they are in view, and no further than asked', () => {
    expect(entriesIn(layout, order, { x: 0, y: 0, width: 3, height: 0.5 }, 99)).toEqual([3, 1, 4]);
    expect(entriesIn(layout, order, { x: -5, y: -5, width: 99, height: 99 }, 99)).toEqual([3, 1, 4, 0, 2]);
    expect(entriesIn(layout, order, { x: 0, y: 0, width: 3, height: 3 }, 2)).toHaveLength(3);
  });

  it('are stepped through in their order, stopping at its ends', () => {
    const places = placesIn(order);
    expect(stepEntry(order, places, 1, 1)).toBe(4);
    expect(stepEntry(order, places, 1, -5)).toBe(3);
    expect(stepEntry(order, places, 1, 50)).toBe(2);
  });
});

describe('entries on the map', () => {
  // Left, right, below and above the middle.
  const layout = mapLayout(Float32Array.of(0.5, 0.5, 0, 0, 0.5, 0, 1, 0.5, 0, 0.5, 0, 0, 0.5, 1, 0));
  const positions = layout.positions!;

  it('stand at their first two components, the second upwards, inside the board', () => {
    expect(positions[2]!).toBeGreaterThanOrEqual(0.5);
    expect(positions[4]!).toBeLessThanOrEqual(layout.columns - 0.5);
    expect(positions[9]!).toBeLessThan(positions[7]!);
  });

  it('are found nearby, and not from far away', () => {
    const order = Uint32Array.of(0, 1, 2, 3, 4);
    expect(entryAt(layout, order, { x: positions[4]! + 0.1, y: positions[5]! }, 0.3)).toBe(2);
    expect(entryAt(layout, order, { x: positions[4]! + 0.4, y: positions[5]! }, 0.3)).toBeUndefined();
  });

  it('are reached by arrow in the arrow’s direction', () => {
    expect(entryTowards(positions, 0, -1, 0)).toBe(1);
    expect(entryTowards(positions, 0, 1, 0)).toBe(2);
    expect(entryTowards(positions, 0, 0, 1)).toBe(3);
    expect(entryTowards(positions, 0, 0, -1)).toBe(4);
    expect(entryTowards(positions, 1, -1, 0)).toBe(1);
  });
});
