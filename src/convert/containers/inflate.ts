import { damaged, unsafe } from './failure.ts';

/**
 * Deflated bytes (RFC 1951), which must come to `size` exactly; nothing beyond that is ever held. Throws `checkpoint-damaged`,
 * and `checkpoint-unsafe` when there is more than promised.
 */
export async function inflate(packed: Blob, size: number, file: string, entry: string): Promise<Uint8Array<ArrayBuffer>> {
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const broken = damaged(file);
  for (;;) {
    const { done, value } = await reader.read().catch(() => broken(`${entry} cannot be unpacked`));
    if (done) break;
    length += value.length;
    if (length > size) {
      await reader.cancel().catch(() => {});
      return unsafe(file)(`${entry} unpacks to more than it promises`);
    }
    pieces.push(value);
  }
  if (length !== size) broken(`${entry} unpacks to ${length} bytes instead of ${size}`);
  return join(pieces, length);
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
