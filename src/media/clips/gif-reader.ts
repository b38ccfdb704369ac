import { decompressFrame, type ParsedFrame, parseGIF } from 'gifuct-js';
import { TokenscopeError } from '../../core/errors.ts';
import { animationDurations, GIF_ROUNDING } from './animation-times.ts';
import type { ClipReader } from './clip-reader.ts';
import { createPainter, sizeWithin } from './draw-frame.ts';
import { stillsReader } from './stills-reader.ts';

/** Disposal methods of GIF89a that change what was drawn. */
const CLEAR = 2;
const PUT_BACK = 3;

/** Reads an animated GIF without the browser's help. Throws `media-undecodable`, and `media-unsupported` for another format. */
export async function openGifReader(file: Blob, name: string, format: string): Promise<ClipReader> {
  if (format !== 'GIF') throw new TokenscopeError('media-unsupported', { file: name, format });
  const bytes = await file.arrayBuffer();
  const durations = animationDurations(new Uint8Array(bytes), format);
  try {
    const gif = parseGIF(bytes);
    const images = gif.frames.filter((frame) => 'image' in frame);
    const { width, height } = gif.lsd;
    return stillsReader({
      ...{ name, container: format, codec: format, size: { width, height }, rounding: GIF_ROUNDING },
      durations: durations?.slice(0, images.length) ?? [],
      frames: (indices, side) => drawFrames((i) => decompressFrame(images[i]!, gif.gct, true), indices, { width, height }, side),
      close: () => {},
    });
  } catch (error) {
    throw new TokenscopeError('media-undecodable', { file: name, format }, { cause: error });
  }
}

type FrameSize = { readonly width: number; readonly height: number };

/** Each frame changes a part of the one before, so all of them up to the wanted ones are drawn. */
async function* drawFrames(
  frameOf: (index: number) => ParsedFrame,
  indices: readonly number[],
  size: FrameSize,
  side: number,
): AsyncGenerator<ImageBitmap> {
  const canvas = new OffscreenCanvas(size.width, size.height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new TokenscopeError('out-of-memory', { what: `${size.width} × ${size.height}` });
  const paint = createPainter(sizeWithin(size, side));
  let drawn = -1;
  let dispose = () => {};
  for (const index of indices) {
    while (drawn < index) {
      dispose();
      dispose = drawPatch(context, frameOf(++drawn), size);
    }
    yield paint((target, width, height) => target.drawImage(canvas, 0, 0, width, height));
  }
}

/** Draws what a frame changes; gives back how it is to be taken away before the next one. */
function drawPatch(context: OffscreenCanvasRenderingContext2D, frame: ParsedFrame, size: FrameSize): () => void {
  const { left, top, width, height } = frame.dims;
  const before = frame.disposalType === PUT_BACK ? context.getImageData(0, 0, size.width, size.height) : undefined;
  const patch = new OffscreenCanvas(width, height);
  // Drawn, not put: transparent pixels leave what was there.
  patch.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(frame.patch), width, height), 0, 0);
  context.drawImage(patch, left, top);
  if (before) return () => context.putImageData(before, 0, 0);
  if (frame.disposalType === CLEAR) return () => context.clearRect(left, top, width, height);
  return () => {};
}
