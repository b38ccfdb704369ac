import { describe, expect, test } from 'vitest';
import { fitInside, pipelineLayout } from '../../src/app/pipeline-layout.ts';
import { entryRectangle } from '../../src/views/board-geometry.ts';
import { arrangeBoard, boardColumns } from '../../src/views/board-order.ts';
import { cellRectangle, outlineOf, samePlaces } from '../../src/views/cell-rectangle.ts';
import { funnelIn } from '../../src/views/funnel-geometry.ts';
import { cellUnder, planesIn, planesShown, plumbLine } from '../../src/views/plane-geometry.ts';
import { chartSlots, shortNumber, slotAt } from '../../src/views/vector-chart.ts';

describe('the layout of the Pipeline', () => {
  test.each([
    [1440, 900, 264],
    [1280, 720, 232],
    [1920, 1080, 368],
    [1024, 768, 176],
  ])('%i × %i has pictures of %i px, and the stages fill the width', (width, height, picture) => {
    const layout = pipelineLayout(width, height);
    expect(layout.picture).toBe(picture);
    const stages = 3 * picture + 2 * layout.funnel + layout.latents + layout.codebook + 6 * layout.gap;
    expect(stages).toBeCloseTo(layout.content, 6);
    expect(layout.token).toBeGreaterThan(40);
  });

  test('no window is so small that a length turns negative', () => {
    for (const width of [0, 1, 320, 390, 859, 860, 900, 3840]) {
      for (const length of Object.values(pipelineLayout(width, 300))) {
        if (typeof length === 'number') expect(length).toBeGreaterThan(0);
      }
    }
  });

  test('pictures keep their shape in a square', () => {
    expect(fitInside(100, 200, 100)).toEqual({ width: 100, height: 50 });
    expect(fitInside(100, 1, 128)).toEqual({ width: 1, height: 100 });
  });
});

describe('planes', () => {
  const shape = { t: 1, h: 32, w: 32 };
  const planes = planesIn(190, 264, 8, shape);

  test('the cell under the plumb line is the selected one, on the uppermost plane', () => {
    for (const cell of [
      { t: 0, row: 0, column: 0 },
      { t: 0, row: 11, column: 19 },
      { t: 0, row: 31, column: 31 },
    ]) {
      const { x, first } = plumbLine(planes, shape, cell);
      expect(cellUnder(planes, shape, x, first)).toEqual(cell);
    }
    expect(cellUnder(planes, shape, 0, 0)).toBeUndefined();
  });

  test.each([1, 2, 8, 10])('%i planes stay inside their stage', (count) => {
    const { top, depth, spacing } = planesIn(190, 264, count, shape);
    expect(top).toBeGreaterThanOrEqual(1);
    expect(top + depth + spacing * (count - 1)).toBeLessThanOrEqual(264);
  });

  test('at most ten channels are shown at once', () => {
    expect([1, 8, 10, 11, 512].map(planesShown)).toEqual([1, 8, 10, 8, 8]);
  });
});

describe('the board', () => {
  test('every entry has one place, light above dark, cold left of warm', () => {
    const colours = Uint32Array.of(0x000000, 0xffffff, 0x0000ff, 0xff0000);
    const { entries, places } = arrangeBoard(colours, 1);
    expect([...entries].sort()).toEqual([0, 1, 2, 3]);
    entries.forEach((entry, place) => {
      expect(places[entry]).toBe(place);
    });
    expect(places[1]).toBeLessThan(places[0]!);
  });

  test('262,144 entries are arranged completely', () => {
    const colours = Uint32Array.from({ length: 262_144 }, (_, i) => (i * 2_654_435_761) & 0xffffff);
    const board = arrangeBoard(colours, 0.44);
    expect(board.columns * board.rows).toBe(262_144);
    expect(new Set(board.entries).size).toBe(262_144);
  });

  test('few entries make large chips', () => {
    expect(boardColumns(2, 0.44)).toBe(1);
    expect(boardColumns(1024, 0.44)).toBe(32);
    const board = arrangeBoard(Uint32Array.of(1, 2), 0.44);
    expect(entryRectangle(board, board.entries[1]!, 116, 264)).toEqual({ x: 0, y: 132, width: 116, height: 132 });
  });
});

describe('cells', () => {
  test('a cell of a fine grid is at least 4 px large, around its centre', () => {
    expect(cellRectangle({ t: 1, h: 128, w: 128 }, { t: 0, row: 0, column: 0 }, 128, 128)).toEqual({
      x: -1.5,
      y: -1.5,
      width: 4,
      height: 4,
    });
  });

  test('other places of a token leave the cell itself out', () => {
    expect(samePlaces({ t: 1, h: 2, w: 2 }, Int32Array.of(7, 7, 3, 7), { t: 0, row: 0, column: 1 })).toEqual([0, 3]);
  });

  test('cells that touch are outlined as one', () => {
    const shape = { t: 1, h: 2, w: 3 };
    expect(outlineOf(shape, [4])).toEqual([
      [1, 1, 2, 1],
      [1, 2, 2, 2],
      [1, 1, 1, 2],
      [2, 1, 2, 2],
    ]);
    // Around two cells side by side six edges, none between them; a row's end does not touch the next row's beginning.
    expect(outlineOf(shape, [0, 1])).toHaveLength(6);
    expect(outlineOf(shape, [2, 3])).toHaveLength(8);
  });
});

describe('the funnel', () => {
  test('÷ 8 is four slabs of heights 1, ½, ¼, ⅛', () => {
    const { slabs } = funnelIn(74, 100, 8, false);
    expect(slabs.map(({ tall }) => tall / 86)).toEqual([1, 0.5, 0.25, 0.125].map((share) => expect.closeTo(share, 6)));
    const mirrored = funnelIn(74, 100, 8, true).slabs;
    expect(mirrored.map(({ x }) => 74 - x)).toEqual(slabs.map(({ x }) => expect.closeTo(x, 6)));
  });

  test.each([1, 3, 14, 256])('÷ %i stays inside its column', (reduction) => {
    for (const { x, tall } of funnelIn(74, 264, reduction, false).slabs) {
      expect(x).toBeGreaterThanOrEqual(0);
      expect(x).toBeLessThanOrEqual(74);
      expect(tall).toBeLessThanOrEqual(264);
    }
  });
});

describe('the vector chart', () => {
  test('every channel has a slot while there is room', () => {
    const slots = chartSlots(new Float32Array(8), 272, true);
    expect(slots).toMatchObject({ each: 1, step: 34, channels: [0, 1, 2, 3, 4, 5, 6, 7] });
  });

  test('512 channels share slots, and the one farthest from zero is shown', () => {
    const vector = new Float32Array(512);
    vector[13] = -2;
    vector[12] = 1;
    const slots = chartSlots(vector, 84, false);
    expect(slots.channels.length).toBeLessThanOrEqual(42);
    expect(slots.channels[Math.floor(13 / slots.each)]).toBe(13);
    expect(slotAt(slots, 1e6)).toBe((slots.channels.length - 1) * slots.each);
  });

  test.each([
    [0.364, '.36'],
    [-0.09, '−.09'],
    [-0.001, '.00'],
    [1.26, '1.3'],
    [-120.4, '−120'],
  ])('%f reads %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});
