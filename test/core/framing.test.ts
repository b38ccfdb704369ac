import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_FRAMING, type Framing, modelSize, place } from '../../src/core/framing.ts';

const picture = { width: 400, height: 300 };
const square = { width: 100, height: 100 };
const framing = (fit: Framing['fit'], crop = DEFAULT_FRAMING.crop): Framing => ({ ...DEFAULT_FRAMING, fit, crop });

describe('place', () => {
  it('fills by cutting both ends of the longer side', () => {
    expect(place(picture, framing('fill'), square)).toEqual({
      from: { x: 50, y: 0, width: 300, height: 300 },
      to: { x: 0, y: 0, width: 100, height: 100 },
    });
  });

  it('fits the whole picture in the middle', () => {
    expect(place(picture, framing('fit'), square)).toEqual({
      from: { x: 0, y: 0, width: 400, height: 300 },
      to: { x: 0, y: 12, width: 100, height: 75 },
    });
  });

  it('stretches the whole picture over everything', () => {
    expect(place(picture, framing('stretch'), square)).toEqual({
      from: { x: 0, y: 0, width: 400, height: 300 },
      to: { x: 0, y: 0, width: 100, height: 100 },
    });
  });

  it('fills from the crop', () => {
    const { from } = place(picture, framing('crop', { x: 0.5, y: 0, width: 0.5, height: 1 }), square);
    expect(from).toEqual({ x: 200, y: 50, width: 200, height: 200 });
  });

  it('stays inside picture and target, whatever their sizes', () => {
    const side = fc.integer({ min: 1, max: 12_000 });
    const size = fc.record({ width: side, height: side });
    const fit = fc.constantFrom<Framing['fit']>('fill', 'fit', 'stretch', 'crop');
    fc.assert(
      fc.property(size, size, fit, (source, target, fit) => {
        const { from, to } = place(source, framing(fit), target);
        for (const [inner, outer] of [
          [from, source],
          [to, target],
        ] as const) {
          expect(inner.width).toBeGreaterThan(0);
          expect(inner.height).toBeGreaterThan(0);
          expect(Math.min(inner.x, inner.y)).toBeGreaterThanOrEqual(-1e-6);
          expect(inner.x + inner.width).toBeLessThanOrEqual(outer.width + 1e-6);
          expect(inner.y + inner.height).toBeLessThanOrEqual(outer.height + 1e-6);
        }
      }),
    );
  });
});

describe('modelSize', () => {
  const rule = { reduction: 8, multipleOf: 16 };

  it.each([
    [{ height: 250, width: 260 }, rule, { height: 256, width: 256 }],
    [{ height: 1, width: 9999 }, rule, { height: 16, width: 4096 }],
    [
      { height: 60, width: 600 },
      { ...rule, minimum: 100, maximum: 500 },
      { height: 112, width: 496 },
    ],
    [{ height: 60, width: 600 }, { ...rule, preferred: [128, 64], fixed: true } as const, { height: 128, width: 64 }],
  ])('of %o by %o is %o', (asked, rule, size) => {
    expect(modelSize(asked, rule)).toEqual(size);
  });
});
