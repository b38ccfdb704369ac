import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { readBytes } from '../../src/convert/byte-source.ts';
import { downloadSource, httpSource } from '../../src/convert/http-source.ts';
import { openCheckpoint } from '../../src/convert/open-checkpoint.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { publishedFiles } from './containers/published.ts';

const address = 'https://models.example/a%20b/model.ckpt?download=1';

interface Server {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: readonly string[];
  /** Bytes that were sent. */
  readonly sent: number;
}

interface Behaviour {
  readonly ranges?: boolean;
  /** Headers that other pages may not see. */
  readonly hidden?: readonly string[];
  /** Answers the n-th request instead; undefined: as usual. */
  answer?(n: number, usual: Response): Response | Error | undefined;
}

/** A server of one file, in this process. */
function serve(content: Blob, { ranges = true, hidden = [], answer }: Behaviour = {}): Server {
  const requests: string[] = [];
  let sent = 0;
  const usual = (init: RequestInit): Response => {
    const match = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init.headers).get('range') ?? '');
    const headers: Record<string, string> = { etag: '"1"', 'content-length': String(content.size) };
    if (init.method === 'HEAD') return new Response(null, { headers: show(headers) });
    if (!match || !ranges) return new Response(content, { headers: show(headers) });
    const [from, to] = [Number(match[1]), Math.min(Number(match[2]) + 1, content.size)];
    if (from >= content.size) return new Response(null, { status: 416 });
    sent += to - from;
    const range = { ...headers, 'content-length': String(to - from), 'content-range': `bytes ${from}-${to - 1}/${content.size}` };
    return new Response(content.slice(from, to), { status: 206, headers: show(range) });
  };
  const show = (headers: Record<string, string>) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !hidden.includes(name)));
  const fetch = async (_: unknown, init: RequestInit = {}) => {
    init.signal?.throwIfAborted();
    requests.push(`${init.method ?? 'GET'} ${new Headers(init.headers).get('range') ?? ''}`.trim());
    const own = answer?.(requests.length, usual(init));
    if (own instanceof Error) throw own;
    return own ?? usual(init);
  };
  return {
    fetch: fetch as typeof globalThis.fetch,
    requests,
    get sent() {
      return sent;
    },
  };
}

const ladder = new Blob([Uint8Array.from({ length: 300_000 }, (_, i) => i % 251)]);

async function codeOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    if (error instanceof TokenscopeError) return { code: error.code, ...error.parameters };
    throw error;
  }
  return undefined;
}

async function bytesOf(blob: Blob): Promise<number[]> {
  return [...new Uint8Array(await blob.arrayBuffer())];
}

describe('a file on a server', () => {
  it('has its size and name after one request, whose bytes are kept', async () => {
    const { fetch, requests } = serve(ladder);
    const source = await httpSource(address, { fetch });
    expect(source).toMatchObject({ name: 'model.ckpt', size: 300_000 });
    expect(await bytesOf(await source.slice(0, 3))).toEqual([0, 1, 2]);
    expect(requests).toEqual(['GET bytes=0-65535']);
  });

  it('is fetched in few pieces when much is asked for at once', async () => {
    const { fetch, requests } = serve(ladder);
    const progress: [number, number][] = [];
    const source = await httpSource(address, { fetch, onBytes: (...each) => progress.push(each) });
    const places = [
      [70_000, 70_010],
      [70_010, 80_000],
      [80_064, 80_100],
      [75_000, 75_002],
      [299_999, 300_000],
      [200_000, 200_000],
    ] as const;
    const blobs = await Promise.all(places.map(([from, to]) => source.slice(from, to)));
    for (const [i, [from, to]] of places.entries()) {
      expect(await bytesOf(blobs[i]!)).toEqual(Array.from({ length: to - from }, (_, at) => (from + at) % 251));
    }
    expect(requests.slice(1)).toEqual(['GET bytes=70000-80099', 'GET bytes=299999-299999']);
    expect(progress.at(-1)).toEqual([10_101, 10_101]);
    expect(progress.every(([loaded, wanted]) => loaded <= wanted)).toBe(true);
  });

  it('may hide what it says of its ranges', async () => {
    const { fetch, requests } = serve(ladder, { hidden: ['content-range', 'etag'] });
    const source = await httpSource(address, { fetch });
    expect(source.size).toBe(300_000);
    expect(requests).toEqual(['GET bytes=0-65535', 'HEAD']);
    expect(await bytesOf(await source.slice(100_000, 100_002))).toEqual([102, 103]);
  });

  it('may be small or empty', async () => {
    expect((await httpSource(address, { fetch: serve(new Blob([])).fetch })).size).toBe(0);
    const { fetch } = serve(new Blob(['abc']), { hidden: ['content-range'] });
    expect((await httpSource(address, { fetch })).size).toBe(3);
  });

  it('that comes only whole is named, and can then be downloaded', async () => {
    const { fetch } = serve(ladder, { ranges: false });
    expect(await codeOf(() => httpSource(address, { fetch }))).toEqual({
      code: 'checkpoint-whole-download',
      file: 'model.ckpt',
      bytes: 300_000,
    });
    const progress: [number, number][] = [];
    const source = await downloadSource(address, { fetch, onBytes: (...each) => progress.push(each) });
    expect(new Uint8Array(await readBytes(source, 299_998, 300_000))).toEqual(Uint8Array.of(299_998 % 251, 299_999 % 251));
    expect(progress.at(-1)).toEqual([300_000, 300_000]);
  });

  it.each<[string, Behaviour, object]>([
    ['missing', { answer: () => new Response(null, { status: 404 }) }, { code: 'model-http', file: 'model.ckpt', status: 404 }],
    [
      'a page to sign in',
      { answer: () => new Response('<html>', { headers: { 'content-type': 'text/html; charset=utf-8' } }) },
      { code: 'model-web-page', file: 'model.ckpt' },
    ],
    [
      'forbidden to other pages',
      {
        answer: (n) =>
          n === 1 ? new TypeError('Failed to fetch') : Object.defineProperty(new Response(), 'type', { value: 'opaque' }),
      },
      { code: 'checkpoint-cors', address },
    ],
    ['out of reach', { answer: () => new TypeError('Failed to fetch') }, { code: 'model-offline', file: 'model.ckpt' }],
  ])('is named when it is %s', async (_, behaviour, expected) => {
    expect(await codeOf(() => httpSource(address, { fetch: serve(ladder, behaviour).fetch }))).toEqual(expected);
  });

  it.each<[string, (usual: Response) => Response, object]>([
    [
      'another one by now',
      (usual) => new Response(usual.body, { status: 206, headers: { etag: '"2"' } }),
      { code: 'checkpoint-changed', file: 'model.ckpt' },
    ],
    [
      'sent from another place',
      (usual) => new Response(usual.body, { status: 206, headers: { 'content-range': 'bytes 0-9/300000' } }),
      { code: 'checkpoint-changed', file: 'model.ckpt' },
    ],
    ['gone', () => new Response(null, { status: 403 }), { code: 'model-http', file: 'model.ckpt', status: 403 }],
  ])('is named when it is %s while it is read', async (_, change, expected) => {
    const { fetch } = serve(ladder, { answer: (n, usual) => (n > 1 ? change(usual) : undefined) });
    const source = await httpSource(address, { fetch });
    expect(await codeOf(() => source.slice(100_000, 100_010))).toEqual(expected);
  });

  it('is asked again when the line drops, and counts no byte twice', async () => {
    const short = () => new Response(ladder.slice(100_000, 100_004), { status: 206 });
    const { fetch, requests } = serve(ladder, { answer: (n) => (n === 2 ? short() : undefined) });
    const progress: number[] = [];
    const source = await httpSource(address, { fetch, onBytes: (loaded) => progress.push(loaded) });
    expect(await bytesOf(await source.slice(100_000, 100_010))).toHaveLength(10);
    expect(requests).toHaveLength(3);
    expect(progress.at(-1)).toBe(10);
  });

  it('is left when the visitor leaves', async () => {
    const abort = new AbortController();
    const { fetch } = serve(ladder);
    const source = await httpSource(address, { fetch, signal: abort.signal });
    abort.abort();
    await expect(source.slice(100_000, 100_010)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it.each(['taming_vqgan_zip', 'taming_vqgan_legacy', 'diffusers_vq_ldm'])(
    '%s converts as from the device, in few requests',
    async (name) => {
      const files = publishedFiles(name).filter(({ name: file }) => !file.endsWith('.yaml'));
      const [notes, [local]] = [
        files.filter(({ name: file }) => file.endsWith('.json')),
        files.filter(({ name: file }) => !file.endsWith('.json')),
      ];
      const server = serve(await local!.source.slice(0, local!.source.size));
      const source = await httpSource(`https://models.example/${local!.name}`, { fetch: server.fetch });
      const checkpoint = await openCheckpoint([...notes, { name: local!.name, source }]);
      const opened = server.requests.length;
      expect(opened).toBeLessThan(6);

      const far = (await convertCheckpoint(checkpoint))!;
      const near = (await convertCheckpoint(await openCheckpoint(files)))!;
      expect(far.report).toEqual(near.report);
      for (const [file, content] of near.files) expect(await bytesEqual(far.files.get(file)!, content), file).toBe(true);
      expect(server.requests.length - opened).toBeLessThan(60);
      expect(server.sent).toBeLessThan(local!.source.size + 2 ** 20);
    },
  );
});

async function bytesEqual(a: Blob, b: Blob): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map(async (blob) => Buffer.from(await blob.arrayBuffer())));
  return left!.equals(right!);
}
