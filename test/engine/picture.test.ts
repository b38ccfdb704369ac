import { expect, test } from 'vitest';
import { DEFAULT_FRAMING, type Framing } from '../../src/core/framing.ts';
import type { Picture } from '../../src/core/picture.ts';
import { openPicture } from '../../src/engine/picture.ts';

const framing: Framing = { ...DEFAULT_FRAMING, background: [10, 20, 30] };

function plain(height: number, width: number, rgba: readonly [number, number, number, number]): Picture {
  return { data: Uint8ClampedArray.from({ length: height * width * 4 }, (_, i) => rgba[i % 4]!), height, width };
}

const pixel = ({ data, width }: Picture, row: number, column: number) => [
  ...data.subarray((row * width + column) * 4, (row * width + column) * 4 + 4),
];

test('a picture of the right size comes back as it is', () => {
  const picture: Picture = {
    ...plain(4, 4, [0, 0, 0, 255]),
    data: Uint8ClampedArray.from({ length: 64 }, (_, i) => (i % 4 === 3 ? 255 : i)),
  };
  expect(openPicture(picture).frame(framing, { height: 4, width: 4 })).toEqual(picture);
});

test('fit leaves the background above and below', () => {
  const framed = openPicture(plain(4, 8, [200, 100, 50, 255])).frame({ ...framing, fit: 'fit' }, { height: 8, width: 8 });
  expect(pixel(framed, 0, 3)).toEqual([10, 20, 30, 255]);
  expect(pixel(framed, 3, 3)).toEqual([200, 100, 50, 255]);
  expect(pixel(framed, 7, 7)).toEqual([10, 20, 30, 255]);
});

test('transparent pixels show the background', () => {
  const half = openPicture(plain(2, 2, [255, 255, 255, 51])).frame(framing, { height: 2, width: 2 });
  expect(pixel(half, 0, 0)).toEqual([59, 67, 75, 255]);
});

test('one pixel becomes a whole picture', () => {
  const framed = openPicture(plain(1, 1, [9, 8, 7, 255])).frame(framing, { height: 16, width: 16 });
  expect(new Set(framed.data)).toEqual(new Set([9, 8, 7, 255]));
});

test('a result is the caller’s own: what is kept does not change with it', () => {
  const picture = openPicture(plain(4, 4, [1, 2, 3, 255]));
  picture.frame(framing, { height: 4, width: 4 }).data.fill(0);
  expect(pixel(picture.frame(framing, { height: 4, width: 4 }), 0, 0)).toEqual([1, 2, 3, 255]);
});
