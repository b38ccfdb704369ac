import { TokenscopeError } from '../core/errors.ts';

/** Downloads a picture or token file that the visitor asked for. Throws `media-fetch`, also where its server forbids it (CORS). */
export async function fetchFile(address: string, signal?: AbortSignal): Promise<File> {
  const failure = (cause?: unknown) => new TokenscopeError('media-fetch', { address }, { cause });
  try {
    const response = await fetch(address, { credentials: 'same-origin', ...(signal ? { signal } : {}) });
    if (!response.ok) throw failure();
    const content = await response.blob();
    return new File([content], fileName(address), { type: content.type });
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof TokenscopeError ? error : failure(error);
  }
}

/** The last part of the path; the whole address where there is none. */
function fileName(address: string): string {
  if (address.startsWith('data:')) return 'data';
  const path = address.replace(/[?#].*$/, '');
  const last = path.slice(path.lastIndexOf('/') + 1) || address;
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
