import { describe, expect, test } from 'vitest';
import type { PixelLayout, PixelSettings } from '../../src/core/manifest.ts';
import type { Picture } from '../../src/core/picture.ts';
import {
  adaptPixels,
  type FrameSize,
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
const one: FrameSize = { frames: 1, height: 2, width: 3 };
const clip: FrameSize = { frames: 4, height: 2, width: 3 };
/** Frame `f` is `f` brighter. */
const frames = Array.from({ length: 4 }, (_, f) => ({
  ...picture,
  data: picture.data.map((byte, i) => (i % 4 === 3 ? 255 : byte + f)),
}));

describe.each(layouts)('%s', (layout) => {
  test('sizes say how large the frames are, and how many', () => {
    expect(pixelSize(layout, pixelDims(layout, { ...one, frames: 5 }))).toEqual({ frames: 5, height: 2, width: 3 });
  });

  test('a picture goes in and comes back byte for byte', () => {
    const values = toGraphPixels([picture], layout, settings);
    expect(values).toHaveLength(pixelDims(layout, one).reduce((a, b) => a * b));
    expect(fromGraphPixels(values, facts(layout), settings, one)).toEqual(picture);
  });

  test('each of four frames goes in and comes back byte for byte', () => {
    const values = toGraphPixels(frames, layout, settings);
    expect(values).toHaveLength(pixelDims(layout, clip).reduce((a, b) => a * b));
    for (const [f, frame] of frames.entries()) expect(fromGraphPixels(values, facts(layout), settings, clip, f)).toEqual(frame);
  });

  test('planar values go in and come back', () => {
    const planar = Float32Array.from({ length: 4 * 18 }, (_, i) => i - 9);
    expect(planarPixels(adaptPixels(planar, layout, clip), layout, clip)).toEqual(planar);
  });
});

test.each<[PixelLayout, number[]]>([
  // Two frames of one pixel: red, green, blue are 0, 1, 2 in the first and 3, 4, 5 in the second.
  ['NCTHW', [0, 3, 1, 4, 2, 5]],
  ['TCHW', [0, 1, 2, 3, 4, 5]],
  ['NTHWC', [0, 1, 2, 3, 4, 5]],
  ['NTHWC4', [0, 1, 2, 0, 3, 4, 5, 0]],
])('%s lays out two frames of one pixel', (layout, expected) => {
  const bytes = [Uint8ClampedArray.of(0, 1, 2, 255), Uint8ClampedArray.of(3, 4, 5, 255)];
  const two = bytes.map((data) => ({ data, height: 1, width: 1 }));
  expect([...toGraphPixels(two, layout, { range: [0, 255], outputRange: [0, 255] })]).toEqual(expected);
});

test('the fourth channel of NHWC4 is zero', () => {
  expect([...toGraphPixels([picture], 'NHWC4', settings)].filter((_, i) => i % 4 === 3)).toEqual([0, 0, 0, 0, 0, 0]);
});

test.each<[string, PixelSettings, number[]]>([
  ['[0, 1]', { range: [0, 1], outputRange: [0, 1] }, [1, 0.2, 0]],
  ['[-1, 1]', { range: [-1, 1], outputRange: [-1, 1] }, [1, -0.6, -1]],
  ['blue first', { range: [0, 1], outputRange: [0, 1], channels: 'bgr' }, [0, 0.2, 1]],
  ['mean and deviation', { range: [0, 1], outputRange: [0, 1], mean: [0.5, 0.2, 0], std: [0.5, 1, 2] }, [1, 0, 0]],
  ['dall-e', { range: [0, 1], outputRange: [0, 1], map: 'dalle-map-pixels' }, [0.9, 0.26, 0.1]],
])('bytes 255, 51, 0 in the range %s, and back', (_, range, expected) => {
  const pixel: Picture = { data: Uint8ClampedArray.of(255, 51, 0, 255), height: 1, width: 1 };
  const values = toGraphPixels([pixel], 'NCHW', range);
  for (const [c, value] of values.entries()) expect(value).toBeCloseTo(expected[c]!, 6);
  expect(fromGraphPixels(values, facts('NCHW'), range, { frames: 1, height: 1, width: 1 })).toEqual(pixel);
});

test('beyond the range is clamped, between two bytes is rounded', () => {
  const values = Float32Array.of(-7, 9, (2 * 100.6) / 255 - 1);
  const { data } = fromGraphPixels(values, facts('NCHW'), settings, { frames: 1, height: 1, width: 1 });
  expect([...data]).toEqual([0, 255, 101, 255]);
});

test('what is not a number is an error that names the graph', () => {
  const values = Float32Array.of(0, Number.NaN, 0);
  expect(() => fromGraphPixels(values, facts('NCHW'), settings, { frames: 1, height: 1, width: 1 })).toThrow('decoder.onnx');
});
