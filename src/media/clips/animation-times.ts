/** Browsers show frames that ask for 10 ms or less for 100 ms. Seconds. */
const TOO_SHORT = 0.01;
const INSTEAD = 0.1;

/** GIF counts in hundredths of a second. */
export const GIF_ROUNDING = 0.01;

/**
 * How long each frame of an animated GIF, PNG or WebP stands, seconds, read from the file without decoding; undefined where
 * the format does not tell it so (AVIF) or the file is broken before its first frame. A picture has one frame.
 */
export function animationDurations(bytes: Uint8Array, format: string): number[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: number[] = [];
  const add = (seconds: number) => found.push(seconds <= TOO_SHORT ? INSTEAD : seconds);
  try {
    if (format === 'GIF') walkGif(view, add);
    else if (format === 'PNG') walkPng(view, add);
    else if (format === 'WebP') walkWebp(view, add);
    else return undefined;
  } catch (error) {
    // Cut off: the frames before are there.
    if (!(error instanceof RangeError)) throw error;
  }
  return found.length > 0 ? found : undefined;
}

/** GIF89a: a graphic control extension (delay in 1/100 s) stands before each image. */
function walkGif(view: DataView, add: (seconds: number) => void): void {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let at = 13 + tableSize(view.getUint8(10));
  let delay = 0;
  const skipBlocks = () => {
    for (let length = view.getUint8(at++); length > 0; length = view.getUint8(at++)) at += length;
  };
  for (;;) {
    const kind = view.getUint8(at++);
    if (kind === 0x21) {
      const label = view.getUint8(at++);
      if (label === 0xf9) delay = view.getUint16(at + 2, true) / 100;
      skipBlocks();
    } else if (kind === 0x2c) {
      at += 9 + tableSize(view.getUint8(at + 8)) + 1;
      skipBlocks();
      add(delay);
      delay = 0;
    } else return;
  }
}

/** APNG: each frame has an fcTL chunk; a PNG without any is a picture. */
function walkPng(view: DataView, add: (seconds: number) => void): void {
  let any = false;
  for (let at = 8; ; ) {
    const [length, type] = [view.getUint32(at), view.getUint32(at + 4)];
    if (type === 0x6663544c /* fcTL */) {
      add(view.getUint16(at + 28) / (view.getUint16(at + 30) || 100));
      any = true;
    }
    if (type === 0x49454e44 /* IEND */) break;
    at += 12 + length;
  }
  if (!any) add(1);
}

/** WebP: each frame is an ANMF chunk; a file without any is a picture. */
function walkWebp(view: DataView, add: (seconds: number) => void): void {
  let any = false;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const [type, length] = [view.getUint32(at), view.getUint32(at + 4, true)];
    if (type === 0x414e4d46 /* ANMF */) {
      add((view.getUint32(at + 20, true) & 0xffffff) / 1000);
      any = true;
    }
    at += 8 + length + (length % 2);
  }
  if (!any) add(1);
}

/** Whether the first bytes of a picture (HEAD_BYTES) leave it open that it moves; then the whole file has to be looked at. */
export function mayMove(head: Uint8Array, format: string): boolean {
  const text = new TextDecoder('latin1').decode(head);
  if (format === 'GIF') return true;
  // The flag is in the first chunk of an extended file.
  if (format === 'WebP') return text.startsWith('VP8X', 12) && ((head[20] ?? 0) & 2) !== 0;
  // acTL must come before the pixels, but a colour profile may push it out of sight.
  if (format === 'PNG') return text.includes('acTL') || !text.includes('IDAT');
  return format === 'AVIF' && /^.{4}ftyp.{4,60}avis/s.test(text);
}
