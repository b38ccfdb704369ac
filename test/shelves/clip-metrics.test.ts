import { describe, expect, it } from 'vitest';
import type { ClipSample, FrameMeasures } from '../../src/core/metric.ts';
import type { Picture } from '../../src/core/picture.ts';
import { clipMetrics, measureClip } from '../../src/metrics/clip/index.ts';
import { measureFrames } from '../../src/metrics/parts/frames.ts';
import { measurePlanes } from '../../src/metrics/parts/planes.ts';

const frame = (psnr: number, ssim: number | null, still?: FrameMeasures['still']): FrameMeasures => ({ psnr, ssim, still });
const planes = [
  { stayed: undefined, used: 2, perplexity: 2 },
  { stayed: 0.25, used: 3, perplexity: 2.5 },
  { stayed: 0.75, used: 3, perplexity: 2.5 },
];
const grid = { shape: { t: 3, h: 2, w: 2 }, tokens: Int32Array.of(0, 0, 1, 1, 0, 2, 3, 3, 0, 2, 2, 3) };

function sample(frames: readonly FrameMeasures[]): ClipSample {
  return { frames, planes, grid, codebookSize: 8, height: 8, width: 8 };
}

/** 16 × 8 pixels: two blocks, each of one grey. */
function pair(left: number, right: number): Picture {
  const data = new Uint8ClampedArray(16 * 8 * 4);
  for (let i = 0; i < data.length; i += 4) data.fill((i / 4) % 16 < 8 ? left : right, i, i + 3).fill(255, i + 3, i + 4);
  return { data, height: 8, width: 16 };
}

describe('the numbers of a clip', () => {
  it('are worked out by hand', () => {
    const still = { pixels: 100, source: 200, reconstruction: 500 };
    const measures = measureClip(sample([frame(20, 0.5), frame(30, 0.7, still), frame(Infinity, null, still), frame(40, 0.6)]));
    expect(measures).toMatchObject({ 'clip-psnr': 30, 'clip-ssim': expect.closeTo(0.6), flicker: 2.5, stayed: 50 });
    // 12 cells of 3 bits over 4 frames of 64 pixels.
    expect(measures).toMatchObject({ 'clip-bits-per-pixel': 36 / 256, 'clip-compression': (24 * 256) / 36, 'clip-usage': 50 });
  });

  it('are not defined where there is nothing to measure', () => {
    const { 'clip-psnr': psnr, 'clip-ssim': ssim, flicker, stayed } = measureClip({ ...sample([]), planes: planes.slice(0, 1) });
    expect([psnr, ssim, flicker, stayed]).toEqual([null, null, null, null]);
    expect(measureClip(sample([frame(Infinity, 1)]))).toMatchObject({ 'clip-psnr': Infinity, flicker: null });
  });

  it('have places of their own in the list', () => {
    const orders = Object.values(clipMetrics).map(({ order }) => order);
    expect(new Set(orders).size).toBe(orders.length);
    expect(orders.length).toBeGreaterThanOrEqual(7);
  });
});

describe('flicker looks only where the source stands still', () => {
  it('counts blocks that change by two levels at most', () => {
    // The left block of the source changes by 1, the right one by 50; the reconstruction changes by 6 and by 90.
    const [, second] = measureFrames([pair(10, 10), pair(11, 60)], [pair(0, 0), pair(6, 90)]);
    expect(second!.still).toEqual({ pixels: 64, source: 64, reconstruction: 6 * 64 });
    expect(measureClip(sample([second!]))).toMatchObject({ flicker: 6 });
  });

  it('takes the source for half a level restless where it does not change at all', () => {
    const frames = measureFrames([pair(10, 10), pair(10, 10)], [pair(0, 0), pair(1, 1)]);
    expect(measureClip(sample(frames))).toMatchObject({ flicker: 2 });
  });

  it('goes on from the frame before', () => {
    const before = { source: pair(0, 0), reconstruction: pair(5, 5) };
    const [first] = measureFrames([pair(0, 0)], [pair(5, 5)], before);
    expect(first!.still).toEqual({ pixels: 128, source: 0, reconstruction: 0 });
  });
});

it('planes say what stayed since the plane before', () => {
  expect(measurePlanes(grid)).toEqual([
    { stayed: undefined, used: 2, perplexity: 2 },
    { stayed: 0.25, used: 3, perplexity: expect.closeTo(2 ** 1.5) },
    { stayed: 0.75, used: 3, perplexity: expect.closeTo(2 ** 1.5) },
  ]);
});
