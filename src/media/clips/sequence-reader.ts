import { TokenscopeError } from '../../core/errors.ts';
import type { Size } from '../../core/framing.ts';
import type { ClipReader } from './clip-reader.ts';
import { createPainter, sizeWithin } from './draw-frame.ts';
import { type StatedSize, statedSize } from './stated-size.ts';
import { stillsReader } from './stills-reader.ts';

/** Frames per second of pictures, which do not say. */
const RATE = 25;

/** Reads pictures as the frames of a clip; one is decoded at a time. Throws `media-undecodable` and `clip-sequence`. */
export async function openSequenceReader(files: readonly File[], name: string): Promise<ClipReader> {
  const first = await decode(files[0]!);
  const size = { width: first.width, height: first.height };
  first.close();
  await refuseUnequal(files);
  return stillsReader({
    ...{ name, size, container: 'pictures', codec: endingOf(files[0]!.name) },
    durations: files.map(() => 1 / RATE),
    remarks: [{ text: 'sources.notice.clipSequence', parameters: { count: files.length, rate: RATE } }],
    frames: (indices, side) => decodePictures(files, indices, size, side),
    close: () => {},
  });
}

/** What can be seen without decoding is refused before anything is shown. */
async function refuseUnequal(files: readonly File[]): Promise<void> {
  const first = await statedSize(files[0]!);
  for (const file of first ? files : []) {
    const size = await statedSize(file);
    if (size && !mayBeEqual(size, first!)) throw unequal(file.name, size, first!);
  }
}

function mayBeEqual(a: StatedSize, b: StatedSize): boolean {
  const turned = (a.mayTurn || b.mayTurn) && a.width === b.height && a.height === b.width;
  return turned || (a.width === b.width && a.height === b.height);
}

async function* decodePictures(
  files: readonly File[],
  indices: readonly number[],
  size: Size,
  side: number,
): AsyncGenerator<ImageBitmap> {
  const paint = createPainter(sizeWithin(size, side));
  for (const index of indices) {
    const file = files[index]!;
    const picture = await decode(file);
    const { width, height } = picture;
    const fits = width === size.width && height === size.height;
    const bitmap = fits ? paint((context, w, h) => context.drawImage(picture, 0, 0, w, h)) : undefined;
    picture.close();
    if (!bitmap) throw unequal(file.name, { width, height }, size);
    yield bitmap;
  }
}

function unequal(file: string, { width, height }: Size, size: Size): TokenscopeError {
  return new TokenscopeError('clip-sequence', { file, sizes: `${width} × ${height}, ${size.width} × ${size.height}` });
}

async function decode(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  } catch (error) {
    throw new TokenscopeError('media-undecodable', { file: file.name, format: endingOf(file.name) }, { cause: error });
  }
}

function endingOf(name: string): string {
  return /\.(\w{1,5})$/.exec(name)?.[1]?.toUpperCase() ?? '?';
}
