import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Rect } from '../../src/core/framing.ts';
import type { Picture } from '../../src/core/picture.ts';
import { resample } from '../../src/core/resample.ts';

interface Expected {
  pictures: { width: number; height: number; rgb: number[] }[];
  cases: { name: string; picture: number; from: Rect; width: number; height: number; rgb: number[] }[];
}

// Made with PIL: resize(size, LANCZOS or BICUBIC, box, reducing_gap=3.0).
const expected = JSON.parse(readFileSync('test/fixtures/resample/pil.json', 'utf8')) as Expected;

function picture({ width, height, rgb }: { width: number; height: number; rgb: number[] }): Picture {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) data.set(rgb.slice(i * 3, i * 3 + 3), i * 4);
  return { data, width, height };
}

describe('resample', () => {
  it.each(expected.cases)('$name, as PIL does, to the byte', (example) => {
    const { from, width, height } = example;
    const result = resample(picture(expected.pictures[example.picture]!), from, width, height);
    expect([...result.data]).toEqual([...picture(example).data]);
  });

  it('gives a flat picture for a flat picture, at any scale', () => {
    const flat = picture({ width: 7, height: 300, rgb: Array.from({ length: 6300 }, () => 200) });
    for (const [width, height] of [
      [1, 1],
      [3, 7],
      [50, 20],
      [7, 900],
    ] as const) {
      const { data } = resample(flat, { x: 0, y: 0, width: 7, height: 300 }, width, height);
      expect(data.every((value, i) => value === (i % 4 === 3 ? 255 : 200))).toBe(true);
    }
  });

  it('stretches a single pixel over any size', () => {
    const dot = picture({ width: 1, height: 1, rgb: [1, 2, 3] });
    const { data } = resample(dot, { x: 0, y: 0, width: 1, height: 1 }, 3, 2);
    expect([...data]).toEqual(Array.from({ length: 6 }, () => [1, 2, 3, 255]).flat());
  });

  it('cuts a part that reaches over the edge', () => {
    const dots = picture({ width: 2, height: 1, rgb: [0, 0, 0, 255, 255, 255] });
    const over = resample(dots, { x: 1, y: -3, width: 9, height: 9 }, 1, 1);
    expect([...over.data]).toEqual([255, 255, 255, 255]);
  });
});
