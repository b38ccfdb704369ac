import { HttpRequests } from '../../convert/http-requests.ts';
import { downloadSource, httpSource } from '../../convert/http-source.ts';
import { TokenscopeError } from '../../core/errors.ts';
import { parseManifest } from '../../core/parse-manifest.ts';
import { filesToRun } from '../../core/run-files.ts';
import type { Loaded, ModelFiles, RemoteChoice, RemoteFacts, RemoteFile } from '../protocol.ts';
import type { Network } from './look-up.ts';

const MANIFEST = 'manifest.json';

/** ONNX files are fetched whole. */
export async function onnxFacts({ files }: RemoteChoice, network: Network): Promise<RemoteFacts> {
  const sizes = await Promise.all(files.map(async (file) => file.bytes ?? sizeOf(file, network)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  return { bytes, wanted: bytes, whole: true };
}

async function sizeOf({ url }: RemoteFile, network: Network): Promise<number> {
  try {
    return (await httpSource(url, network)).size;
  } catch (error) {
    if (!(error instanceof TokenscopeError) || error.code !== 'checkpoint-whole-download') throw error;
    return (error.parameters as { bytes: number }).bytes;
  }
}

/** A model folder on a server: its manifest lists what it needs. */
export async function folderFacts({ files }: RemoteChoice, network: Network): Promise<RemoteFacts> {
  const given = files.find(({ name }) => name === MANIFEST);
  if (!given) throw new TokenscopeError('model-missing-file', { file: MANIFEST });
  const text = await readText(given, network);
  const manifest = parseManifest(parseJson(text));
  const needed = filesToRun(manifest);
  const bytes = needed.reduce((sum, file) => sum + file.bytes, 0);
  const own: ModelFiles = Object.fromEntries(
    manifest.files.map(({ name, url }) => [name, new URL(url ?? name, given.url).href] as const),
  );
  const folder = { manifest, files: { ...own, [MANIFEST]: new Blob([text], { type: 'application/json' }) } };
  return { bytes, wanted: bytes, whole: true, folder };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    if (/^\s*<(!doctype|html)/i.test(text)) throw new TokenscopeError('model-web-page', { file: MANIFEST });
    throw new TokenscopeError('manifest-invalid', { file: MANIFEST, reason: 'it is not JSON' });
  }
}

async function readText({ url, name }: RemoteFile, { fetch, signal }: Network): Promise<string> {
  const response = await new HttpRequests(url, { fetch, signal }).send();
  if (!response.ok) throw new TokenscopeError('model-http', { file: name, status: response.status });
  return response.text();
}

/** See `RemoteEngine.fetchFiles`. */
export async function fetchFiles(
  files: readonly RemoteFile[],
  onProgress: (progress: Loaded) => void,
  { fetch, signal }: Network,
): Promise<Readonly<Record<string, Blob>>> {
  const counts = files.map(({ bytes = 0 }) => ({ loaded: 0, total: bytes }));
  const sum = (what: keyof Loaded) => counts.reduce((all, each) => all + each[what], 0);
  const group = new AbortController();
  const both = AbortSignal.any([signal, group.signal]);
  const contents = files.map(async ({ name, url }, i) => {
    const onBytes = (loaded: number, total: number) => {
      counts[i] = { loaded, total };
      onProgress({ loaded: sum('loaded'), total: sum('total') });
    };
    const source = await downloadSource(url, { fetch, signal: both, onBytes });
    return [name, await source.slice(0, source.size)] as const;
  });
  try {
    return Object.fromEntries(await Promise.all(contents));
  } catch (error) {
    group.abort();
    signal.throwIfAborted();
    throw error;
  }
}
