import { TokenscopeError } from '../../core/errors.ts';
import { type ByteSource, blobSource, readBytes } from '../byte-source.ts';
import { type ElementType, elementBytes, elementCount, type StoredTensor, type StoredTensors } from '../tensors.ts';

const MOST_HEADER = 100_000_000;
const PREFIX = 8;
const METADATA = '__metadata__';
/** Of what stands in a header: entries, and lists in them. */
const MOST_DEPTH = 8;
const [QUOTE, COLON, BACKSLASH] = [0x22, 0x3a, 0x5c];

interface Entry {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

/**
 * Reads the header of a safetensors file (https://github.com/huggingface/safetensors#format); the tensors' own bytes are read
 * one by one when asked for. Throws `model-corrupt` for anything the format forbids: a header that is too long or not JSON,
 * keys that occur twice, unknown types, lengths that do not fit, holes, overlaps and bytes left over.
 */
export async function readSafetensors(content: Blob | ByteSource, file: string): Promise<StoredTensors> {
  const source = content instanceof Blob ? blobSource(content, file) : content;
  const fail = (reason: string): never => {
    throw new TokenscopeError('model-corrupt', { file, reason });
  };
  const length = await readHeaderLength(source, fail);
  const start = PREFIX + length;
  const header = parseHeader(await readBytes(source, PREFIX, start), fail);
  const entries = Object.entries(header).filter(([name]) => name !== METADATA);
  checkMetadata(header[METADATA], fail);
  const places = entries.map(([name, value]) => [name, parseEntry(name, value, fail)] as const);
  checkCover(
    places.map(([, entry]) => entry),
    source.size - start,
    fail,
  );
  const tensors = new Map(places.map(([name, entry]) => [name, stored(source, start, entry)]));
  addAliases(tensors, header[METADATA]);
  return tensors;
}

/** Of tensors that share their numbers one is stored, and safetensors' `save_model` notes which: `{left out: stored}`. */
function addAliases(tensors: Map<string, StoredTensor>, metadata: unknown): void {
  for (const [name, kept] of Object.entries(metadata ?? {})) {
    const tensor = tensors.get(String(kept));
    if (tensor && !tensors.has(name)) tensors.set(name, tensor);
  }
}

type Fail = (reason: string) => never;

function stored(source: ByteSource, start: number, { dtype, shape, from, to }: Entry): StoredTensor {
  const span = { source, from: start + from, to: start + to };
  return { dtype, shape, span, bytes: () => readBytes(source, span.from, span.to) };
}

async function readHeaderLength(source: ByteSource, fail: Fail): Promise<number> {
  if (source.size < PREFIX + 2) fail('too short for a safetensors file');
  const length = Number(new DataView(await readBytes(source, 0, PREFIX)).getBigUint64(0, true));
  if (length > MOST_HEADER) fail(`a header of ${length} bytes`);
  if (length > source.size - PREFIX) fail('its header reaches past its end');
  return length;
}

function parseHeader(bytes: ArrayBuffer, fail: Fail): Readonly<Record<string, unknown>> {
  if (new Uint8Array(bytes)[0] !== 0x7b) fail('its header does not begin with {');
  let header: Readonly<Record<string, unknown>>;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text) as Readonly<Record<string, unknown>>; // It begins with {, so it is an object.
  } catch {
    return fail('its header is not JSON');
  }
  // JSON.parse keeps the last of equal keys without a word, so the pairs in the text are counted.
  if (countPairs(text) !== countKeys(header, fail)) fail('a key of its header occurs twice');
  return header;
}

/** Colons outside strings. A regular expression would run out of stack in a string of many megabytes. */
function countPairs(json: string): number {
  let count = 0;
  let quoted = false;
  for (let i = 0; i < json.length; i++) {
    const code = json.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted && code === BACKSLASH) i++;
    else if (!quoted && code === COLON) count++;
  }
  return count;
}

function countKeys(value: unknown, fail: Fail, depth = 0): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MOST_DEPTH) fail('its header is nested too deep');
  const own = Array.isArray(value) ? 0 : Object.keys(value).length;
  return Object.values(value).reduce((sum: number, inner) => sum + countKeys(inner, fail, depth + 1), own);
}

function checkMetadata(metadata: unknown, fail: Fail): void {
  if (metadata === undefined) return;
  const words = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (!words || Object.values(metadata).some((value) => typeof value !== 'string')) fail(`${METADATA} is not a map of words`);
}

function parseEntry(name: string, value: unknown, fail: Fail): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype)) fail(`tensor ${name} has the type ${String(dtype)}`);
  if (!isSizes(shape)) return fail(`tensor ${name} has no shape`);
  if (!isSizes(offsets) || offsets.length !== 2) return fail(`tensor ${name} has no place`);
  const [from, to] = offsets as [number, number];
  const bytes = elementCount(shape) * elementBytes[dtype as ElementType];
  if (!Number.isSafeInteger(bytes) || to - from !== bytes) fail(`tensor ${name} has the wrong length`);
  return { dtype: dtype as ElementType, shape, from, to };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** The tensors must follow each other without holes or overlaps and end with the file. */
function checkCover(entries: readonly Entry[], size: number, fail: Fail): void {
  let at = 0;
  for (const { from, to } of [...entries].sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== at) fail(from > at ? 'bytes between its tensors' : 'tensors that overlap');
    at = to;
  }
  if (at !== size) fail(at > size ? 'it ends within a tensor' : 'bytes after its last tensor');
}

export interface TensorToWrite {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
  readonly data: ArrayBufferView;
}

export interface WrittenTensors {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each tensor's bytes stand in the file: what ONNX's external data asks for. */
  readonly places: ReadonlyMap<string, { readonly offset: number; readonly length: number }>;
}

/** A safetensors file. Wide elements come first, so that every tensor is aligned to its element. */
export function writeSafetensors(tensors: ReadonlyMap<string, TensorToWrite>): WrittenTensors {
  const ordered = [...tensors].sort(([, a], [, b]) => elementBytes[b.dtype] - elementBytes[a.dtype]);
  const header: Record<string, unknown> = {};
  let at = 0;
  for (const [name, { dtype, shape, data }] of ordered) {
    header[name] = { dtype, shape, data_offsets: [at, at + data.byteLength] };
    at += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const start = PREFIX + Math.ceil(json.length / PREFIX) * PREFIX;
  const bytes = new Uint8Array(start + at).fill(0x20, PREFIX, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - PREFIX), true);
  bytes.set(json, PREFIX);
  return { bytes, places: place(bytes, start, ordered) };
}

function place(bytes: Uint8Array, start: number, ordered: readonly (readonly [string, TensorToWrite])[]) {
  const places = new Map<string, { offset: number; length: number }>();
  let offset = start;
  for (const [name, { data }] of ordered) {
    const length = data.byteLength;
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, length), offset);
    places.set(name, { offset, length });
    offset += length;
  }
  return places;
}
