import { type EncodedPacket, EncodedPacketSink, type InputVideoTrack } from 'mediabunny';
import { TokenscopeError } from '../../core/errors.ts';
import { outlineOfBoxes, outlineOfSegment } from './cut-off.ts';
import { rhythmOf } from './rhythm.ts';

/** So many frames are looked at for the rate; clips of fewer are counted. */
const PROBED = 2000;
/** Matroska has no table of frames: in larger files (bytes) than this fewer are looked at, and the stated length is believed. */
const LARGE = 64 << 20;
const PROBED_OF_LARGE = 240;
/** Frames between two key frames are hardly ever more. */
const LONGEST_GROUP = 600;

export interface FilmTiming {
  /** When the first frame begins by the file's own clock, seconds. */
  readonly first: number;
  /** Seconds. */
  readonly duration: number;
  /** Mean frames per second. */
  readonly rate: number;
  readonly fastest?: number;
  readonly frames: number;
  /** Whether all frames were counted. */
  readonly exact: boolean;
  /** Whether they come evenly, as far as was looked. */
  readonly steady: boolean;
  /** How much after its even place a frame comes at most, where they come evenly. Seconds. */
  readonly late: number;
  /** Whether the file ends before its content does. */
  readonly cutOff: boolean;
}

/** When the frames of a film stand, by its index and its first frames. Throws `clip-truncated` and `clip-damaged`. */
export async function timingOf(track: InputVideoTrack, file: Blob, name: string, container: string): Promise<FilmTiming> {
  const first = Math.max(0, await track.getFirstTimestamp());
  const { end: stated, cutOff } = await endOf(track, file, name, container);
  const isLarge = isMatroska(container) && file.size > LARGE;
  const { list, all } = await timesOf(
    track,
    first,
    cutOff ? stated : Number.POSITIVE_INFINITY,
    isLarge ? PROBED_OF_LARGE : PROBED,
  );
  if (list.length === 0) throw new TokenscopeError(cutOff ? 'clip-truncated' : 'clip-damaged', { file: name });
  const { rate, steady, fastest, late } = rhythmOf(list);
  const last = all ? list.at(-1)! : isLarge ? first : await lastTime(track);
  // The last frame of a WebM often has no length; it stands as long as the others.
  const duration = Math.max(stated, last + (stated > last + 1e-4 ? 0 : 1 / rate)) - first;
  const mean = all ? list.length / duration : rate;
  const frames = all ? list.length : Math.max(1, Math.round(mean * duration));
  const varying = fastest === undefined ? {} : { fastest };
  return { first, duration, rate: steady && list.length > 1 ? rate : mean, ...varying, frames, exact: all, steady, late, cutOff };
}

async function lastTime(track: InputVideoTrack): Promise<number> {
  return (await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY, { metadataOnly: true }))?.timestamp ?? 0;
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
  let [all, seen] = [true, 0];
  for await (const { timestamp, duration } of new EncodedPacketSink(track).packets(undefined, undefined, {
    metadataOnly: true,
  })) {
    if (++seen > 2 * most || list.length === most) {
      all = false;
      break;
    }
    if (timestamp + duration > first && timestamp < end) list.push(timestamp);
  }
  return { list: list.sort((a, b) => a - b), all };
}
