import { describe, expect, it } from 'vitest';
import { compareLayout } from '../../src/views/compare-layout.ts';

const SQUARE = { width: 256, height: 256 };
/** Content width and the height left under bar and tools. */
const WINDOWS = [
  { width: 1360, height: 782 },
  { width: 1216, height: 610 },
  { width: 960, height: 658 },
  { width: 1840, height: 962 },
];

describe('sizes of a row of Compare', () => {
  it.each(WINDOWS)('fit into $width × $height for one and two models', (room) => {
    for (const rows of [1, 2]) {
      const { kind, panel, numbers, loupe, gap } = compareLayout(room, rows, 12, SQUARE, false);
      expect(kind).toBe(rows === 1 ? 'single' : 'rows');
      const width =
        kind === 'single' ? numbers + 2 * panel.width + 2 * gap : numbers + 2 * panel.width + 2 * loupe + 16 + 3 * gap;
      expect(width).toBeLessThanOrEqual(room.width + 1);
      expect(rows * (panel.height + 24 + 26)).toBeLessThanOrEqual(room.height);
      expect(panel.width).toBeGreaterThanOrEqual(230);
      expect(loupe).toBeGreaterThanOrEqual(72);
    }
  });

  it('stack on a phone, two halves beside each other when asked', () => {
    const room = { width: 358, height: 700 };
    expect(compareLayout(room, 2, 12, SQUARE, false).panel).toEqual({ width: 358, height: 358 });
    expect(compareLayout(room, 2, 12, SQUARE, true).panel).toEqual({ width: 171, height: 171 });
  });

  it('make a landscape wide and leave a portrait as tall as the panel is wide', () => {
    const room = { width: 1360, height: 782 };
    const wide = compareLayout(room, 2, 12, { width: 512, height: 256 }, false).panel;
    expect(wide.width).toBeCloseTo(2 * wide.height, -1);
    const tall = compareLayout(room, 2, 12, { width: 256, height: 512 }, false).panel;
    expect(tall.height).toBe(tall.width);
  });
});
