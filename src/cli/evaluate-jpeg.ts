import type { Page } from 'playwright-core';

/**
 * What JPEG makes of the same pictures with as many bits as their tokens take: mean PSNR (dB) on 8-bit RGB. JPEG may do its
 * best: the picture whole or reduced to 1/2, 1/4 or 1/8, at the highest quality of the browser's encoder whose compressed data fit;
 * its headers and tables (about 600 bytes) are given to it for nothing. `null` where it cannot go so low for one of them.
 */
export async function jpegAtSameBits(
  page: Page,
  files: readonly { readonly index: number }[],
  size: number,
  bitsPerPixel: number,
): Promise<number | null> {
  const bytes = Math.floor((bitsPerPixel * size * size) / 8);
  const values: number[] = [];
  for (const { index } of files) {
    const psnr = await page.evaluate(bestJpeg, { index, size, bytes });
    if (psnr === null) return null;
    values.push(psnr);
  }
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

/** Runs in the page, so everything it needs is inside. */
async function bestJpeg({ index, size, bytes }: { index: number; size: number; bytes: number }): Promise<number | null> {
  const draw = (picture: ImageBitmap, side: number, cut?: { x: number; y: number; side: number }) => {
    const context = new OffscreenCanvas(side, side).getContext('2d', { willReadFrequently: true })!;
    context.imageSmoothingQuality = 'high';
    const from = cut ?? { x: 0, y: 0, side: picture.width };
    context.drawImage(picture, from.x, from.y, from.side, from.side, 0, 0, side, side);
    return context;
  };
  /** Bytes from the first scan on. */
  const scanBytes = (file: Uint8Array) => {
    for (let i = 2; i < file.length; ) {
      if (file[i + 1] === 0xda) return file.length - i;
      i += 2 + (file[i + 2]! << 8) + file[i + 3]!;
    }
    return file.length;
  };
  const encode = async (canvas: OffscreenCanvas, quality: number) => {
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: quality / 100 });
    return { blob, bytes: scanBytes(new Uint8Array(await blob.arrayBuffer())) };
  };
  const pixels = (context: OffscreenCanvasRenderingContext2D) => context.getImageData(0, 0, size, size).data;
  const bitmap = await createImageBitmap(await (await fetch(`evaluate/${index}`)).blob());
  const side = Math.min(bitmap.width, bitmap.height);
  const cut = { x: (bitmap.width - side) >> 1, y: (bitmap.height - side) >> 1, side };
  const source = draw(bitmap, size, cut);
  const wanted = pixels(source);
  const whole = await createImageBitmap(source.canvas);

  let best: number | null = null;
  for (const reduced of [size, size / 2, size / 4, size / 8]) {
    const { canvas } = draw(whole, reduced);
    let [low, high] = [0, 100]; // Qualities below `low` fit.
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((await encode(canvas, middle)).bytes <= bytes) low = middle + 1;
      else high = middle;
    }
    if (low === 0) continue;
    const { blob } = await encode(canvas, low - 1);
    const got = pixels(draw(await createImageBitmap(blob), size));
    let error = 0;
    for (let i = 0; i < got.length; i++) if (i % 4 < 3) error += (got[i]! - wanted[i]!) ** 2;
    const psnr = 10 * Math.log10((255 ** 2 * 3 * size * size) / error);
    if (best === null || psnr > best) best = psnr;
  }
  return best;
}
