import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchFile } from '../../src/media/fetch-file.ts';

afterEach(() => vi.unstubAllGlobals());

function answer(response: () => Promise<Response>): void {
  vi.stubGlobal('fetch', response);
}

describe('fetchFile', () => {
  it.each([
    ['https://example.com/a/my%20cat.png?size=2#x', 'my cat.png'],
    ['samples/face.webp', 'face.webp'],
    ['https://example.com/100%.png', '100%.png'],
    ['data:image/png;base64,AA==', 'data'],
  ])('names %s', async (address, name) => {
    answer(async () => new Response('x', { headers: { 'content-type': 'image/png' } }));
    expect(await fetchFile(address)).toMatchObject({ name, type: 'image/png', size: 1 });
  });

  it.each([
    ['is missing', async () => new Response('', { status: 404 })],
    ['is forbidden by its server', () => Promise.reject(new TypeError('Failed to fetch'))],
  ])('says which address %s', async (_, response) => {
    answer(response);
    await expect(fetchFile('https://example.com/x')).rejects.toMatchObject({
      code: 'media-fetch',
      parameters: { address: 'https://example.com/x' },
    });
  });

  it('is silent when aborted', async () => {
    const signal = AbortSignal.abort();
    answer(() => Promise.reject(signal.reason));
    await expect(fetchFile('https://example.com/x', signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
