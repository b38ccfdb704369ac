import { readFileSync } from 'node:fs';
import { decode } from 'tiff';
import { describe, expect, it } from 'vitest';
import { tiffPicture } from '../../src/media/tiff.ts';

/** The four corner colours as the file shows them. */
function corners(name: string): number[][] {
  const { data, width } = tiffPicture(decode(readFileSync(`test/fixtures/media/${name}`), { pages: [0] })[0]!);
  const at = (x: number, y: number) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)];
  return [at(1, 1), at(22, 1), at(1, 14), at(22, 14)];
}

const colours = [
  [200, 30, 20, 255],
  [20, 160, 40, 255],
  [30, 40, 190, 255],
  [250, 250, 250, 255],
];

describe('tiffPicture', () => {
  it.each(['corners.tif', 'deep.tif', 'lzw.tif', 'palette.tif', 'pages.tif'])('shows %s', (name) => {
    expect(corners(name)).toEqual(colours);
  });

  it('keeps alpha', () => {
    const [first, second, third] = corners('alpha.tif');
    expect([first![3], second![3], third![3]]).toEqual([0, 128, 255]);
  });

  it('repeats 16-bit grey in all channels', () => {
    expect(corners('grey-deep.tif')).toEqual([30, 160, 40, 250].map((grey) => [grey, grey, grey, 255]));
  });
});
