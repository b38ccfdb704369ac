import { TokenscopeError } from '../../core/errors.ts';
import { naturally } from '../dropped-files.ts';
import { fileKind, HEAD_BYTES } from '../file-kind.ts';
import type { ClipContent } from './clip-messages.ts';
import type { OpenClip, OpenedClip } from './opened-clip.ts';
import { openInWorker } from './worker-clip.ts';

/** Containers that neither WebCodecs nor a video element of any browser reads. */
const UNREAD = ['AVI', 'Flash Video', 'MPEG', 'Ogg', 'Windows Media'];
const ANIMATED = ['GIF', 'PNG', 'WebP', 'AVIF'];
/** What playing the file may still read when decoding it frame by frame failed. */
const WORTH_PLAYING = ['clip-codec', 'clip-damaged'];

/** See `OpenClip`. Films that WebCodecs cannot decode are read by playing them where the browser can. */
export const openClip: OpenClip = async (file, name, signal) => {
  if (!(file instanceof Blob)) return openInWorker({ kind: 'sequence', files: [...file].sort(naturally), name }, signal);
  if (file.size === 0) throw new TokenscopeError('media-empty', { file: name });
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const { family, format } = fileKind(head);
  if (family === 'picture' && ANIMATED.includes(format)) return openInWorker({ kind: 'animation', file, name, format }, signal);
  if (family !== 'video') throw new TokenscopeError('clip-damaged', { file: name });
  if (format === 'Ogg' && !hasOggVideo(head)) throw new TokenscopeError('clip-no-video', { file: name });
  if (UNREAD.includes(format)) throw new TokenscopeError('clip-format', { file: name, format });
  return openFilm({ kind: 'film', file, name }, signal);
};

/** Every stream of an Ogg file names its codec on its first page. */
function hasOggVideo(head: Uint8Array): boolean {
  return /theora|BBCD|video/.test(new TextDecoder('latin1').decode(head));
}

async function openFilm(content: ClipContent & { kind: 'film' }, signal?: AbortSignal): Promise<OpenedClip> {
  try {
    return await openInWorker(content, signal);
  } catch (error) {
    if (!(error instanceof TokenscopeError) || !WORTH_PLAYING.includes(error.code)) throw error;
    const { openPlayed } = await import('./played-clip.ts');
    const outline = () => openInWorker({ ...content, outlineOnly: true }, signal).catch(() => undefined);
    const played = await openPlayed(content.file, content.name, outline, signal);
    signal?.throwIfAborted();
    if (!played) throw error;
    return played;
  }
}
