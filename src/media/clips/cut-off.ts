/** What the outer boxes of a film say: its index, where it is whole, and whether the file ends before its content does. */
export interface FilmOutline {
  readonly index?: Blob;
  readonly cutOff: boolean;
}

/** More boxes than this only fragmented films have, and those are read to their last whole fragment anyway. */
const MOST_BOXES = 2000;

/** Walks the outer boxes of an MP4 or QuickTime file; reads 16 bytes of each. */
export async function outlineOfBoxes(file: Blob): Promise<FilmOutline> {
  let index: Blob | undefined;
  let at = 0;
  for (let i = 0; i < MOST_BOXES && at < file.size; i++) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    if (head.byteLength < 8) return { ...(index ? { index } : {}), cutOff: true };
    const size = boxSize(head, file.size - at);
    if (size < 8) break;
    if (head.getUint32(4) === 0x6d6f6f76 /* moov */ && at + size <= file.size) index = file.slice(at, at + size);
    at += size;
  }
  return { ...(index ? { index } : {}), cutOff: at > file.size };
}

/** 0 means to the end of the file, 1 that 64 bits follow. */
function boxSize(head: DataView, rest: number): number {
  const size = head.getUint32(0);
  if (size === 0) return rest;
  if (size !== 1) return size;
  return head.byteLength < 16 ? rest + 1 : Number(head.getBigUint64(8));
}

/** Whether a WebM or Matroska file ends before the length its segment states; live recordings state none. */
export async function outlineOfSegment(file: Blob): Promise<FilmOutline> {
  const bytes = new Uint8Array(await file.slice(0, 256).arrayBuffer());
  const header = sizeAt(bytes, 4);
  const segment = 4 + header.length + header.value;
  const { value, length, known } = sizeAt(bytes, segment + 4);
  return { cutOff: known && segment + 4 + length + value > file.size };
}

/** EBML: the leading zeros of the first byte tell how many follow; all ones mean unknown. */
function sizeAt(bytes: Uint8Array, at: number): { readonly value: number; readonly length: number; readonly known: boolean } {
  const first = bytes[at] ?? 0;
  const length = first === 0 ? 8 : Math.clz32(first) - 23;
  let value = first & ((1 << (8 - length)) - 1);
  for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0);
  return { value, length, known: value !== 2 ** (7 * length) - 1 };
}
