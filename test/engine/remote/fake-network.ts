/** A network of files by their addresses, in this process: ranges, failures on demand, and a record of what was asked. */
export interface FakeNetwork {
  readonly fetch: typeof fetch;
  /** `GET https://… bytes=0-9` and so on, in their order. */
  readonly asked: string[];
  /** Bytes of answers in parts. */
  readonly sent: () => number;
  /** Answers in place of the server where it gives something. */
  trouble: ((url: string, range: string | undefined) => Response | Error | undefined) | undefined;
}

export interface FakeFile {
  readonly content: Blob;
  readonly ranges?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export function fakeNetwork(files: Readonly<Record<string, FakeFile | Blob | object>>): FakeNetwork {
  const asked: string[] = [];
  let sent = 0;
  const answer = (url: string, init: RequestInit): Response => {
    const given = files[url];
    if (!given) return new Response('no', { status: 404 });
    const file = given instanceof Blob || !('content' in given) ? { content: blobOf(given) } : (given as FakeFile);
    const { content, ranges = true, headers = {} } = file;
    if (init.method === 'HEAD') return new Response(null, { headers: { ...headers, 'content-length': String(content.size) } });
    const match = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init.headers).get('range') ?? '');
    if (!match || !ranges) return new Response(content, { headers: { ...headers, 'content-length': String(content.size) } });
    const [from, to] = [Number(match[1]), Math.min(Number(match[2]) + 1, content.size)];
    sent += to - from;
    const range = { 'content-range': `bytes ${from}-${to - 1}/${content.size}`, etag: '"v1"', ...headers };
    return new Response(content.slice(from, to), { status: 206, headers: range });
  };
  const network: FakeNetwork = {
    asked,
    sent: () => sent,
    trouble: undefined,
    fetch: (async (input: RequestInfo | URL, init: RequestInit = {}) => {
      init.signal?.throwIfAborted();
      const url = String(input);
      const range = new Headers(init.headers).get('range') ?? undefined;
      asked.push([init.method ?? 'GET', url, range].filter(Boolean).join(' '));
      const trouble = network.trouble?.(url, range);
      if (trouble instanceof Error) throw trouble;
      return trouble ?? answer(url, init);
    }) as typeof fetch,
  };
  return network;
}

function blobOf(given: object): Blob {
  return given instanceof Blob ? given : new Blob([JSON.stringify(given)], { type: 'application/json' });
}
