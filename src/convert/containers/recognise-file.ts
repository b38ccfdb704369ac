import { type ByteSource, readBytes } from '../byte-source.ts';

/** What a file is, by its first bytes; `format` names what cannot be read here. */
export type FileKind =
  | { readonly kind: 'zip' | 'pickle' | 'safetensors' | 'flax' | 'json' | 'text' | 'pointer' | 'page' | 'unknown' }
  | { readonly kind: 'format'; readonly format: string };

const HEAD = 512;
const MOST_SAFETENSORS_HEADER = 100_000_000;

const formats: readonly (readonly [format: string, at: number, begins: readonly number[]])[] = [
  ['HDF5 / Keras', 0, [0x89, 0x48, 0x44, 0x46]],
  ['GGUF', 0, [0x47, 0x47, 0x55, 0x46]],
  ['GGML', 0, [0x6c, 0x6d, 0x67, 0x67]],
  ['gzip', 0, [0x1f, 0x8b]],
  ['7z', 0, [0x37, 0x7a, 0xbc, 0xaf]],
  ['RAR', 0, [0x52, 0x61, 0x72, 0x21]],
  ['xz', 0, [0xfd, 0x37, 0x7a, 0x58]],
  ['Zstandard', 0, [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', 0, [0x42, 0x5a, 0x68]],
  ['TFLite', 4, [0x54, 0x46, 0x4c, 0x33]],
  ['NumPy .npy', 0, [0x93, 0x4e, 0x55, 0x4d]],
  ['tar', 257, [0x75, 0x73, 0x74, 0x61, 0x72]],
];

/** The names of files play no part in it. */
export async function recogniseFile(source: ByteSource): Promise<FileKind> {
  const head = new Uint8Array(await readBytes(source, 0, Math.min(HEAD, source.size)));
  const format = formats.find(([, at, begins]) => begins.every((byte, i) => head[at + i] === byte));
  if (format) return { kind: 'format', format: format[0] };
  // PK, then a file or, in an archive without any, the end.
  if (head[0] === 0x50 && head[1] === 0x4b && (head[2] === 3 || head[2] === 5)) return { kind: 'zip' };
  if (head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5) return { kind: 'pickle' };
  if (isSafetensors(head)) return { kind: 'safetensors' };
  if (isMap(head)) return { kind: 'flax' };
  return { kind: kindOfText(head) };
}

/** A length, then JSON: `{` with nothing before it. */
function isSafetensors(head: Uint8Array): boolean {
  if (head.length < 10 || head[8] !== 0x7b) return false;
  const length = Number(new DataView(head.buffer).getBigUint64(0, true));
  return length >= 2 && length <= MOST_SAFETENSORS_HEADER;
}

/** A msgpack map whose first key is a word. */
function isMap(head: Uint8Array): boolean {
  const [code = 0] = head;
  const key = code > 0x80 && code <= 0x8f ? 1 : code === 0xde ? 3 : code === 0xdf ? 5 : undefined;
  const first = key === undefined ? undefined : head[key];
  return first !== undefined && ((first >= 0xa0 && first <= 0xbf) || (first >= 0xd9 && first <= 0xdb));
}

function kindOfText(head: Uint8Array): 'json' | 'text' | 'pointer' | 'page' | 'unknown' {
  if (head.length === 0 || head.some((byte) => byte < 9)) return 'unknown';
  const text = new TextDecoder()
    .decode(head)
    .replace(/^\ufeff/, '')
    .trimStart();
  if (text.startsWith('version https://git-lfs.github.com/')) return 'pointer';
  if (/^<(!doctype|html|\?xml|head)/i.test(text)) return 'page';
  if (/^[{[]/.test(text)) return 'json';
  return text.includes('\ufffd') && head.length < HEAD ? 'unknown' : 'text';
}
