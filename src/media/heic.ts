import { TokenscopeError } from '../core/errors.ts';
import { type OpenedPicture, type OpenOptions, reducedRemarks, reducedSize, reducing } from './opened-picture.ts';

/**
 * Reads HEIC where the browser does not (all but Safari), with libheif as WebAssembly in a worker of its own; the file's
 * orientation is applied, its colour profile is not. Loaded when the first such file comes (3 MB).
 */
export async function openHeic(file: Blob, name: string, options: OpenOptions): Promise<OpenedPicture> {
  // This build of heic-to does without eval, which the page's security policy forbids.
  const { heicTo } = await import('heic-to/csp');
  const whole = await heicTo({ blob: file, type: 'bitmap', options: { premultiplyAlpha: 'none' } }).catch((error: unknown) => {
    throw new TokenscopeError('media-undecodable', { file: name, format: 'HEIC' }, { cause: error });
  });
  const { height, width } = whole;
  const target = reducedSize(name, { height, width }, options);
  const remarks = reducedRemarks(name, { height, width }, target);
  if (!target) return { kind: 'picture', picture: whole, height, width, remarks };
  const picture = await createImageBitmap(whole, { premultiplyAlpha: 'none', ...reducing(target) });
  whole.close();
  return { kind: 'picture', picture, height, width, remarks };
}
