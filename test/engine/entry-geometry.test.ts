import { expect, test } from 'vitest';
import { entryGeometry } from '../../src/engine/entry-geometry.ts';
import { quantizers } from '../../src/quantizers/index.ts';

const table = (rows: readonly number[], d: number) =>
  quantizers.vq!.open({ kind: 'vq', codebookSize: rows.length / d, entryDimension: d }, Float32Array.from(rows));

const component = (geometry: Float32Array, c: number) => [...geometry].filter((_, i) => i % 3 === c);

test('points on a line lie on the first component, evenly, and nothing is left for the others', () => {
  const direction = [2, -1, 0.5, 3];
  const geometry = entryGeometry(table(Array.from({ length: 11 }, (_, i) => direction.map((v) => v * i + 1)).flat(), 4));
  for (const [i, value] of component(geometry, 0).entries()) expect(value).toBeCloseTo(i / 10, 5);
  expect(Math.max(...component(geometry, 1), ...component(geometry, 2))).toBeLessThanOrEqual(1);
});

test('axes come in order of their spread', () => {
  // Spread 9, 3 and 1 along channels 2, 0 and 1.
  const rows: number[] = [];
  for (const a of [-3, 0, 3]) for (const b of [-1, 0, 1]) for (const c of [-9, 0, 9]) rows.push(a, b, c);
  const geometry = entryGeometry(table(rows, 3));
  for (let token = 0; token < 27; token++) {
    const [a, b, c] = rows.slice(token * 3, token * 3 + 3);
    expect(geometry[token * 3]!).toBeCloseTo((c! + 9) / 18, 4);
    expect(geometry[token * 3 + 1]!).toBeCloseTo((a! + 3) / 6, 4);
    expect(geometry[token * 3 + 2]!).toBeCloseTo((b! + 1) / 2, 4);
  }
});

test('the largest part of an axis points up, whichever way the data lies', () => {
  const geometry = entryGeometry(table([0, 0, -1, 0.1, -2, 0.2, -3, 0.3], 2));
  const first = component(geometry, 0);
  expect(first).toEqual([...first].sort((a, b) => b - a));
});

test('the same codebook gives the same numbers', () => {
  const rows = Array.from({ length: 600 }, (_, i) => Math.sin(i * i));
  expect(entryGeometry(table(rows, 6))).toEqual(entryGeometry(table(rows, 6)));
});

test('a dead entry far away does not squeeze the others together', () => {
  const rows = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? i / 400 : 0));
  rows[1] = 0;
  rows[0] = -1e6;
  const first = component(entryGeometry(table(rows, 2)), 0);
  expect(Math.max(...first) - first[100]!).toBeGreaterThan(0.3);
});

test('equal entries and codebooks of one channel are places too', () => {
  expect([...entryGeometry(table([1, 1, 1, 1], 2))]).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5]);
  expect(component(entryGeometry(table([0, 1, 2, 3], 1)), 0)).toEqual([0, 1 / 3, 2 / 3, 1].map(Math.fround));
});

test('a quarter of a million entries, each in [0, 1] and spread out', () => {
  const geometry = entryGeometry(quantizers.lfq!.open({ kind: 'lfq', bits: 18 }));
  expect(geometry).toHaveLength(3 * 2 ** 18);
  const sample = geometry.filter((_, i) => i % 3 === 0 && i % 1009 < 3);
  expect(Math.min(...sample)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...sample)).toBeLessThanOrEqual(1);
  expect(new Set(sample).size).toBeGreaterThan(50);
});
