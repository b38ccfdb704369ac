import { TokenscopeError } from '../../core/errors.ts';
import { animationDurations, GIF_ROUNDING } from './animation-times.ts';
import type { ClipReader } from './clip-reader.ts';
import { createPainter, sizeWithin } from './draw-frame.ts';
import type { ClipFrame } from './opened-clip.ts';
import { stillsReader } from './stills-reader.ts';

/** Reads an animated GIF, PNG, WebP or AVIF by the browser's own decoder. Throws `media-undecodable` and `clip-undecodable`. */
export async function openAnimationReader(file: Blob, name: string, format: string): Promise<ClipReader> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const durations = animationDurations(bytes, format);
  const decoder = new ImageDecoder({ data: bytes, type: `image/${format.toLowerCase()}`, preferAnimation: true });
  try {
    await decoder.tracks.ready;
    await decoder.completed;
    const count = decoder.tracks.selectedTrack?.frameCount ?? 0;
    const { image: firstImage } = await decoder.decode({ frameIndex: 0 });
    const size = { width: firstImage.displayWidth, height: firstImage.displayHeight };
    firstImage.close();
    // The decoder drops what is cut off; the file may list more.
    const stand = durations?.slice(0, count) ?? (await decodedDurations(decoder, count));
    return stillsReader({
      ...{ name, container: format, codec: format, size, durations: stand },
      ...(format === 'GIF' ? { rounding: GIF_ROUNDING } : {}),
      frames: (indices, side) => decodeFrames(decoder, indices, sizeWithin(size, side)),
      close: () => decoder.close(),
    });
  } catch (error) {
    decoder.close();
    throw error instanceof TokenscopeError
      ? error
      : new TokenscopeError('media-undecodable', { file: name, format }, { cause: error });
  }
}

/** By decoding each frame once, for formats whose times only the decoder knows. Seconds. */
async function decodedDurations(decoder: ImageDecoder, count: number): Promise<number[]> {
  const found: number[] = [];
  for (let frameIndex = 0; frameIndex < count; frameIndex++) {
    const { image } = await decoder.decode({ frameIndex });
    found.push((image.duration ?? 100_000) / 1e6);
    image.close();
  }
  return found;
}

async function* decodeFrames(
  decoder: ImageDecoder,
  indices: Iterable<number>,
  size: { readonly width: number; readonly height: number },
): AsyncGenerator<ClipFrame['bitmap']> {
  const paint = createPainter(size);
  for (const frameIndex of indices) {
    const { image } = await decoder.decode({ frameIndex });
    const bitmap = paint((context, width, height) => context.drawImage(image, 0, 0, width, height));
    image.close();
    yield bitmap;
  }
}
