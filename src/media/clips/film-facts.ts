import { type EncodedPacket, EncodedPacketSink, type InputVideoTrack } from 'mediabunny';
import type { ClipFacts } from '../../core/clip.ts';
import { TokenscopeError } from '../../core/errors.ts';
import type { Remark } from '../opened-picture.ts';
import { bitDepthOf, codecName } from './codec-names.ts';
import { outlineOfBoxes, outlineOfSegment } from './cut-off.ts';
import { rhythmOf } from './rhythm.ts';

/** So many frames are looked at for the rate; clips of fewer are counted. */
const PROBED = 2000;
/** Matroska has no table of frames: in larger files (bytes) than this fewer are looked at, and the stated length is believed. */
const LARGE = 64 << 20;
const PROBED_OF_LARGE = 240;
/** Frames between two key frames are hardly ever more. */
const LONGEST_GROUP = 600;
const CONTAINERS: Readonly<Record<string, string>> = {
  MP4: 'MP4',
  'QuickTime File Format': 'QuickTime',
  WebM: 'WebM',
  Matroska: 'Matroska',
};
/** Above this side (pixels) it is worth a word that frames are reduced. */
const WIDE = 4096;

export interface FilmFacts {
  readonly facts: ClipFacts;
  readonly remarks: readonly Remark[];
  /** When the first frame begins by the file's own clock, seconds. */
  readonly first: number;
}

/** Reads what the index of a film tells, and looks at the times of its first frames; decodes nothing. */
export async function factsOf(track: InputVideoTrack, file: Blob, name: string): Promise<FilmFacts> {
  const container = CONTAINERS[(await track.input.getFormat()).name] ?? 'MPEG-TS';
  const first = Math.max(0, await track.getFirstTimestamp());
  const { end, cutOff } = await endOf(track, file, name, container);
  const duration = end - first;
  if (!(duration > 0)) throw new TokenscopeError(cutOff ? 'clip-truncated' : 'clip-damaged', { file: name });
  const most = isMatroska(container) && file.size > LARGE ? PROBED_OF_LARGE : PROBED;
  const times = await timesOf(track, first, end, most);
  const { rate, steady } = rhythmOf(times.list);
  const mean = times.all ? times.list.length / duration : rate;
  const [width, height] = [await track.getDisplayWidth(), await track.getDisplayHeight()];
  const bitDepth = bitDepthOf((await track.getCodecParameterString()) ?? '');
  const facts: ClipFacts = {
    width,
    height,
    duration,
    rate: steady && times.list.length > 1 ? rate : mean,
    frames: times.all ? times.list.length : Math.max(1, Math.round(mean * duration)),
    exact: times.all,
    codec: codecName((await track.getCodec()) ?? ''),
    container,
    ...(bitDepth ? { bitDepth } : {}),
  };
  const remarks = remarksOf(facts, name, { steady, cutOff, hdr: await track.hasHighDynamicRange() });
  return { facts, remarks, first };
}

/** The end of the last frame that is in the file, seconds by its own clock. Throws `clip-truncated` when there is none. */
async function endOf(track: InputVideoTrack, file: Blob, name: string, container: string) {
  if (container === 'MP4' || container === 'QuickTime') {
    const { cutOff } = await outlineOfBoxes(file);
    return { end: cutOff ? await lastReadable(track, name) : await track.computeDuration(), cutOff };
  }
  const cutOff = isMatroska(container) && (await outlineOfSegment(file)).cutOff;
  const stated = isMatroska(container) && file.size > LARGE ? await track.getDurationFromMetadata() : null;
  return { end: stated ?? (await track.computeDuration()), cutOff };
}

function isMatroska(container: string): boolean {
  return container === 'WebM' || container === 'Matroska';
}

/** Where a film breaks off whose index tells of more: found by halving, since frames lie in the order of their times. */
async function lastReadable(track: InputVideoTrack, name: string): Promise<number> {
  const packets = new EncodedPacketSink(track);
  let from = await track.getFirstTimestamp();
  let until = await track.computeDuration();
  let last = await packets.getFirstPacket();
  if (!last) throw new TokenscopeError('clip-truncated', { file: name });
  for (let i = 0; i < 24 && until - from > 0.004; i++) {
    const middle = (from + until) / 2;
    const packet = await packets.getPacket(middle);
    if (packet) [last, from] = [packet, middle];
    else until = middle;
  }
  return (await firstMissing(packets, last)) ?? last.timestamp + last.duration;
}

/** Frames are not stored in the order they are shown: the earliest time, after the last key frame, of one that is not there. */
async function firstMissing(packets: EncodedPacketSink, last: EncodedPacket): Promise<number | undefined> {
  const key = await packets.getKeyPacket(last.timestamp, { metadataOnly: true });
  let [missing, seen] = [Number.POSITIVE_INFINITY, 0];
  for await (const { timestamp } of packets.packets(key ?? undefined, undefined, { metadataOnly: true })) {
    if (timestamp < missing && !(await packets.getPacket(timestamp))) missing = timestamp;
    if (++seen > LONGEST_GROUP || (timestamp > last.timestamp && missing < timestamp)) break;
  }
  return Number.isFinite(missing) ? missing : undefined;
}

/** When the first `most` frames begin, ascending, and whether these are all. Frames trimmed away by the file are not counted. */
async function timesOf(track: InputVideoTrack, first: number, end: number, most: number) {
  const list: number[] = [];
  let all = true;
  for await (const { timestamp, duration } of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    if (timestamp + duration <= first || timestamp >= end) continue;
    if (list.length === most) {
      all = false;
      break;
    }
    list.push(timestamp);
  }
  return { list: list.sort((a, b) => a - b), all };
}

function remarksOf(facts: ClipFacts, name: string, { steady, cutOff, hdr }: { steady: boolean; cutOff: boolean; hdr: boolean }) {
  const { width, height, bitDepth = 8, duration } = facts;
  const remarks: Remark[] = [];
  const tell = (what: string, parameters: Remark['parameters'] = {}) =>
    remarks.push({ text: `sources.notice.${what}`, parameters: { name, ...parameters } });
  if (cutOff) tell('clipCut', { seconds: duration.toFixed(1) });
  if (!steady) tell('clipVarying');
  if (hdr) tell('clipHdr');
  else if (bitDepth > 8) tell('clipDeep', { bits: bitDepth });
  if (Math.max(width, height) > WIDE) tell('clipLarge', { width, height });
  return remarks;
}
