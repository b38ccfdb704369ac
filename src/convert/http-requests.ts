import { TokenscopeError } from '../core/errors.ts';

export interface HttpOptions {
  readonly fetch?: typeof globalThis.fetch;
  readonly signal?: AbortSignal;
  /** Bytes that have come, of those that were asked for so far. */
  readonly onBytes?: (loaded: number, wanted: number) => void;
  /** Pieces of this very version of the file that came before, and where those that come are put. */
  readonly pieces?: (version: string) => Promise<Pieces>;
}

export interface Pieces {
  /** Undefined where no piece has all of it. */
  find(range: Range): Promise<Blob> | undefined;
  keep(range: Range, piece: Blob): void;
}

/** From `from` to before `to`. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Pieces of an answer that are gathered before the browser may put them away. */
const MOST_GATHERED = 2 ** 22;

/** Asks a server for one file, and says what kept it from answering. */
export class HttpRequests {
  readonly url: string;
  /** The last part of the address, without its escapes. */
  readonly file: string;
  readonly signal: AbortSignal | undefined;
  readonly #fetch: typeof globalThis.fetch;

  constructor(url: string, { fetch, signal }: HttpOptions) {
    this.url = url;
    this.file = nameOf(url);
    this.signal = signal;
    this.#fetch = fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** Throws `checkpoint-cors` and `model-offline`. */
  async send(init: RequestInit = {}): Promise<Response> {
    try {
      return await this.#fetch(this.url, { ...init, ...(this.signal && { signal: this.signal }) });
    } catch (error) {
      this.signal?.throwIfAborted();
      throw await this.#explain(error);
    }
  }

  /** Part of the file (status 206), or whatever the server makes of that. */
  part({ from, to }: Range): Promise<Response> {
    return this.send({ headers: { Range: `bytes=${from}-${to - 1}` } });
  }

  /** What the answer holds; `onBytes` hears of every piece. Throws `model-offline` when the line goes dead. */
  async read(response: Response, onBytes: (count: number) => void): Promise<Blob> {
    const reader = response.body?.getReader();
    if (!reader) return response.blob();
    let whole = new Blob([]);
    let pieces: Uint8Array<ArrayBuffer>[] = [];
    let gathered = 0;
    for (;;) {
      const { done, value } = await reader.read().catch((error: unknown) => {
        this.signal?.throwIfAborted();
        throw new TokenscopeError('model-offline', { file: this.file }, { cause: error });
      });
      if (value) pieces.push(value);
      gathered += value?.length ?? 0;
      if (value) onBytes(value.length);
      if (!done && gathered < MOST_GATHERED) continue;
      whole = new Blob([whole, ...pieces]);
      if (done) return whole;
      [pieces, gathered] = [[], 0];
    }
  }

  /** A browser does not tell a refusal from a dead line; a request whose answer may not be read does. */
  async #explain(cause: unknown): Promise<TokenscopeError> {
    try {
      const answer = await this.#fetch(this.url, {
        method: 'HEAD',
        mode: 'no-cors',
        ...(this.signal && { signal: this.signal }),
      });
      if (answer.type === 'opaque') return new TokenscopeError('checkpoint-cors', { address: this.url }, { cause });
    } catch {
      this.signal?.throwIfAborted();
      // An isolated page is not even given an answer that it may not read: where there is a network, a refusal is likelier.
      if (globalThis.crossOriginIsolated && navigator.onLine) {
        return new TokenscopeError('checkpoint-cors', { address: this.url }, { cause });
      }
    }
    return new TokenscopeError('model-offline', { file: this.file }, { cause });
  }
}

function nameOf(url: string): string {
  const path = new URL(url, globalThis.location?.href).pathname.split('/').at(-1)!;
  try {
    return decodeURIComponent(path) || url;
  } catch {
    return path;
  }
}

/** `Content-Range: bytes 0-65535/123456`; a server may hide it from other pages. */
export function totalOf(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

/** Where the answer begins, as far as the server tells. */
export function startOf(response: Response): number | undefined {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1];
  return start === undefined ? undefined : Number(start);
}

/** Undefined where the server does not say, or packs its answer. */
export function lengthOf(response: Response): number | undefined {
  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(length) && !response.headers.get('content-encoding') ? length : undefined;
}
