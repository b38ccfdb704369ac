import type { Size } from '../../core/framing.ts';

/** So much of a JPEG may lie before its size: previews and colour profiles. Bytes. */
const BEFORE_SIZE = 1 << 18;

/** What a picture says of its size before it is decoded. Pixels. */
export interface StatedSize extends Size {
  /** A photo may be stored lying on its side, and is turned while it is decoded. */
  readonly mayTurn: boolean;
}

/** The size that a PNG or JPEG states; undefined for others. */
export async function statedSize(file: Blob): Promise<StatedSize | undefined> {
  const head = new DataView(await file.slice(0, 24).arrayBuffer());
  if (head.byteLength < 24) return undefined;
  if (head.getUint32(0) === 0x89504e47) return { width: head.getUint32(16), height: head.getUint32(20), mayTurn: false };
  if (head.getUint16(0) !== 0xffd8) return undefined;
  return jpegSize(new DataView(await file.slice(0, BEFORE_SIZE).arrayBuffer()));
}

/** Segments follow each other up to the start of a frame, which says the size. */
function jpegSize(view: DataView): StatedSize | undefined {
  for (let at = 2; at + 9 <= view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7), mayTurn: true };
  }
  return undefined;
}
