import { createSHA256 } from 'hash-wasm';
import { TokenscopeError } from '../core/errors.ts';
import type { ModelFile } from '../core/manifest.ts';
import type { ModelStore } from './model-store.ts';

export interface DownloadOptions {
  readonly store: ModelStore;
  readonly signal: AbortSignal;
  /** Bytes of this file that are here; `cached` when they were here before. */
  onBytes(loaded: number, cached: boolean): void;
  readonly fetch: typeof fetch;
}

/** Chunks are handed to the browser's blob storage in this size, so that JavaScript's heap stays small. */
const FLUSH = 16 * 2 ** 20;

/**
 * A model file from a URL, checked in length and (where the manifest has one) by hash. Kept in the store under its hash; a
 * download that broke off goes on where it stopped when the server can. Every failure has its own code.
 */
export async function downloadFile(file: ModelFile, url: string, options: DownloadOptions): Promise<Blob> {
  const { store, onBytes } = options;
  const { sha256, bytes } = file;
  const kept = sha256 ? await store.read(sha256) : undefined;
  if (kept && kept.size === bytes) {
    onBytes(bytes, true);
    return kept;
  }
  const begin = kept && kept.size < bytes ? kept : undefined;
  const received = await receive(file, url, begin, options);
  // Opening the model need not wait for the disk.
  if (sha256) void store.write(sha256, received);
  return received;
}

async function receive(file: ModelFile, url: string, begin: Blob | undefined, options: DownloadOptions): Promise<Blob> {
  const { signal, store } = options;
  const response = await request(file.name, url, begin?.size ?? 0, options);
  const resumed = begin !== undefined && response.status === 206;
  const collected = await collector(resumed ? begin : new Blob([]), file.sha256 !== undefined);
  let broken: unknown;
  try {
    await readBody(response, collected, file.bytes, options);
  } catch (error) {
    broken = error;
  }
  const content = collected.blob();
  if (broken !== undefined || content.size < file.bytes) {
    if (file.sha256 && content.size > 0) await store.write(file.sha256, content);
    signal.throwIfAborted();
    throw new TokenscopeError('model-truncated', { file: file.name, bytes: content.size, expected: file.bytes });
  }
  if (content.size > file.bytes || (file.sha256 && collected.digest() !== file.sha256)) {
    if (file.sha256) await store.remove(file.sha256);
    throw new TokenscopeError('model-hash', { file: file.name });
  }
  return content;
}

/** The response, once status and type say that it can be the file. */
async function request(file: string, url: string, from: number, options: DownloadOptions): Promise<Response> {
  const { signal, fetch } = options;
  const response = await fetch(url, { signal, ...(from > 0 ? { headers: { Range: `bytes=${from}-` } } : {}) }).catch((error) => {
    signal.throwIfAborted();
    throw new TokenscopeError('model-offline', { file }, { cause: error });
  });
  // The kept beginning does not fit what the server has now: from the start.
  if (from > 0 && response.status === 416) return request(file, url, 0, options);
  if (!response.ok) throw new TokenscopeError('model-http', { file, status: response.status });
  if (response.headers.get('content-type')?.includes('text/html')) throw new TokenscopeError('model-web-page', { file });
  return response;
}

async function readBody(response: Response, collected: Collector, expected: number, { onBytes }: DownloadOptions): Promise<void> {
  const reader = response.body!.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      collected.add(part.value);
      onBytes(Math.min(collected.size, expected), false);
      if (collected.size > expected) return;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

interface Collector {
  readonly size: number;
  add(chunk: Uint8Array<ArrayBuffer>): void;
  blob(): Blob;
  digest(): string;
}

/** Gathers chunks into a Blob and hashes them on the way. `begin` counts as received already. */
async function collector(begin: Blob, hashed: boolean): Promise<Collector> {
  const hash = hashed ? await createSHA256() : undefined;
  const parts: Blob[] = [begin];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let pending = 0;
  let size = begin.size;
  if (hash) for await (const chunk of chunksOf(begin)) hash.update(chunk);
  return {
    get size() {
      return size;
    },
    add(chunk) {
      hash?.update(chunk);
      chunks.push(chunk);
      size += chunk.length;
      pending += chunk.length;
      if (pending < FLUSH) return;
      parts.push(new Blob(chunks));
      chunks = [];
      pending = 0;
    },
    blob: () => new Blob([...parts, ...chunks]),
    digest: () => hash?.digest() ?? '',
  };
}

async function* chunksOf(blob: Blob): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = blob.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}

/** Checks a file that was handed over: its length and hash. */
export async function checkFile(file: ModelFile, content: Blob): Promise<Blob> {
  if (content.size < file.bytes) {
    throw new TokenscopeError('model-truncated', { file: file.name, bytes: content.size, expected: file.bytes });
  }
  if (content.size > file.bytes) throw new TokenscopeError('model-hash', { file: file.name });
  if (!file.sha256) return content;
  const hash = await createSHA256();
  for await (const chunk of chunksOf(content)) hash.update(chunk);
  if (hash.digest() !== file.sha256) throw new TokenscopeError('model-hash', { file: file.name });
  return content;
}
