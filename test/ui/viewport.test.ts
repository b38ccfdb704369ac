import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clampView, FIT, type Frame, panView, revealPoint, scaleOf, viewRect, zoomView } from '../../src/ui/viewport.ts';

const frame: Frame = { panel: { width: 320, height: 240 }, picture: { width: 256, height: 256 }, least: 1, most: 64 };

describe('what a panel shows', () => {
  it('is the whole picture at first, in the middle', () => {
    expect(viewRect(FIT, frame)).toEqual({ x: 40, y: 0, width: 240, height: 240 });
  });

  it('keeps the point under the pointer where it is while zooming', () => {
    const at = { x: 200, y: 60 };
    const close = { zoom: 4, x: 0.5, y: 0.5 };
    const before = viewRect(close, frame);
    const after = viewRect(zoomView(close, 2, frame, at), frame);
    expect((at.x - after.x) / after.width).toBeCloseTo((at.x - before.x) / before.width);
    expect((at.y - after.y) / after.height).toBeCloseTo((at.y - before.y) / before.height);
  });

  it('never shows an empty border the picture could fill, and stays within its scales', () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 500, noNaN: true }), number, number, (zoom, x, y) => {
        const view = clampView({ zoom, x, y }, frame);
        const rect = viewRect(view, frame);
        expect(scaleOf(view, frame)).toBeLessThanOrEqual(64);
        expect(scaleOf(view, frame)).toBeGreaterThanOrEqual(240 / 256);
        if (rect.width >= 320) expect(rect.x).toBeLessThanOrEqual(1e-6);
        if (rect.width >= 320) expect(rect.x + rect.width).toBeGreaterThanOrEqual(320 - 1e-6);
        expect(clampView(view, frame)).toEqual(view);
      }),
    );
  });

  it('comes back to fit when made as small as it gets', () => {
    expect(zoomView({ zoom: 4, x: 0.2, y: 0.9 }, 0.001, frame)).toEqual(FIT);
  });

  it('pans by screen pixels', () => {
    const view = panView({ zoom: 4, x: 0.5, y: 0.5 }, 102.4, 0, frame);
    expect(view.x).toBeCloseTo(0.6);
  });

  it('moves no more than needed to bring a point into view', () => {
    const view = { zoom: 4, x: 0.5, y: 0.5 };
    expect(revealPoint(view, { x: 0.5, y: 0.5 }, 10, frame)).toBe(view);
    const rect = viewRect(revealPoint(view, { x: 0.9, y: 0.5 }, 10, frame), frame);
    expect(rect.x + 0.9 * rect.width).toBeCloseTo(310);
  });
});
