import { describe, expect, test } from 'vitest';
import type { PixelLayout, PixelSettings } from '../../src/core/manifest.ts';
import type { Picture } from '../../src/core/picture.ts';
import {
  adaptPixels,
  fromGraphPixels,
  pixelDims,
  pixelSize,
  planarPixels,
  toGraphPixels,
} from '../../src/engine/pixel-layout.ts';

const layouts: readonly PixelLayout[] = ['NCHW', 'NHWC', 'NHWC4', 'NCTHW', 'NTHWC', 'TCHW', 'NTHWC4'];
const settings: PixelSettings = { range: [-1, 1], outputRange: [-1, 1] };
const facts = (layout: PixelLayout) => ({ file: 'decoder.onnx', input: 'x', output: 'y', layout });

/** 2 rows of 3, every byte another. */
const picture: Picture = {
  data: Uint8ClampedArray.from({ length: 24 }, (_, i) => (i % 4 === 3 ? 255 : i * 10)),
  height: 2,
  width: 3,
};

describe.each(layouts)('%s', (layout) => {
  test('sizes say how large the picture is', () => {
    expect(pixelSize(layout, pixelDims(layout, 5, 2, 3))).toEqual({ height: 2, width: 3 });
  });

  test('a picture goes in and comes back byte for byte', () => {
    const values = toGraphPixels(picture, layout, settings);
    expect(values).toHaveLength(pixelDims(layout, 1, 2, 3).reduce((a, b) => a * b));
    expect(fromGraphPixels(values, facts(layout), settings, picture)).toEqual(picture);
  });

  test('planar values go in and come back', () => {
    const planar = Float32Array.from({ length: 18 }, (_, i) => i - 9);
    expect(planarPixels(adaptPixels(planar, layout, 6), layout, 6)).toEqual(planar);
  });

  test('the second of two pictures is found', () => {
    const values = toGraphPixels(picture, layout, settings);
    const two = new Float32Array(2 * values.length);
    two.set(values, values.length);
    expect(fromGraphPixels(two, facts(layout), settings, picture, 1)).toEqual(picture);
  });
});

test('the fourth channel of NHWC4 is zero', () => {
  expect([...toGraphPixels(picture, 'NHWC4', settings)].filter((_, i) => i % 4 === 3)).toEqual([0, 0, 0, 0, 0, 0]);
});

test.each<[string, PixelSettings, number[]]>([
  ['[0, 1]', { range: [0, 1], outputRange: [0, 1] }, [1, 0.2, 0]],
  ['[-1, 1]', { range: [-1, 1], outputRange: [-1, 1] }, [1, -0.6, -1]],
  ['blue first', { range: [0, 1], outputRange: [0, 1], channels: 'bgr' }, [0, 0.2, 1]],
  ['mean and deviation', { range: [0, 1], outputRange: [0, 1], mean: [0.5, 0.2, 0], std: [0.5, 1, 2] }, [1, 0, 0]],
  ['dall-e', { range: [0, 1], outputRange: [0, 1], map: 'dalle-map-pixels' }, [0.9, 0.26, 0.1]],
])('bytes 255, 51, 0 in the range %s, and back', (_, range, expected) => {
  const one: Picture = { data: Uint8ClampedArray.of(255, 51, 0, 255), height: 1, width: 1 };
  const values = toGraphPixels(one, 'NCHW', range);
  for (const [c, value] of values.entries()) expect(value).toBeCloseTo(expected[c]!, 6);
  expect(fromGraphPixels(values, facts('NCHW'), range, one)).toEqual(one);
});

test('beyond the range is clamped, between two bytes is rounded', () => {
  const values = Float32Array.of(-7, 9, (2 * 100.6) / 255 - 1);
  const { data } = fromGraphPixels(values, facts('NCHW'), settings, { height: 1, width: 1 });
  expect([...data]).toEqual([0, 255, 101, 255]);
});

test('what is not a number is an error that names the graph', () => {
  const values = Float32Array.of(0, Number.NaN, 0);
  expect(() => fromGraphPixels(values, facts('NCHW'), settings, { height: 1, width: 1 })).toThrow('decoder.onnx');
});
