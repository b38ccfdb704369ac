import { type ByteSource, readBytes } from '../byte-source.ts';
import { damaged, type Fail, unsafe } from './failure.ts';
import { inflate } from './inflate.ts';

/** One file in a zip archive, as the archive's directory tells it. Sizes in bytes. */
export interface ZipEntry {
  readonly name: string;
  readonly size: number;
  readonly packed: number;
  readonly deflated: boolean;
  /** Where its local header stands, and where whatever follows it begins. */
  readonly header: number;
  readonly limit: number;
}

export interface ZipArchive {
  readonly source: ByteSource;
  readonly entries: ReadonlyMap<string, ZipEntry>;
}

const END = 0x06054b50;
const END_SIZE = 22;
const LOCATOR = 0x07064b50;
const LOCATOR_SIZE = 20;
const END64 = 0x06064b50;
const END64_SIZE = 56;
const ENTRY = 0x02014b50;
const ENTRY_SIZE = 46;
const LOCAL = 0x04034b50;
const LOCAL_SIZE = 30;
const EXTRA64 = 1;
const LONG = 0xffffffff;
const MOST_COMMENT = 0xffff;
const MOST_DIRECTORY = 64 * 2 ** 20;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads the directory of a zip archive (PKWARE APPNOTE 6.3, with ZIP64). Sizes and offsets come from there: local headers of
 * PyTorch's files leave them zero. Throws `checkpoint-damaged`; and `checkpoint-unsafe` for entries that overlap, have the
 * same name or names that lead out of the archive.
 */
export async function readZip(source: ByteSource): Promise<ZipArchive> {
  const fail = damaged(source.name);
  const tailAt = Math.max(0, source.size - END_SIZE - MOST_COMMENT);
  const tail = new DataView(await readBytes(source, tailAt, source.size));
  const directory = await findDirectory(source, tail, tailAt, fail);
  const { from, to } = directory;
  const bytes = from >= tailAt ? tail.buffer.slice(from - tailAt, to - tailAt) : await readBytes(source, from, to);
  const entries = parseDirectory(new DataView(bytes), directory.count, source.name);
  return { source, entries: checkPlaces(entries, from, unsafe(source.name)) };
}

interface Directory {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

async function findDirectory(source: ByteSource, tail: DataView, tailAt: number, fail: Fail): Promise<Directory> {
  const at = findEnd(tail);
  if (at === undefined) return fail('its end is missing');
  let count = tail.getUint16(at + 10, true);
  let length = tail.getUint32(at + 12, true);
  let from = tail.getUint32(at + 16, true);
  if (count === 0xffff || length === LONG || from === LONG) {
    const locator = tailAt + at - LOCATOR_SIZE;
    if (locator < 0) fail('its directory is missing');
    const end64 = await readEnd64(source, locator, fail);
    [count, length, from] = [end64.count, end64.length, end64.from];
  }
  if (length > MOST_DIRECTORY || count > MOST_DIRECTORY / ENTRY_SIZE) fail(`a directory of ${length} bytes`);
  if (from + length > tailAt + at) fail('its directory reaches past its end');
  return { from, to: from + length, count };
}

/** The last end record whose comment fits. */
function findEnd(tail: DataView): number | undefined {
  for (let at = tail.byteLength - END_SIZE; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    if (at + END_SIZE + tail.getUint16(at + 20, true) <= tail.byteLength) return at;
  }
  return undefined;
}

async function readEnd64(source: ByteSource, locatorAt: number, fail: Fail) {
  const locator = new DataView(await readBytes(source, locatorAt, locatorAt + LOCATOR_SIZE));
  if (locator.byteLength < LOCATOR_SIZE || locator.getUint32(0, true) !== LOCATOR) fail('its 64-bit end is missing');
  const at = readLong(locator, 8);
  if (at + END64_SIZE > locatorAt) fail('its 64-bit end is missing');
  const end = new DataView(await readBytes(source, at, at + END64_SIZE));
  if (end.byteLength < END64_SIZE || end.getUint32(0, true) !== END64) fail('its 64-bit end is missing');
  return { count: readLong(end, 32), length: readLong(end, 40), from: readLong(end, 48) };
}

/** Beyond 2^53 it is no place in any file; the checks that follow refuse it. */
function readLong(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

type Listed = Omit<ZipEntry, 'limit'>;

function parseDirectory(view: DataView, count: number, file: string): readonly Listed[] {
  const fail = damaged(file);
  const entries: Listed[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_SIZE > view.byteLength || view.getUint32(at, true) !== ENTRY) fail('its directory is broken');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const next = at + ENTRY_SIZE + nameLength + extraLength + view.getUint16(at + 32, true);
    if (next > view.byteLength) fail('its directory is broken');
    entries.push(parseEntry(view, at, file));
    at = next;
  }
  return entries;
}

function parseEntry(view: DataView, at: number, file: string): Listed {
  const nameLength = view.getUint16(at + 28, true);
  const name = new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + at + ENTRY_SIZE, nameLength));
  if (leadsOut(name)) unsafe(file)(`an entry named ${JSON.stringify(name.slice(0, 80))}`);
  const flags = view.getUint16(at + 8, true);
  if (flags & 1) damaged(file)(`${name} is encrypted`);
  const method = view.getUint16(at + 10, true);
  if (method !== STORED && method !== DEFLATED) damaged(file)(`${name} is packed with method ${method}`);
  const { size, packed, header } = readSizes(view, at, damaged(file));
  if (method === STORED && size !== packed) damaged(file)(`${name} has two sizes`);
  return { name, size, packed, deflated: method === DEFLATED, header };
}

/** Fields too long for 32 bits stand in an extra field, in this order and only those. */
function readSizes(view: DataView, at: number, fail: Fail) {
  const short = {
    size: view.getUint32(at + 24, true),
    packed: view.getUint32(at + 20, true),
    header: view.getUint32(at + 42, true),
  };
  if (short.size !== LONG && short.packed !== LONG && short.header !== LONG) return short;
  const from = at + ENTRY_SIZE + view.getUint16(at + 28, true);
  const extra = findExtra(view, from, from + view.getUint16(at + 30, true));
  if (!extra) return fail('a 64-bit size is missing');
  let field = extra.from;
  const long = (value: number): number => {
    if (value !== LONG) return value;
    if (field + 8 > extra.to) return fail('a 64-bit size is missing');
    field += 8;
    return readLong(view, field - 8);
  };
  const size = long(short.size);
  const packed = long(short.packed);
  return { size, packed, header: long(short.header) };
}

function findExtra(view: DataView, from: number, end: number): { from: number; to: number } | undefined {
  for (let at = from; at + 4 <= end; ) {
    const to = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === EXTRA64) return to <= end ? { from: at + 4, to } : undefined;
    at = to;
  }
  return undefined;
}

/** Names that would be written somewhere else if anyone unpacked the archive. Nobody here does, but a checkpoint has none. */
function leadsOut(name: string): boolean {
  return /^[/\\]|^[a-z]:|\0/i.test(name) || name.split(/[/\\]/).includes('..');
}

/** Entries may neither overlap (the trick of small archives that unpack to petabytes) nor reach into the directory. */
function checkPlaces(listed: readonly Listed[], directory: number, fail: Fail): ReadonlyMap<string, ZipEntry> {
  const ordered = [...listed].sort((a, b) => a.header - b.header);
  const entries = new Map<string, ZipEntry>();
  for (const [i, entry] of ordered.entries()) {
    const limit = ordered[i + 1]?.header ?? directory;
    if (entry.header + LOCAL_SIZE + entry.packed > limit) fail('entries that overlap');
    if (entries.has(entry.name)) fail(`two entries named ${entry.name}`);
    entries.set(entry.name, { ...entry, limit });
  }
  return entries;
}

/** Bytes of an entry as a source of its own. Deflated ones are unpacked as a whole, up to `most` bytes. */
export function entrySource({ source }: ZipArchive, entry: ZipEntry, most: number): ByteSource {
  if (entry.deflated) return deflatedSource(source, entry, most);
  let start: Promise<number> | undefined;
  return {
    name: source.name,
    size: entry.size,
    async slice(from, to) {
      if (start === undefined && (to - from) * 2 > entry.size) {
        // Header and content in one piece: one request to a server. Of a Blob only the header's bytes are read.
        const region = await source.slice(entry.header, entry.limit);
        start = readStart(source.name, entry, region);
        const at = (await start) - entry.header;
        return region.slice(at + from, at + to);
      }
      start ??= source.slice(entry.header, entry.header + LOCAL_SIZE).then((local) => readStart(source.name, entry, local));
      const at = await start;
      return source.slice(at + from, at + to);
    },
  };
}

/** Where the entry's content begins: behind its local header, whose lengths differ from those in the directory. */
async function readStart(file: string, entry: ZipEntry, region: Blob): Promise<number> {
  const fail = damaged(file);
  const local = new DataView(await region.slice(0, LOCAL_SIZE).arrayBuffer());
  if (local.byteLength < LOCAL_SIZE || local.getUint32(0, true) !== LOCAL) fail(`${entry.name} has no header of its own`);
  const start = entry.header + LOCAL_SIZE + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + entry.packed > entry.limit) unsafe(file)('entries that overlap');
  return start;
}

function deflatedSource(source: ByteSource, entry: ZipEntry, most: number): ByteSource {
  let content: Promise<Blob> | undefined;
  const unpack = async () => {
    if (entry.size > most) unsafe(source.name)(`${entry.name} would unpack to ${entry.size} bytes`);
    const region = await source.slice(entry.header, entry.limit);
    const at = (await readStart(source.name, entry, region)) - entry.header;
    return new Blob([await inflate(region.slice(at, at + entry.packed), entry.size, source.name, entry.name)]);
  };
  return {
    name: source.name,
    size: entry.size,
    async slice(from, to) {
      content ??= unpack();
      return (await content).slice(from, to);
    },
  };
}
