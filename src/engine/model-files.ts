import { TokenscopeError } from '../core/errors.ts';
import type { Manifest, ModelFile } from '../core/manifest.ts';
import { parseManifest } from '../core/parse-manifest.ts';
import { filesToRun } from '../core/run-files.ts';
import { checkFile, type DownloadOptions, downloadFile } from './download.ts';
import type { ModelStore } from './model-store.ts';
import type { ModelFiles, OpenProgress } from './protocol.ts';

/** A model's files, whole and checked, as the engine opens them. */
export interface ModelContents {
  readonly manifest: Manifest;
  file(name: string): Blob;
}

export interface FetchOptions {
  readonly store: ModelStore;
  readonly signal: AbortSignal;
  onProgress(progress: OpenProgress): void;
  readonly fetch: typeof fetch;
}

type OnBytes = DownloadOptions['onBytes'];

const MANIFEST = 'manifest.json';

/**
 * Reads the manifest and fetches everything the model needs to run, at the same time; progress counts bytes over all files.
 * The first failure stops the rest.
 */
export async function fetchModel(files: ModelFiles, options: FetchOptions): Promise<ModelContents> {
  const manifest = await readManifest(files, options);
  const wanted = filesToRun(manifest);
  const group = new AbortController();
  const signal = AbortSignal.any([options.signal, group.signal]);
  const progress = countBytes(wanted, options.onProgress);
  try {
    const contents = await Promise.all(
      wanted.map(async (file) => {
        const content = await fetchFile(file, files, { ...options, signal }, progress(file.name));
        return [file.name, content] as const;
      }),
    );
    // Opening need not wait for the disk: under load a browser may never answer.
    void rememberModel(manifest, wanted, files, options.store);
    return { manifest, file: lookUp(new Map(contents)) };
  } catch (error) {
    group.abort();
    throw error;
  }
}

async function readManifest(files: ModelFiles, { fetch, signal }: FetchOptions): Promise<Manifest> {
  const given = files[MANIFEST];
  if (!given) throw new TokenscopeError('model-missing-file', { file: MANIFEST });
  const text = given instanceof Blob ? await given.text() : await fetchText(given, fetch, signal);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    if (/^\s*<(!doctype|html)/i.test(text)) throw new TokenscopeError('model-web-page', { file: MANIFEST });
    throw new TokenscopeError('manifest-invalid', { file: MANIFEST, reason: 'it is not JSON' });
  }
  return parseManifest(json);
}

async function fetchText(url: string, fetch: FetchOptions['fetch'], signal: AbortSignal): Promise<string> {
  const response = await fetch(url, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw new TokenscopeError('model-offline', { file: MANIFEST }, { cause: error });
  });
  if (!response.ok) throw new TokenscopeError('model-http', { file: MANIFEST, status: response.status });
  return response.text();
}

async function fetchFile(file: ModelFile, files: ModelFiles, options: FetchOptions, onBytes: OnBytes): Promise<Blob> {
  const given = files[file.name] ?? file.url ?? besideManifest(file.name, files[MANIFEST]);
  if (!given) throw new TokenscopeError('model-missing-file', { file: file.name });
  if (typeof given === 'string') return downloadFile(file, given, { ...options, onBytes });
  const content = await checkFile(file, given);
  onBytes(file.bytes, true);
  return content;
}

/** A manifest that came from a URL has its files next to it. */
function besideManifest(name: string, manifest: Blob | string | undefined): string | undefined {
  return typeof manifest === 'string' ? new URL(name, new URL(manifest, globalThis.location?.href)).href : undefined;
}

function countBytes(files: readonly ModelFile[], onProgress: FetchOptions['onProgress']): (name: string) => OnBytes {
  const loaded = new Map(files.map(({ name }) => [name, 0]));
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  let allCached = true;
  return (name) => (bytes, cached) => {
    allCached &&= cached;
    loaded.set(name, bytes);
    const sum = [...loaded.values()].reduce((a, b) => a + b, 0);
    onProgress({ stage: 'download', loaded: sum, total, cached: allCached });
  };
}

/** Files handed over by the visitor are not kept, so a model made of them is not listed. */
async function rememberModel(
  manifest: Manifest,
  wanted: readonly ModelFile[],
  files: ModelFiles,
  store: ModelStore,
): Promise<void> {
  const hashes = wanted.filter(({ name }) => !(files[name] instanceof Blob)).flatMap(({ sha256 }) => sha256 ?? []);
  if (hashes.length > 0) await store.remember(manifest.id, hashes);
}

function lookUp(contents: ReadonlyMap<string, Blob>): (name: string) => Blob {
  return (name) => {
    const content = contents.get(name);
    if (!content) throw new TokenscopeError('model-missing-file', { file: name });
    return content;
  };
}
