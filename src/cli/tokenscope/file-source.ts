import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ByteSource } from '../../convert/byte-source.ts';

/** A file on disk, read where it is asked for. */
export async function fileSource(path: string): Promise<ByteSource & { close(): Promise<void> }> {
  const handle = await open(path).catch(() => {
    throw new Error(`${path} cannot be opened.`);
  });
  const { size } = await handle.stat();
  return {
    name: basename(path),
    size,
    slice: async (from, to) => new Blob([await readPart(handle, from, Math.min(to, size))]),
    close: () => handle.close(),
  };
}

async function readPart(handle: FileHandle, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(Math.max(0, to - from));
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await handle.read(bytes, at, bytes.length - at, from + at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return bytes;
}
