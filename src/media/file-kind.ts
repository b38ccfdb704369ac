/** What a file is, by its first bytes; its name says nothing. `format` is the name people know. */
export interface FileKind {
  readonly family: 'picture' | 'video' | 'model' | 'archive' | 'pdf' | 'text' | 'unknown';
  readonly format: string;
}

/** How many bytes of a file `fileKind` wants to see. */
export const HEAD_BYTES = 4096;

/** Bytes at a place, as text (one character a byte). */
type Signature = readonly [at: number, bytes: string, FileKind['family'], format: string];

const SIGNATURES: readonly Signature[] = [
  [0, '\xff\xd8\xff', 'picture', 'JPEG'],
  [0, '\x89PNG\r\n\x1a\n', 'picture', 'PNG'],
  [0, 'GIF8', 'picture', 'GIF'],
  [8, 'WEBP', 'picture', 'WebP'],
  [0, 'II*\0', 'picture', 'TIFF'],
  [0, 'MM\0*', 'picture', 'TIFF'],
  [0, 'II+\0', 'picture', 'BigTIFF'],
  [0, 'MM\0+', 'picture', 'BigTIFF'],
  [0, '\0\0\x01\0', 'picture', 'ICO'],
  [0, '8BPS', 'picture', 'PSD'],
  [0, '\xff\x0a', 'picture', 'JPEG XL'],
  [4, 'JXL ', 'picture', 'JPEG XL'],
  [4, 'jP  ', 'picture', 'JPEG 2000'],
  [0, '\x76\x2f\x31\x01', 'picture', 'OpenEXR'],
  [0, '#?RADIANCE', 'picture', 'Radiance HDR'],
  [0, 'qoif', 'picture', 'QOI'],
  [0, 'P5\n', 'picture', 'PGM'],
  [0, 'P6\n', 'picture', 'PPM'],
  [0, '\x1a\x45\xdf\xa3', 'video', 'WebM'],
  [8, 'AVI ', 'video', 'AVI'],
  [0, 'OggS', 'video', 'Ogg'],
  [0, 'FLV\x01', 'video', 'Flash Video'],
  [0, '\0\0\x01\xba', 'video', 'MPEG'],
  [4, 'moov', 'video', 'QuickTime'],
  [4, 'mdat', 'video', 'QuickTime'],
  [4, 'wide', 'video', 'QuickTime'],
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'video', 'Windows Media'],
  [0, '%PDF', 'pdf', 'PDF'],
  [0, 'GGUF', 'model', 'GGUF'],
  [0, '\x89HDF', 'model', 'HDF5'],
  [0, '\x80\x02', 'model', 'pickle'],
  [0, '\x80\x03', 'model', 'pickle'],
  [0, '\x80\x04', 'model', 'pickle'],
  [0, '\x80\x05', 'model', 'pickle'],
  [0, '\x1f\x8b', 'archive', 'gzip'],
  [0, '7z\xbc\xaf', 'archive', '7z'],
  [0, 'Rar!', 'archive', 'RAR'],
  [0, '\xfd7zXZ', 'archive', 'xz'],
  [0, 'BZh', 'archive', 'bzip2'],
  [0, '\x28\xb5\x2f\xfd', 'archive', 'zstd'],
  [257, 'ustar', 'archive', 'tar'],
];

const UNKNOWN: FileKind = { family: 'unknown', format: '' };

/** The kind of a file that begins with `head` (HEAD_BYTES of it, or all there is). */
export function fileKind(head: Uint8Array): FileKind {
  const text = Array.from(head.subarray(0, HEAD_BYTES), (byte) => String.fromCharCode(byte)).join('');
  const known = SIGNATURES.find(([at, bytes]) => text.startsWith(bytes, at));
  if (known) return { family: known[2], format: known[3] };
  return (
    boxKind(text) ??
    packetKind(text) ??
    bitmapKind(head, text) ??
    zipKind(text) ??
    modelKind(head, text) ??
    textKind(head) ??
    UNKNOWN
  );
}

/** ISO base media: one container for AVIF, HEIC and MP4, told apart by brands. */
function boxKind(text: string): FileKind | undefined {
  if (text.slice(4, 8) !== 'ftyp') return undefined;
  const length = Math.max(16, Math.min(256, text.charCodeAt(2) * 256 + text.charCodeAt(3)));
  const brands = text.slice(8, length);
  if (/avi[fs]/.test(brands)) return { family: 'picture', format: 'AVIF' };
  if (/hei[cxms]|hev[cxms]|mif1|msf1/.test(brands)) return { family: 'picture', format: 'HEIC' };
  return { family: 'video', format: brands.startsWith('qt') ? 'QuickTime' : 'MP4' };
}

/** MPEG transport streams: packets of 188 bytes, each beginning with G. */
function packetKind(text: string): FileKind | undefined {
  return text.length > 376 && [0, 188, 376].every((at) => text[at] === 'G') ? { family: 'video', format: 'MPEG-TS' } : undefined;
}

const BITMAP_HEADERS = [12, 40, 52, 56, 64, 108, 124];

function bitmapKind(head: Uint8Array, text: string): FileKind | undefined {
  return text.startsWith('BM') && BITMAP_HEADERS.includes(head[14] ?? 0) && head[15] === 0
    ? { family: 'picture', format: 'BMP' }
    : undefined;
}

function zipKind(text: string): FileKind | undefined {
  if (!text.startsWith('PK\x03\x04')) return undefined;
  return /^.{30}[^/]*\/(?:data\.pkl|\.format_version|version|byteorder|code\/|constants|data\/)/s.test(text)
    ? { family: 'model', format: 'PyTorch' }
    : { family: 'archive', format: 'ZIP' };
}

/** Tags of the fields that follow the version in an ONNX file. */
const ONNX_FIELDS = [0x12, 0x1a, 0x22, 0x2a, 0x32, 0x3a, 0x42];

function modelKind(head: Uint8Array, text: string): FileKind | undefined {
  if (head[0] === 8 && head[1]! > 0 && head[1]! < 32 && ONNX_FIELDS.includes(head[2]!))
    return { family: 'model', format: 'ONNX' };
  // 64-bit length of the JSON header, then the header.
  if (text.slice(4, 8) === '\0\0\0\0' && text[8] === '{') return { family: 'model', format: 'safetensors' };
  return isMsgpackMap(text) ? { family: 'model', format: 'Flax msgpack' } : undefined;
}

/** A map (fixmap, map16 or map32) whose first key is a short string, as Flax writes parameter trees. */
function isMsgpackMap(text: string): boolean {
  return /^(?:[\x81-\x8f]|\xde..|\xdf....)[\xa1-\xbf][\w./]/s.test(text);
}

/** SVG, or any other text. */
function textKind(head: Uint8Array): FileKind | undefined {
  const wide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  const text = new TextDecoder(wide ? 'utf-16' : 'utf-8').decode(head, { stream: true });
  if (/^\uFEFF?\s*<(?!!doctype html|html)/i.test(text) && /<(?:\w+:)?svg[\s>]/i.test(text))
    return { family: 'picture', format: 'SVG' };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what tells text from other bytes.
  return head.length > 0 && !/[\0-\x08\x0e-\x1a\x1c-\x1f\uFFFD]/.test(text) ? { family: 'text', format: 'text' } : undefined;
}
