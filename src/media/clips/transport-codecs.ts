/** What a transport stream says of itself: names of its video codecs, and whether its list of streams was found. */
export interface TransportOutline {
  readonly listed: boolean;
  readonly video: readonly string[];
}

const PACKET = 188;
const SYNC = 0x47;
/** Stream types of ISO/IEC 13818-1, table 2-34, that are video. */
const VIDEO: Readonly<Record<number, string>> = {
  1: 'MPEG-1',
  2: 'MPEG-2',
  16: 'MPEG-4 Part 2',
  27: 'H.264',
  36: 'HEVC (H.265)',
  51: 'VVC (H.266)',
  66: 'AVS',
  234: 'VC-1',
};

/** Reads the program table at the beginning of an MPEG transport stream. */
export function outlineOfTransport(bytes: Uint8Array): TransportOutline {
  const program = sectionOf(bytes, 0);
  // The first program that is not the network's own table.
  const at = program ? [...steps(8, program.length - 4, 4)].find((i) => pairAt(program, i) !== 0) : undefined;
  const map = program && at !== undefined ? sectionOf(bytes, pairAt(program, at + 2) & 0x1fff) : undefined;
  if (!map) return { listed: false, video: [] };
  const video: string[] = [];
  for (let i = 12 + (pairAt(map, 10) & 0xfff); i + 5 <= map.length - 4; i += 5 + (pairAt(map, i + 3) & 0xfff)) {
    const name = VIDEO[map[i]!];
    if (name) video.push(name);
  }
  return { listed: true, video };
}

function* steps(from: number, until: number, by: number): Generator<number> {
  for (let i = from; i + by <= until; i += by) yield i;
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** The table that begins in the first packet of a stream, as far as that packet holds it. */
function sectionOf(bytes: Uint8Array, stream: number): Uint8Array | undefined {
  for (let at = 0; at + PACKET <= bytes.length && bytes[at] === SYNC; at += PACKET) {
    const begins = (bytes[at + 1]! & 0x40) !== 0;
    if (!begins || (pairAt(bytes, at + 1) & 0x1fff) !== stream) continue;
    const adaptation = bytes[at + 3]! & 0x20 ? 1 + bytes[at + 4]! : 0;
    const start = at + 4 + adaptation;
    const section = start + 1 + (bytes[start] ?? 0);
    const end = Math.min(at + PACKET, section + 3 + (pairAt(bytes, section + 1) & 0xfff));
    if (section < end) return bytes.subarray(section, end);
  }
  return undefined;
}
