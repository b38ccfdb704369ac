/** Bytes that are read where they are needed: a visitor's file, or one on a server that serves ranges. */
export interface ByteSource {
  /** Its name, for what is said about it. */
  readonly name: string;
  readonly size: number;
  /** Bytes from `from` to before `to`. A Blob's slice costs nothing until somebody reads it; a server is asked at once. */
  slice(from: number, to: number): Promise<Blob>;
}

export function blobSource(blob: Blob, name: string): ByteSource {
  return { name, size: blob.size, slice: async (from, to) => blob.slice(from, to) };
}

/** Bytes from `from` to before `to`, in memory. */
export async function readBytes(source: ByteSource, from: number, to: number): Promise<ArrayBuffer> {
  return (await source.slice(from, to)).arrayBuffer();
}
