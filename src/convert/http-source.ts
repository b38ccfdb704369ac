import { TokenscopeError } from '../core/errors.ts';
import type { ByteSource } from './byte-source.ts';
import { type HttpOptions, HttpRequests, lengthOf, type Pieces, type Range, startOf, totalOf } from './http-requests.ts';

/** What the first request fetches: every container tells what it is within that. */
const FIRST_READ = 2 ** 16;
const MOST_REQUESTS = 6;
const MOST_TRIES = 3;
const FIRST_PAUSE = 500;
/** Ranges nearer than this are fetched in one piece, up to so many bytes. */
const NEAR = 2 ** 11;
const MOST_JOINED = 2 ** 24;

/**
 * A file on a server, read by byte ranges (RFC 9110, section 14). What is asked for at the same time is fetched in few
 * requests, which are tried again when the line drops. Throws `checkpoint-whole-download` when the server sends whole files only
 * (`downloadSource` fetches one, once the visitor agrees), `checkpoint-cors`, `model-offline`, `model-http`, `model-web-page`
 * and, while reading, `model-truncated` and `checkpoint-changed`.
 */
export async function httpSource(url: string, options: HttpOptions = {}): Promise<ByteSource> {
  const requests = new HttpRequests(url, options);
  const opened = await openFile(requests);
  const { size, head, etag } = opened;
  const pieces = await options.pieces?.(`${etag ?? ''} ${size}`);
  const queue = new RangeQueue(requests, opened, { ...options, ...(pieces && { kept: pieces }) });
  return {
    name: requests.file,
    size,
    async slice(from, to) {
      const end = Math.min(to, size);
      if (end <= from) return new Blob([]);
      if (end <= head.size) return head.slice(from, end);
      // In pieces, of which none has to come twice when a later one fails.
      const starts = Array.from({ length: Math.ceil((end - from) / MOST_JOINED) }, (_, i) => from + i * MOST_JOINED);
      const parts = starts.map((start) => queue.ask({ from: start, to: Math.min(start + MOST_JOINED, end) }));
      return parts.length === 1 ? parts[0]! : new Blob(await Promise.all(parts));
    },
  };
}

/** The whole file, for servers that cannot send parts. Throws as `httpSource` does. */
export async function downloadSource(url: string, options: HttpOptions = {}): Promise<ByteSource> {
  const requests = new HttpRequests(url, options);
  const { file } = requests;
  const response = await requests.send();
  await checkAnswer(response, file);
  const expected = lengthOf(response);
  let loaded = 0;
  const blob = await requests.read(response, (count) => {
    loaded += count;
    options.onBytes?.(loaded, Math.max(expected ?? 0, loaded));
  });
  if (expected !== undefined && blob.size !== expected)
    throw new TokenscopeError('model-truncated', { file, bytes: blob.size, expected });
  return { name: file, size: blob.size, slice: async (from, to) => blob.slice(from, to) };
}

interface Opened {
  readonly size: number;
  readonly etag: string | null;
  /** The file's first bytes. */
  readonly head: Blob;
}

async function openFile(requests: HttpRequests): Promise<Opened> {
  const { file } = requests;
  const response = await requests.part({ from: 0, to: FIRST_READ });
  const etag = response.headers.get('etag');
  // An empty file has no first byte to send.
  if (response.status === 416) return { size: 0, etag, head: new Blob([]) };
  await checkAnswer(response, file);
  if (response.status !== 206 && (lengthOf(response) ?? Number.POSITIVE_INFINITY) <= FIRST_READ) {
    const head = await requests.read(response, () => {});
    return { size: head.size, etag, head };
  }
  if (response.status !== 206) {
    await response.body?.cancel();
    throw new TokenscopeError('checkpoint-whole-download', { file, bytes: lengthOf(response) ?? 0 });
  }
  const head = await requests.read(response, () => {});
  const size = totalOf(response) ?? (head.size < FIRST_READ ? head.size : await askSize(requests));
  return { size, etag, head };
}

async function checkAnswer(response: Response, file: string): Promise<void> {
  const page = (response.headers.get('content-type') ?? '').startsWith('text/html');
  if (response.ok && !page) return;
  await response.body?.cancel();
  if (!response.ok) throw new TokenscopeError('model-http', { file, status: response.status });
  throw new TokenscopeError('model-web-page', { file });
}

async function askSize(requests: HttpRequests): Promise<number> {
  const { file } = requests;
  const response = await requests.send({ method: 'HEAD' });
  if (!response.ok) throw new TokenscopeError('model-http', { file, status: response.status });
  const size = lengthOf(response);
  if (size === undefined) throw new TokenscopeError('checkpoint-whole-download', { file, bytes: 0 });
  return size;
}

interface Asked extends Range {
  resolve(blob: Blob): void;
  reject(reason: unknown): void;
}

/** Collects what is asked for in one turn of the event loop and fetches it in few requests, some at a time. */
class RangeQueue {
  readonly #requests: HttpRequests;
  readonly #opened: Opened;
  readonly #onBytes: HttpOptions['onBytes'];
  readonly #pieces: Pieces | undefined;
  readonly #waiting: Asked[][] = [];
  #asked: Asked[] = [];
  #running = 0;
  #loaded = 0;
  #wanted = 0;

  constructor(requests: HttpRequests, opened: Opened, { onBytes, kept }: HttpOptions & { readonly kept?: Pieces }) {
    this.#requests = requests;
    this.#opened = opened;
    this.#onBytes = onBytes;
    this.#pieces = kept;
  }

  ask(range: Range): Promise<Blob> {
    const kept = this.#pieces?.find(range);
    if (kept) {
      this.#wanted += sizeOf(range);
      this.#count(sizeOf(range));
      return kept;
    }
    return new Promise((resolve, reject) => {
      if (this.#asked.length === 0) setTimeout(() => this.#flush(), 0);
      this.#asked.push({ ...range, resolve, reject });
    });
  }

  #flush(): void {
    const groups = joinNear(this.#asked);
    this.#asked = [];
    this.#waiting.push(...groups);
    this.#wanted += groups.reduce((sum, group) => sum + sizeOf(around(group)), 0);
    while (this.#running < MOST_REQUESTS && this.#waiting.length > 0) void this.#runNext();
  }

  async #runNext(): Promise<void> {
    const group = this.#waiting.shift();
    if (!group) return;
    this.#running++;
    try {
      const range = around(group);
      const blob = await this.#fetch(range);
      this.#pieces?.keep(range, blob);
      for (const { from, to, resolve } of group) resolve(blob.slice(from - range.from, to - range.from));
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    this.#running--;
    void this.#runNext();
  }

  async #fetch(range: Range): Promise<Blob> {
    for (let tries = 1; ; tries++) {
      let loaded = 0;
      try {
        return await this.#try(range, (count) => {
          loaded += count;
          this.#count(count);
        });
      } catch (error) {
        this.#count(-loaded);
        if (tries === MOST_TRIES || !mayPass(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, FIRST_PAUSE * 2 ** tries));
        this.#requests.signal?.throwIfAborted();
      }
    }
  }

  #count(bytes: number): void {
    this.#loaded += bytes;
    this.#onBytes?.(this.#loaded, this.#wanted);
  }

  async #try(range: Range, onBytes: (count: number) => void): Promise<Blob> {
    const { file } = this.#requests;
    const response = await this.#requests.part(range);
    await this.#checkPart(response, range);
    const blob = await this.#requests.read(response, onBytes);
    const expected = sizeOf(range);
    if (blob.size !== expected) throw new TokenscopeError('model-truncated', { file, bytes: blob.size, expected });
    return blob;
  }

  async #checkPart(response: Response, { from }: Range): Promise<void> {
    const { file } = this.#requests;
    const { size, etag } = this.#opened;
    const fail = async (error: TokenscopeError): Promise<never> => {
      await response.body?.cancel();
      throw error;
    };
    if (response.status === 200) await fail(new TokenscopeError('checkpoint-whole-download', { file, bytes: size }));
    if (response.status !== 206) await fail(new TokenscopeError('model-http', { file, status: response.status }));
    const now = response.headers.get('etag');
    const other = (totalOf(response) ?? size) !== size || (startOf(response) ?? from) !== from;
    if (other || (now && etag && now !== etag)) await fail(new TokenscopeError('checkpoint-changed', { file }));
  }
}

/** Trouble that another try may find gone. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof TokenscopeError)) return false;
  if (error.code === 'model-offline' || error.code === 'model-truncated') return true;
  const { status = 0 } = error.parameters as { status?: number };
  return error.code === 'model-http' && (status === 429 || status >= 500);
}

function sizeOf({ from, to }: Range): number {
  return to - from;
}

function around(group: readonly Range[]): Range {
  return { from: group[0]!.from, to: Math.max(...group.map(({ to }) => to)) };
}

/** In the order of the file; each group is one piece of it. */
function joinNear(asked: readonly Asked[]): Asked[][] {
  const groups: Asked[][] = [];
  for (const range of [...asked].sort((a, b) => a.from - b.from)) {
    const last = groups.at(-1);
    const piece = last && around(last);
    if (piece && range.from <= piece.to + NEAR && Math.max(range.to, piece.to) - piece.from <= MOST_JOINED) last.push(range);
    else groups.push([range]);
  }
  return groups;
}
