import { looksLikeTokens, readTokenFile } from '../core/token-file.ts';
import type { GridShape, TokenGrid } from '../core/token-grid.ts';
import { HEAD_BYTES } from './file-kind.ts';
import { openPictureFile } from './open-picture.ts';
import type { OpenedPicture, OpenOptions } from './opened-picture.ts';

export interface OpenedTokens {
  readonly kind: 'tokens';
  readonly grid: TokenGrid;
}

/**
 * Reads a picture or a token file, told apart by content. `expected` is the shape for numbers without one. Throws `media-*`,
 * `npy-invalid` and `tokens-*`.
 */
export async function readFile(
  file: Blob,
  name: string,
  { expected, ...options }: OpenOptions & { readonly expected?: GridShape } = {},
): Promise<OpenedPicture | OpenedTokens> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (!looksLikeTokens(head)) return openPictureFile(file, name, options);
  const { grid } = readTokenFile(new Uint8Array(await file.arrayBuffer()), name, expected);
  return { kind: 'tokens', grid };
}
