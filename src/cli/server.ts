import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.md': 'text/markdown; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.woff2': 'font/woff2',
};

/** Threads for WASM need an isolated page: https://web.dev/articles/coop-coep. */
const ISOLATION = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export interface ServeOptions {
  /** Folder to serve. */
  readonly root: string;
  /** 0 (the default) takes any free port. */
  readonly port?: number;
  /** Path under which the site lies, e.g. `/class/tokens/`. */
  readonly base?: string;
  /** Without: no isolation headers, like a plain static host. */
  readonly headers?: boolean;
  /** A test's own answer for a path (below the base), instead of the file. */
  readonly answer?: (path: string) => Answer | undefined;
}

export interface Answer {
  readonly status: number;
  readonly type?: string;
  readonly body: string | Buffer;
}

export interface Site {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves a folder on this machine only: right types, hashed files cached for good, text compressed, ranges for resuming. */
export async function serveSite(options: ServeOptions): Promise<Site> {
  const base = options.base ?? '/';
  const server = createServer((request, response) => {
    respond(request, response, options, base).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : undefined);
    });
  });
  await new Promise<void>((settle, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', settle);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://localhost:${port}${base}`,
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeAllConnections();
      }),
  };
}

async function respond(request: IncomingMessage, response: ServerResponse, options: ServeOptions, base: string): Promise<void> {
  if (options.headers !== false) for (const [name, value] of Object.entries(ISOLATION)) response.setHeader(name, value);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const { pathname } = new URL(request.url ?? '/', 'http://localhost');
  const path = inside(decodeURIComponent(pathname), base);
  const own = path === undefined ? undefined : options.answer?.(path);
  if (own) return send(response, own.status, own.type ?? 'text/plain', Buffer.from(own.body));
  const file = path === undefined ? undefined : join(options.root, path);
  if (!file || !existsSync(file) || !statSync(file).isFile()) {
    return send(response, 404, 'text/plain; charset=utf-8', Buffer.from('Nothing here.\n'));
  }
  await sendFile(request, response, file, path?.startsWith('assets/') ?? false);
}

/** The path below the base; a folder stands for its index.html. undefined outside. */
function inside(pathname: string, base: string): string | undefined {
  if (!pathname.startsWith(base)) return undefined;
  const path = normalize(pathname.slice(base.length) || 'index.html');
  if (path.startsWith('..')) return undefined;
  return path.endsWith('/') ? `${path}index.html` : path;
}

async function sendFile(request: IncomingMessage, response: ServerResponse, file: string, hashed: boolean): Promise<void> {
  const { size, mtimeMs } = statSync(file);
  const etag = `"${createHash('sha256').update(`${size} ${mtimeMs}`).digest('base64url').slice(0, 16)}"`;
  const type = TYPES[extname(file)] ?? 'application/octet-stream';
  response.setHeader('ETag', etag);
  // Names of built assets hold a hash of their content; everything else is asked for again.
  response.setHeader('Cache-Control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  const range = wantedRange(request, size, etag);
  if (range) return sendRange(response, file, type, range, size);
  if (/^text\/|json|svg/.test(type)) return sendText(request, response, file, type);
  // WASM and weights go as they are: over the loopback, compressing costs more time than it saves.
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': size, 'Accept-Ranges': 'bytes' });
  if (request.method === 'HEAD') response.end();
  else createReadStream(file).pipe(response);
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** One range from a start, as a resumed download asks for it; anything else gets the whole file. */
function wantedRange(request: IncomingMessage, size: number, etag: string): Range | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const still = request.headers['if-range'];
  if (from === undefined || (still && still !== etag) || Number(from) >= size) return undefined;
  return { from: Number(from), to: to ? Math.min(Number(to), size - 1) : size - 1 };
}

function sendRange(response: ServerResponse, file: string, type: string, { from, to }: Range, size: number): void {
  response.writeHead(206, {
    'Content-Type': type,
    'Content-Length': to - from + 1,
    'Content-Range': `bytes ${from}-${to}/${size}`,
  });
  createReadStream(file, { start: from, end: to }).pipe(response);
}

async function sendText(request: IncomingMessage, response: ServerResponse, file: string, type: string): Promise<void> {
  const accepted = String(request.headers['accept-encoding'] ?? '');
  const encoding = accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : undefined;
  response.setHeader('Vary', 'Accept-Encoding');
  if (!encoding) return send(response, 200, type, readFileSync(file));
  response.setHeader('Content-Encoding', encoding);
  send(response, 200, type, await compressed(file, encoding));
}

const kept = new Map<string, Promise<Buffer>>();

/** Compressed once for each version of a file. */
function compressed(file: string, encoding: 'br' | 'gzip'): Promise<Buffer> {
  const key = `${encoding} ${statSync(file).mtimeMs} ${file}`;
  let result = kept.get(key);
  if (!result) {
    const bytes = readFileSync(file);
    result =
      encoding === 'br'
        ? promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
        : promisify(gzip)(bytes);
    kept.set(key, result);
  }
  return result;
}

function send(response: ServerResponse, status: number, type: string, body: Buffer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': body.length });
  response.end(body);
}
