import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Site, serveSite } from '../../src/cli/server.ts';

const root = mkdtempSync(join(tmpdir(), 'tokenscope-site-'));
let site: Site;

beforeAll(async () => {
  mkdirSync(join(root, 'assets'));
  writeFileSync(join(root, 'index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(root, 'assets/runtime-abc.wasm'), Buffer.from([0, 97, 115, 109, 1, 0, 0, 0]));
  writeFileSync(join(root, 'assets/page-abc.js'), 'export const word = 1;\n'.repeat(100));
  site = await serveSite({
    root,
    base: '/class/tokens/',
    answer: (path) => (path === 'broken.onnx' ? { status: 500, body: 'no' } : undefined),
  });
});

afterAll(async () => {
  await site.close();
  rmSync(root, { recursive: true });
});

describe('the page', () => {
  test('is served below its base, isolated, and asked for again each time', async () => {
    const { response, body } = await ask('');
    expect(body.toString()).toContain('<title>page</title>');
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-embedder-policy': 'require-corp',
      'cache-control': 'no-cache',
    });
  });

  test('is not there outside its base', async () => {
    expect((await askAt(new URL('/', site.url))).response.statusCode).toBe(404);
  });

  test.each(['%2e%2e/%2e%2e/etc/passwd', 'assets', 'nothing.js', '..%2f..%2fetc/passwd'])('%s is not found', async (path) => {
    expect((await ask(path)).response.statusCode).toBe(404);
  });

  test('comes without isolation when a plain host is imitated', async () => {
    const plain = await serveSite({ root, headers: false });
    const { response } = await askAt(new URL(plain.url));
    expect(response.headers['cross-origin-opener-policy']).toBeUndefined();
    await plain.close();
  });
});

describe('assets', () => {
  test('WASM has its type, for streaming compilation, and is kept for good', async () => {
    const { response, body } = await ask('assets/runtime-abc.wasm');
    expect(response.headers).toMatchObject({
      'content-type': 'application/wasm',
      'cache-control': 'public, max-age=31536000, immutable',
    });
    expect(body.length).toBe(8);
  });

  test.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('text is compressed with %s', async (encoding, unpack) => {
    const { response, body } = await ask('assets/page-abc.js', { 'accept-encoding': encoding });
    expect(response.headers['content-encoding']).toBe(encoding);
    expect(unpack(body).toString()).toContain('export const word');
    expect(body.length).toBeLessThan(200);
  });

  test('a download is resumed where it stopped, unless the file has changed', async () => {
    const { response } = await ask('assets/runtime-abc.wasm');
    const etag = String(response.headers.etag);
    const resumed = await ask('assets/runtime-abc.wasm', { range: 'bytes=4-', 'if-range': etag });
    expect(resumed.response.statusCode).toBe(206);
    expect(resumed.response.headers['content-range']).toBe('bytes 4-7/8');
    expect([...resumed.body]).toEqual([1, 0, 0, 0]);
    expect((await ask('assets/runtime-abc.wasm', { range: 'bytes=4-', 'if-range': '"older"' })).response.statusCode).toBe(200);
  });

  test('what has not changed is not sent again', async () => {
    const { response } = await ask('');
    expect((await ask('', { 'if-none-match': String(response.headers.etag) })).response.statusCode).toBe(304);
  });
});

test("a test's own answer comes instead of the file", async () => {
  const { response, body } = await ask('broken.onnx');
  expect([response.statusCode, body.toString()]).toEqual([500, 'no']);
});

function ask(path: string, headers: Record<string, string> = {}) {
  return askAt(new URL(site.url + path), headers);
}

/** Plain HTTP: fetch would unpack the compression. */
function askAt(url: URL, headers: Record<string, string> = {}): Promise<{ response: IncomingMessage; body: Buffer }> {
  return new Promise((settle, reject) => {
    get(url, { headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => settle({ response, body: Buffer.concat(parts) }));
    }).on('error', reject);
  });
}
