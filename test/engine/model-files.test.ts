import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ErrorCode } from '../../src/core/errors.ts';
import { fetchModel } from '../../src/engine/model-files.ts';
import type { ModelStore } from '../../src/engine/model-store.ts';
import type { ModelFiles, OpenProgress } from '../../src/engine/protocol.ts';

const SITE = 'https://models.test/tiny/';
const contents: Record<string, Uint8Array<ArrayBuffer>> = {
  'e.onnx': new TextEncoder().encode('the encoder'),
  'd.onnx': new TextEncoder().encode('the decoder, somewhat longer'),
  'c.safetensors': new Uint8Array(5000).fill(7),
};
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const manifest = {
  manifest: 1,
  id: 'tiny',
  title: 'Tiny',
  medium: 'image',
  architecture: 'custom',
  quantizer: { kind: 'vq', codebookSize: 4, entryDimension: 2 },
  size: { reduction: 2, multipleOf: 2 },
  pixels: { range: [-1, 1], outputRange: [-1, 1] },
  graphs: {
    encoder: { file: 'e.onnx', input: 'x', output: 'z', layout: 'NCHW' },
    decoder: { file: 'd.onnx', input: 'z', output: 'x', layout: 'NCHW' },
  },
  codebook: { file: 'c.safetensors', tensor: 'codebook' },
  files: [
    ...Object.entries(contents).map(([name, bytes]) => ({ name, bytes: bytes.length, sha256: sha(bytes) })),
    { name: 'recorded-card.webp', bytes: 99 },
  ],
  source: { licence: 'MIT' },
};

type Answer = Response | Error;

/** A server as a function; `answers` replaces what it says about single files. */
function server(answers: Record<string, (range: string | null) => Answer> = {}) {
  const asked: { name: string; range: string | null }[] = [];
  const fake = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const name = String(input).replace(SITE, '');
    const range = new Headers(init?.headers).get('range');
    asked.push({ name, range });
    const bytes = name === 'manifest.json' ? new TextEncoder().encode(JSON.stringify(manifest)) : contents[name];
    const answer = answers[name]?.(range) ?? (bytes ? new Response(bytes) : new Response('no', { status: 404 }));
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return { fetch: fake as typeof fetch, asked };
}

function memoryStore(): ModelStore & { files: Map<string, Blob> } {
  const files = new Map<string, Blob>();
  const models = new Map<string, readonly string[]>();
  return {
    files,
    read: async (hash) => files.get(hash),
    write: async (hash, content) => void files.set(hash, content),
    remove: async (hash) => void files.delete(hash),
    remember: async (id, hashes) => void models.set(id, hashes),
    list: async () =>
      [...models].map(([id, hashes]) => ({ id, bytes: hashes.reduce((sum, hash) => sum + (files.get(hash)?.size ?? 0), 0) })),
    delete: async (id) => void models.delete(id),
  };
}

/** A body that breaks off after `length` bytes, as a lost connection does. */
function brokenBody(bytes: Uint8Array<ArrayBuffer>, length: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = false;
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(new TypeError('network error'));
      sent = true;
      controller.enqueue(bytes.slice(0, length));
    },
  });
}

const fromUrl: ModelFiles = { 'manifest.json': `${SITE}manifest.json` };

async function open(
  files: ModelFiles,
  { fetch }: { fetch: typeof globalThis.fetch },
  store = memoryStore(),
  signal?: AbortSignal,
) {
  const seen: OpenProgress[] = [];
  const onProgress = (progress: OpenProgress) => void seen.push(progress);
  const opened = await fetchModel(files, { store, signal: signal ?? new AbortController().signal, onProgress, fetch });
  return { ...opened, seen };
}

test('fetches everything that is run, beside the manifest, and counts bytes over all files', async () => {
  const { asked, fetch } = server();
  const { manifest: read, file, seen } = await open(fromUrl, { fetch });
  expect(read.id).toBe('tiny');
  expect(await file('e.onnx').text()).toBe('the encoder');
  expect(asked.map(({ name }) => name).sort()).toEqual(['c.safetensors', 'd.onnx', 'e.onnx', 'manifest.json']);
  const total = Object.values(contents).reduce((sum, { length }) => sum + length, 0);
  expect(seen.at(-1)).toEqual({ stage: 'download', loaded: total, total, cached: false });
  const loaded = seen.map((progress) => (progress.stage === 'download' ? progress.loaded : 0));
  expect(loaded).toEqual([...loaded].sort((a, b) => a - b));
});

test('a disk that never answers holds up nothing', async () => {
  const never = () => new Promise<never>(() => {});
  const { file } = await open(fromUrl, server(), { ...memoryStore(), write: never, remember: never });
  expect(await file('e.onnx').text()).toBe('the encoder');
});

test('a second opening asks the network for the manifest alone', async () => {
  const store = memoryStore();
  await open(fromUrl, server(), store);
  const { asked, fetch } = server();
  const { seen } = await open(fromUrl, { fetch }, store);
  expect(asked.map(({ name }) => name)).toEqual(['manifest.json']);
  expect(seen.at(-1)).toMatchObject({ cached: true });
  expect(await store.list()).toEqual([{ id: 'tiny', bytes: 5039 }]);
});

test('a disk that never answers a write keeps nobody waiting', async () => {
  const never = () => new Promise<void>(() => {});
  const { manifest: read } = await open(fromUrl, server(), { ...memoryStore(), write: never, remember: never });
  expect(read.id).toBe('tiny');
});

test('files handed over are checked and not kept', async () => {
  const store = memoryStore();
  const blobs = Object.fromEntries(Object.entries(contents).map(([name, bytes]) => [name, new Blob([bytes])]));
  const { file } = await open({ 'manifest.json': new Blob([JSON.stringify(manifest)]), ...blobs }, server(), store);
  expect(file('d.onnx').size).toBe(28);
  expect(store.files.size).toBe(0);
  expect(await store.list()).toEqual([]);
});

test.each<[string, (range: string | null) => Answer, ErrorCode, object]>([
  ['not found', () => new Response('no', { status: 404 }), 'model-http', { file: 'e.onnx', status: 404 }],
  ['server error', () => new Response('no', { status: 503 }), 'model-http', { status: 503 }],
  ['offline', () => new TypeError('Failed to fetch'), 'model-offline', { file: 'e.onnx' }],
  [
    'a web page',
    () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }),
    'model-web-page',
    { file: 'e.onnx' },
  ],
  ['too short', () => new Response('the enc'), 'model-truncated', { file: 'e.onnx', bytes: 7, expected: 11 }],
  ['broken off', () => new Response(brokenBody(contents['e.onnx']!, 4)), 'model-truncated', { bytes: 4, expected: 11 }],
  ['another file of that length', () => new Response('the Encoder'), 'model-hash', { file: 'e.onnx' }],
  ['too long', () => new Response('the encoder and more'), 'model-hash', { file: 'e.onnx' }],
])('%s is its own error', async (_, answer, code, parameters) => {
  await expect(open(fromUrl, server({ 'e.onnx': answer }))).rejects.toMatchObject({ code, parameters });
});

test.each<[string, () => Answer, ErrorCode]>([
  ['is not JSON', () => new Response('{'), 'manifest-invalid'],
  ['is a web page', () => new Response('<!DOCTYPE html><html>'), 'model-web-page'],
  ['is of another kind', () => new Response('{"manifest":1}'), 'manifest-invalid'],
  ['is missing', () => new Response('', { status: 404 }), 'model-http'],
  ['is out of reach', () => new TypeError('Failed to fetch'), 'model-offline'],
])('a manifest that %s is its own error', async (_, answer, code) => {
  await expect(open(fromUrl, server({ 'manifest.json': answer }))).rejects.toMatchObject({ code });
});

test('a file that is nowhere is named', async () => {
  await expect(open({}, server())).rejects.toMatchObject({ code: 'model-missing-file', parameters: { file: 'manifest.json' } });
  const alone = { 'manifest.json': new Blob([JSON.stringify(manifest)]) };
  await expect(open(alone, server())).rejects.toMatchObject({ code: 'model-missing-file' });
});

test.each<[string, Blob, ErrorCode]>([
  ['short', new Blob(['the enc']), 'model-truncated'],
  ['long', new Blob(['the encoder!']), 'model-hash'],
  ['other', new Blob(['the Encoder']), 'model-hash'],
])('a file handed over that is %s', async (_, blob, code) => {
  await expect(open({ ...fromUrl, 'e.onnx': blob }, server())).rejects.toMatchObject({ code });
});

describe('going on after a break', () => {
  const name = 'c.safetensors';
  const whole = contents[name]!;
  const breaking = () => new Response(brokenBody(whole, 3000));

  async function breakOnce() {
    const store = memoryStore();
    await open(fromUrl, server({ [name]: breaking }), store).catch(() => {});
    expect(store.files.get(sha(whole))?.size).toBe(3000);
    return store;
  }

  test('asks for the rest only, where the server can', async () => {
    const store = await breakOnce();
    const { asked, fetch } = server({
      [name]: (range) => new Response(whole.slice(Number(range!.match(/\d+/)![0])), { status: 206 }),
    });
    const { file } = await open(fromUrl, { fetch }, store);
    expect(asked.find((call) => call.name === name)?.range).toBe('bytes=3000-');
    expect(new Uint8Array(await file(name).arrayBuffer())).toEqual(whole);
  });

  test('starts again where it cannot', async () => {
    const { file } = await open(fromUrl, server(), await breakOnce());
    expect(file(name).size).toBe(5000);
  });

  test('starts again where the server does not know the range', async () => {
    const answer = (range: string | null) => (range ? new Response('', { status: 416 }) : new Response(whole));
    expect((await open(fromUrl, server({ [name]: answer }), await breakOnce())).file(name).size).toBe(5000);
  });

  test('a beginning that belongs to another file is thrown away', async () => {
    const store = await breakOnce();
    store.files.set(sha(whole), new Blob([new Uint8Array(3000)]));
    const answer = () => new Response(whole.slice(3000), { status: 206 });
    await expect(open(fromUrl, server({ [name]: answer }), store)).rejects.toMatchObject({ code: 'model-hash' });
    expect((await open(fromUrl, server(), store)).file(name).size).toBe(5000);
  });
});

test('an abort is an abort, not a failure of the network', async () => {
  const controller = new AbortController();
  const { fetch } = server({
    'e.onnx': () => {
      controller.abort();
      return new TypeError('Failed to fetch');
    },
  });
  await expect(open(fromUrl, { fetch }, memoryStore(), controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});

test('the first failure stops the other downloads', async () => {
  const signals: AbortSignal[] = [];
  const { fetch } = server({ 'e.onnx': () => new Response('', { status: 500 }) });
  const spy = (input: RequestInfo | URL, init?: RequestInit) => {
    if (init?.signal && !String(input).endsWith('manifest.json')) signals.push(init.signal);
    return fetch(input, init);
  };
  await open(fromUrl, { fetch: spy as typeof fetch }).catch(() => {});
  expect(signals).toHaveLength(3);
  expect(signals.every(({ aborted }) => aborted)).toBe(true);
});
