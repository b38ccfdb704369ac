import { isAbort, TokenscopeError } from '../core/errors.ts';
import { looksLikeTokens, readTokenFile } from '../core/token-file.ts';
import type { GridShape, TokenGrid } from '../core/token-grid.ts';
import { mayMove } from './clips/animation-times.ts';
import { openClip } from './clips/open-clip.ts';
import type { OpenedClip } from './clips/opened-clip.ts';
import { fileKind, HEAD_BYTES } from './file-kind.ts';
import { openPictureFile } from './open-picture.ts';
import type { OpenedPicture, OpenOptions } from './opened-picture.ts';

export interface OpenedTokens {
  readonly kind: 'tokens';
  readonly grid: TokenGrid;
}

/** A film or animation; whoever receives it closes it. */
export interface OpenedClipFile {
  readonly kind: 'clip';
  readonly clip: OpenedClip;
}

export interface ReadFileOptions extends OpenOptions {
  /** The shape for numbers without one. */
  readonly expected?: GridShape;
  /** False where one picture is wanted: animations then give their first frame, and films are refused. */
  readonly clips?: boolean;
}

/**
 * Reads a picture, a clip or a token file, told apart by content. A clip of one frame becomes a picture, and
 * says so. Throws `media-*`, `npy-invalid`, `tokens-*` and `clip-*`.
 */
export function readFile(
  file: Blob,
  name: string,
  options: ReadFileOptions & { readonly clips: false },
): Promise<OpenedPicture | OpenedTokens>;
export function readFile(
  file: Blob,
  name: string,
  options?: ReadFileOptions,
): Promise<OpenedPicture | OpenedTokens | OpenedClipFile>;
export async function readFile(
  file: Blob,
  name: string,
  { expected, clips = true, ...options }: ReadFileOptions = {},
): Promise<OpenedPicture | OpenedTokens | OpenedClipFile> {
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  if (looksLikeTokens(head)) {
    const { grid } = readTokenFile(new Uint8Array(await file.arrayBuffer()), name, expected);
    return { kind: 'tokens', grid };
  }
  const { family, format } = fileKind(head);
  if (!clips || !(family === 'video' || (family === 'picture' && mayMove(head, format)))) {
    return openPictureFile(file, name, options);
  }
  const clip = await openClip(file, name, options.signal).catch((error: unknown) => {
    // An animation that this browser cannot take apart still has a first frame.
    if (family !== 'picture' || isAbort(error)) throw error;
    return undefined;
  });
  if (clip && clip.facts.frames > 1) return { kind: 'clip', clip };
  if (clip && family === 'video') return onlyFrame(clip, options);
  // A still picture after all: read as one, with its colours as the file has them.
  clip?.close();
  return openPictureFile(file, name, options);
}

/** The one frame of a film, as a picture. */
async function onlyFrame(clip: OpenedClip, { maximumSide = 4096, signal }: OpenOptions): Promise<OpenedPicture> {
  const { name, facts, remarks } = clip;
  try {
    for await (const { bitmap } of clip.thumbnails(1, maximumSide, signal)) {
      const notice = { text: 'sources.notice.clipOneFrame', parameters: { name } };
      return { kind: 'picture', picture: bitmap, width: facts.width, height: facts.height, remarks: [notice, ...remarks] };
    }
  } finally {
    clip.close();
  }
  throw new TokenscopeError('clip-nothing', { file: name, from: '0', seconds: facts.duration.toFixed(2) });
}
