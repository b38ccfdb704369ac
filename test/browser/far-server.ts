import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FarFile {
  readonly content: Buffer;
  readonly type?: string;
  /** Other pages may read it; default true. */
  readonly shared?: boolean;
  /** Parts of it may be asked for; default true. */
  readonly ranges?: boolean;
}

/** Another site, as the page sees it: with or without its leave (CORS), with or without byte ranges. */
export interface FarServer {
  readonly url: string;
  /** What was asked for: path and range. */
  readonly asked: string[];
  readonly sent: () => number;
  /** From now on it fails after so many bytes. */
  failAfter(bytes: number | undefined): void;
  close(): Promise<void>;
}

export async function farServer(files: Readonly<Record<string, FarFile>>): Promise<FarServer> {
  const asked: string[] = [];
  let sent = 0;
  let most: number | undefined;

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = (request.url ?? '/').replace(/\?.*$/, '').slice(1);
    const file = files[path];
    if (file?.shared !== false) allow(response);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    asked.push(`${path} ${request.headers.range ?? ''}`.trim());
    if (!file) return void response.writeHead(404).end();
    const { content, ranges = true, type = 'application/octet-stream' } = file;
    const [, from, to] = (ranges && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')) || [];
    const part = from === undefined ? content : content.subarray(Number(from), Number(to) + 1);
    if (most !== undefined && sent + part.length > most) return void response.writeHead(403).end();
    if (request.method !== 'HEAD') sent += part.length;
    const range =
      from === undefined ? {} : { 'Content-Range': `bytes ${from}-${Number(from) + part.length - 1}/${content.length}` };
    response.writeHead(from === undefined ? 200 : 206, { 'Content-Type': type, 'Content-Length': part.length, ...range });
    response.end(request.method === 'HEAD' ? undefined : part);
  }

  const server = createServer(answer);
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    sent: () => sent,
    failAfter(bytes) {
      most = bytes === undefined ? undefined : sent + bytes;
    },
    close: () =>
      new Promise((settle) => {
        server.close(() => settle());
        server.closeAllConnections();
      }),
  };
}

function allow(response: ServerResponse): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  response.setHeader('Access-Control-Allow-Headers', 'Range');
  response.setHeader('Access-Control-Expose-Headers', 'Content-Range, ETag, Link');
}
