import { expect, test } from 'vitest';
import { type PathStops, traceNarrowPath, tracePath } from '../../src/views/path-geometry.ts';

const box = (x: number, y: number) => ({ x, y, width: 8, height: 8 });
const stops: PathStops = {
  source: box(50, 40),
  encoder: [
    { x: 100, y: 50 },
    { x: 120, y: 60 },
  ],
  plumb: { x: 150, first: 20, last: 90, bottom: 100 },
  entry: box(200, 30),
  token: box(300, 40),
  tokenStageBottom: 100,
  decoder: [
    { x: 380, y: 60 },
    { x: 400, y: 50 },
  ],
  reconstruction: box(450, 40),
  sourceLens: { x: 40, y: 140, width: 60, height: 60 },
  reconstructionLens: { x: 440, y: 140, width: 60, height: 60 },
  vector: { x: 100, y: 140, width: 80, height: 60 },
  nearest: { x: 190, y: 140, width: 90, height: 60 },
  tokenBlock: { x: 320, y: 140, width: 60, height: 60 },
};

const points = (d: string) => [...d.matchAll(/-?[\d.]+ -?[\d.]+/g)].map(([pair]) => pair);

test('the line passes every stage and drops onto the three rules', () => {
  const { main, thin, flight } = tracePath(stops);
  for (const point of ['59 44', '100 50', '120 60', '150 60', '196 34', '299 44', '380 60', '400 50', '449 44']) {
    expect(points(main)).toContain(point);
  }
  for (const drop of ['150 140', '204 140', '350 140']) expect(points(main)).toContain(drop);
  expect(points(thin)).toEqual(['49 49', '40 140', '59 49', '100 140', '449 49', '440 140', '459 49', '500 140']);
  expect(points(flight)).toEqual(['299 44', '255.5 44', '255.5 34', '212 34']);
});

test('a stage that is empty is left out, and nothing is drawn to nowhere', () => {
  const { main } = tracePath({ ...stops, source: undefined, plumb: undefined, vector: undefined, sourceLens: undefined });
  expect(points(main)).not.toContain('100 50');
  expect(main).not.toMatch(/NaN|undefined/);
});

test('on narrow screens the line joins source, token grid and reconstruction', () => {
  const { main, flight } = traceNarrowPath({ ...stops, token: box(250, 300) }, 260);
  expect(points(main)).toEqual(['54 49', '54 238', '254 238', '254 299', '454 49', '454 238', '254 238', '254 299']);
  expect(flight).toBe('');
});
