import type { FrameMeasures, StillChange } from '../../core/metric.ts';
import type { Picture } from '../../core/picture.ts';
import psnr from '../psnr.ts';
import ssim from '../ssim.ts';

/** A block of this side stands still … */
const BLOCK = 8;
/** … where its 8-bit values change by no more than this in the mean: less than the noise of most cameras. */
const STILL = 2;

interface Pair {
  readonly source: Picture;
  readonly reconstruction: Picture;
}

/** PSNR, SSIM and the change since the frame before, of consecutive frames; `before` is the pair in front of the first one. */
export function measureFrames(source: readonly Picture[], reconstruction: readonly Picture[], before?: Pair): FrameMeasures[] {
  let last = before;
  return source.map((frame, i) => {
    const pair = { source: frame, reconstruction: reconstruction[i]! };
    // Neither asks for the tokens.
    const sample = { ...pair, grid: { shape: { t: 0, h: 0, w: 0 }, tokens: new Int32Array() }, codebookSize: 0 };
    const still = last && stillChange(last, pair);
    last = pair;
    return { psnr: psnr.measure(sample), ssim: ssim.measure(sample), still };
  });
}

/** Sums over all blocks in which the source hardly changes; blocks at the right and lower edge may be smaller. */
function stillChange(before: Pair, now: Pair): StillChange {
  const { height, width } = now.source;
  const sum = { pixels: 0, source: 0, reconstruction: 0 };
  for (let y = 0; y < height; y += BLOCK) {
    for (let x = 0; x < width; x += BLOCK) {
      const block = { x, y, right: Math.min(width, x + BLOCK), bottom: Math.min(height, y + BLOCK) };
      const pixels = (block.right - x) * (block.bottom - y);
      const own = blockChange(before.source, now.source, block);
      if (own > STILL * pixels) continue;
      sum.pixels += pixels;
      sum.source += own;
      sum.reconstruction += blockChange(before.reconstruction, now.reconstruction, block);
    }
  }
  return sum;
}

interface Block {
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
}

/** Sum of absolute differences over the block's pixels, each the mean of its three channels. */
function blockChange({ data: a, width }: Picture, { data: b }: Picture, { x, y, right, bottom }: Block): number {
  let sum = 0;
  for (let row = y; row < bottom; row++) {
    for (let i = (row * width + x) * 4; i < (row * width + right) * 4; i += 4) {
      sum += Math.abs(a[i]! - b[i]!) + Math.abs(a[i + 1]! - b[i + 1]!) + Math.abs(a[i + 2]! - b[i + 2]!);
    }
  }
  return sum / 3;
}
