import { TokenscopeError } from '../../core/errors.ts';
import type { ModelFiles } from '../protocol.ts';

/** Without its 64-bit extension a zip holds no more. */
const MOST_BYTES = 2 ** 32 - 2 ** 24;

/** A model's files as one zip, stored as they are: weights do not shrink, and a reader can slice what is stored. Read piece by piece. */
export async function packModel(files: ModelFiles, signal: AbortSignal): Promise<Blob> {
  const { Zip, ZipPassThrough } = await import('fflate');
  const contents = Object.entries(files).flatMap(([name, content]) => (content instanceof Blob ? [{ name, content }] : []));
  const total = contents.reduce((sum, { content }) => sum + content.size, 0);
  if (total > MOST_BYTES) throw new TokenscopeError('save-failed', { reason: `${(total / 2 ** 30).toFixed(1)} GB > 4 GB` });
  const parts: Blob[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    // Into the browser's own storage at once, so that the heap stays small.
    if (!error) parts.push(new Blob([Uint8Array.from(chunk)]));
  });
  for (const { name, content } of contents) {
    const entry = new ZipPassThrough(name);
    zip.add(entry);
    for await (const piece of piecesOf(content)) {
      signal.throwIfAborted();
      entry.push(piece);
    }
    entry.push(new Uint8Array(), true);
  }
  zip.end();
  if (failure) throw new TokenscopeError('save-failed', { reason: String(failure) });
  return new Blob(parts, { type: 'application/zip' });
}

const PIECE = 8 * 2 ** 20;

async function* piecesOf(content: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < content.size; at += PIECE) yield new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer());
}
