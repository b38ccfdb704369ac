import type { Rect } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';

/** Mean absolute difference of two pictures over a part of them, as a share of the full range; all three colours. */
export function patchError(source: Picture, reconstruction: Picture, { x, y, width, height }: Rect): number {
  const right = Math.min(source.width, Math.ceil(x + width));
  const bottom = Math.min(source.height, Math.ceil(y + height));
  let sum = 0;
  let count = 0;
  for (let row = Math.floor(y); row < bottom; row++) {
    for (let column = Math.floor(x); column < right; column++) {
      const at = (row * source.width + column) * 4;
      for (let c = 0; c < 3; c++) sum += Math.abs(source.data[at + c]! - (reconstruction.data[at + c] ?? 0));
      count += 3;
    }
  }
  return count ? sum / count / 255 : 0;
}
