import { TokenscopeError } from '../core/errors.ts';
import type { Size } from '../core/framing.ts';
import { type FileKind, fileKind, HEAD_BYTES } from './file-kind.ts';
import { type OpenedPicture, type OpenOptions, type Remark, reducedRemarks, reducedSize, reducing } from './opened-picture.ts';

/** What the browser itself reads everywhere; when one of these fails, the file is at fault. */
const COMMON: readonly string[] = ['JPEG', 'PNG', 'WebP', 'AVIF', 'GIF', 'BMP'];

const MIME: Readonly<Record<string, string>> = {
  JPEG: 'image/jpeg',
  PNG: 'image/png',
  WebP: 'image/webp',
  AVIF: 'image/avif',
  GIF: 'image/gif',
  BMP: 'image/bmp',
  HEIC: 'image/heic',
  ICO: 'image/x-icon',
  'JPEG XL': 'image/jxl',
  'JPEG 2000': 'image/jp2',
};

/**
 * Opens a picture file, recognised by its content. The orientation in it is applied; its colour profile only when
 * `colourManaged` is set (training code reads files without). Larger ones than `maximumSide` are reduced while they are
 * decoded. The caller owns the bitmap. Throws `media-*`, each saying what the file is instead.
 */
export async function openPictureFile(file: Blob, name: string, options: OpenOptions = {}): Promise<OpenedPicture> {
  if (file.size === 0) throw new TokenscopeError('media-empty', { file: name });
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const kind = fileKind(head);
  if (kind.family !== 'picture') throw notAPicture(name, kind);
  options.signal?.throwIfAborted();
  const opened = await decode(file, name, kind.format, options);
  const remarks = [...contentRemarks(head, name, kind.format), ...opened.remarks];
  if (options.signal?.aborted) opened.picture.close();
  options.signal?.throwIfAborted();
  return { ...opened, remarks };
}

/** What the first bytes tell that the bitmap does not show. */
function contentRemarks(head: Uint8Array, name: string, format: string): readonly Remark[] {
  const text = new TextDecoder('latin1').decode(head);
  const animated = /NETSCAPE2\.0|ANMF|acTL|ftypavis/.test(text);
  const deep = format === 'PNG' && head[24] === 16;
  return [
    ...(animated ? [{ text: 'sources.notice.firstFrame', parameters: { name } }] : []),
    ...(deep ? [{ text: 'sources.notice.sixteenBit', parameters: { name } }] : []),
  ];
}

function notAPicture(file: string, { family, format }: FileKind): TokenscopeError {
  switch (family) {
    case 'video':
      return new TokenscopeError('media-video', { file });
    case 'pdf':
      return new TokenscopeError('media-pdf', { file });
    case 'text':
      return new TokenscopeError('media-text', { file });
    case 'model':
      return new TokenscopeError('media-model', { file, format });
    case 'archive':
      return new TokenscopeError('media-archive', { file, format });
    default:
      return new TokenscopeError('media-unknown', { file });
  }
}

async function decode(file: Blob, name: string, format: string, options: OpenOptions): Promise<OpenedPicture> {
  if (format === 'SVG') return (await import('./svg.ts')).openSvg(file, name, options);
  if (format === 'TIFF') return (await import('./tiff.ts')).openTiff(file, name, options);
  const typed = new Blob([file], { type: MIME[format] ?? '' });
  const size = await sizeOf(typed);
  if (size) return decodeHere(typed, name, format, size, options);
  if (format === 'HEIC') return (await import('./heic.ts')).openHeic(file, name, options);
  throw new TokenscopeError(COMMON.includes(format) ? 'media-undecodable' : 'media-unsupported', { file: name, format });
}

/** Size as it is shown (orientation applied), from the header alone; undefined when this browser cannot read the file. */
async function sizeOf(file: Blob): Promise<Size | undefined> {
  const image = new Image();
  const address = URL.createObjectURL(file);
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
      image.src = address;
    });
    return { height: image.naturalHeight, width: image.naturalWidth };
  } catch {
    return undefined;
  } finally {
    image.removeAttribute('src');
    URL.revokeObjectURL(address);
  }
}

async function decodeHere(file: Blob, name: string, format: string, size: Size, options: OpenOptions): Promise<OpenedPicture> {
  const target = reducedSize(name, size, options);
  try {
    const picture = await createImageBitmap(file, {
      imageOrientation: 'from-image',
      premultiplyAlpha: 'none',
      colorSpaceConversion: options.colourManaged ? 'default' : 'none',
      ...reducing(target),
    });
    return { kind: 'picture', picture, ...size, remarks: reducedRemarks(name, size, target) };
  } catch (error) {
    throw new TokenscopeError('media-undecodable', { file: name, format }, { cause: error });
  }
}
