import { fromWire, type TokenscopeError, toWire, type WireError } from '../core/errors.ts';

/** Calls a typed object that lives on the other side of a port: answers, failures, progress and aborts. */

export type Endpoint = Pick<MessagePort, 'postMessage'> & {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
};
type Request = { kind: 'call'; id: number; method: string; args: unknown[] } | { kind: 'abort'; id: number };
type Reply =
  | { kind: 'return'; id: number; value: unknown }
  | { kind: 'throw'; id: number; error: WireError }
  | { kind: 'progress'; id: number; value: unknown };

/** An object of which every method gives a promise. */
type Served<T> = { [K in keyof T]: (...args: never[]) => Promise<unknown> };

const CALLBACK = '\0callback';
const SIGNAL = '\0signal';

/** Worker side. Every call is answered exactly once, with a value or with an error. */
export function serve<T extends Served<T>>(endpoint: Endpoint, target: T): void {
  const running = new Map<number, AbortController>();

  async function answer({ id, method, args }: Extract<Request, { kind: 'call' }>): Promise<void> {
    const controller = new AbortController();
    running.set(id, controller);
    const onProgress = (value: unknown) => endpoint.postMessage({ kind: 'progress', id, value } satisfies Reply);
    try {
      if (!Object.hasOwn(target, method)) throw new Error(`the engine has no method ${method}`);
      const real = args.map((arg) => (arg === CALLBACK ? onProgress : arg === SIGNAL ? controller.signal : arg));
      const value = await target[method as keyof T](...(real as never[]));
      endpoint.postMessage({ kind: 'return', id, value } satisfies Reply, wholeBuffers(value));
    } catch (error) {
      endpoint.postMessage({ kind: 'throw', id, error: toWire(error) } satisfies Reply);
    } finally {
      running.delete(id);
    }
  }

  endpoint.onmessage = ({ data }: MessageEvent<Request>) => {
    if (data.kind === 'abort') running.get(data.id)?.abort();
    else void answer(data);
  };
}

interface Call {
  resolve(value: unknown): void;
  reject(error: Error): void;
  onProgress?: (value: unknown) => void;
}

export interface Connection<T> {
  readonly remote: T;
  /** Rejects every open call and every later one, for when the other side is gone. */
  fail(reason: TokenscopeError | DOMException): void;
}

/** Page side. ImageBitmaps among the arguments move to the other side. */
export function connect<T extends Served<T>>(endpoint: Endpoint): Connection<T> {
  const open = new Map<number, Call>();
  let gone: Error | undefined;
  let lastId = 0;

  function fail(reason: Error): void {
    gone = reason;
    for (const call of open.values()) call.reject(reason);
    open.clear();
  }

  endpoint.onmessage = ({ data }: MessageEvent<Reply>) => {
    const call = open.get(data.id);
    if (data.kind === 'progress') return call?.onProgress?.(data.value);
    open.delete(data.id);
    if (data.kind === 'return') call?.resolve(data.value);
    else call?.reject(fromWire(data.error));
  };
  endpoint.onmessageerror = () => fail(fromWire(toWire(new Error('an answer could not be read'))));

  async function invoke(method: string, args: readonly unknown[]): Promise<unknown> {
    if (gone) throw gone;
    const signal = args.find((arg) => arg instanceof AbortSignal);
    signal?.throwIfAborted();
    const id = ++lastId;
    const abort = () => endpoint.postMessage({ kind: 'abort', id } satisfies Request);
    signal?.addEventListener('abort', abort);
    try {
      return await new Promise((resolve, reject) => {
        const onProgress = args.find((arg) => typeof arg === 'function') as Call['onProgress'];
        open.set(id, { resolve, reject, ...(onProgress && { onProgress }) });
        const wired = args.map((arg) => (typeof arg === 'function' ? CALLBACK : arg === signal && signal ? SIGNAL : arg));
        endpoint.postMessage({ kind: 'call', id, method, args: wired } satisfies Request, bitmaps(args));
      });
    } finally {
      open.delete(id);
      signal?.removeEventListener('abort', abort);
    }
  }

  const remote = new Proxy({} as T, {
    // Without `then` it can be the result of an async function.
    get: (_, method) => (method === 'then' ? undefined : (...args: unknown[]) => invoke(String(method), args)),
  });
  return { remote, fail };
}

function bitmaps(args: readonly unknown[]): Transferable[] {
  return typeof ImageBitmap === 'undefined' ? [] : args.filter((arg) => arg instanceof ImageBitmap);
}

/** Buffers of all arrays in a result that fill their buffer: they move instead of being copied. */
function wholeBuffers(value: unknown, found = new Set<ArrayBuffer>()): Transferable[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength) found.add(value.buffer);
  } else if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) wholeBuffers(part, found);
  }
  return [...found];
}
