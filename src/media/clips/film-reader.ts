import { EncodedPacketSink, type InputVideoTrack, type VideoSample, VideoSampleSink } from 'mediabunny';
import type { ClipFacts, ClipWindow } from '../../core/clip.ts';
import { TokenscopeError } from '../../core/errors.ts';
import type { ClipReader } from './clip-reader.ts';
import { sizeWithin } from './draw-frame.ts';
import { factsOf } from './film-facts.ts';
import { openFilm } from './open-film.ts';
import type { ClipFrame } from './opened-clip.ts';
import { samplePainter } from './paint-sample.ts';
import { spreadTimes, ticksWithin } from './ticks.ts';

/** Up to here (seconds) every thumbnail is decoded exactly; in longer films the key frame before it stands for it. */
const EXACT_THUMBNAILS = 20;

/**
 * Reads MP4, QuickTime, WebM, Matroska and MPEG-TS by WebCodecs, from the key frame before the window on; of the file only
 * what is decoded is read. Throws `clip-no-video`, `clip-encrypted`, `clip-truncated`, `clip-codec` and `clip-undecodable`. With
 * `outlineOnly` the codec does not matter, and only the facts are of use.
 */
export async function openFilmReader(file: Blob, name: string, outlineOnly = false): Promise<ClipReader> {
  const { input, track } = await openFilm(file, name, outlineOnly);
  try {
    const { facts, remarks, first, slack } = await factsOf(track, file, name);
    const film = { track, facts, first, slack, name };
    return {
      facts,
      remarks,
      read: (window, side) => readWindow(film, window, side),
      thumbnails: (count, side) => readThumbnails(film, count, side),
      close: () => input.dispose(),
    };
  } catch (error) {
    input.dispose();
    throw error instanceof TokenscopeError ? error : new TokenscopeError('clip-damaged', { file: name }, { cause: error });
  }
}

interface Film {
  readonly track: InputVideoTrack;
  readonly facts: ClipFacts;
  /** When the first frame begins by the file's own clock, seconds. */
  readonly first: number;
  /** A tick so little before a frame still shows it. Seconds. */
  readonly slack: number;
  readonly name: string;
}

function readWindow(film: Film, window: ClipWindow, side: number): AsyncGenerator<ClipFrame> {
  return readAt(film, ticksWithin(window, film.facts.duration), side);
}

async function* readThumbnails(film: Film, count: number, side: number): AsyncGenerator<ClipFrame> {
  const times = spreadTimes(count, film.facts.duration);
  yield* readAt(film, film.facts.duration > EXACT_THUMBNAILS ? await keyTimes(film, times) : times, side);
}

/** The key frame at or before each time. */
async function keyTimes({ track, first }: Film, times: readonly number[]): Promise<number[]> {
  const packets = new EncodedPacketSink(track);
  const found: number[] = [];
  for (const time of times) {
    const packet = await packets.getKeyPacket(time + first, { metadataOnly: true });
    found.push(Math.max(0, (packet?.timestamp ?? first) - first));
  }
  return found;
}

/** The frame shown at each of the ascending `times`; each is decoded once and closed as soon as it is drawn. */
async function* readAt(film: Film, times: readonly number[], side: number): AsyncGenerator<ClipFrame> {
  const { track, facts, first, slack, name } = film;
  const paint = samplePainter(sizeWithin(facts, side));
  let tick = 0;
  try {
    for await (const sample of samplesAt(
      track,
      times.map((time) => time + first + slack),
    )) {
      const bitmap = await paint(sample);
      yield { tick, time: Math.max(0, sample.timestamp - first), bitmap };
      tick++;
    }
  } catch (error) {
    throw new TokenscopeError('clip-undecodable', { file: name, seconds: (times[tick] ?? 0).toFixed(2) }, { cause: error });
  }
}

/** The sample shown at each of the ascending times by the file's own clock, seconds; whoever receives it closes it. */
async function* samplesAt(track: InputVideoTrack, times: readonly number[]): AsyncGenerator<VideoSample> {
  let found = 0;
  for await (const sample of new VideoSampleSink(track).samplesAtTimestamps(times)) {
    if (!sample) break;
    found++;
    yield sample;
  }
  if (found < times.length) yield* samplesInOrder(track, times.slice(found));
}

/**
 * The same by decoding on and on from a key frame. Recordings without an index (by MediaRecorder, or live) may have clusters
 * without key frames, and mediabunny does not look for one before them.
 */
async function* samplesInOrder(track: InputVideoTrack, times: readonly number[]): AsyncGenerator<VideoSample> {
  let shown: VideoSample | undefined;
  let tick = 0;
  try {
    for await (const sample of new VideoSampleSink(track).samples(await keyBefore(track, times[0]!))) {
      while (shown && tick < times.length && times[tick]! < sample.timestamp) {
        tick++;
        yield shown.clone();
      }
      shown?.close();
      shown = sample;
      if (tick === times.length) return;
    }
    if (!shown) throw new Error('no frame');
    for (; tick < times.length; tick++) yield shown.clone();
  } finally {
    shown?.close();
  }
}

/** When the last key frame at or before a time begins, found from the front. Seconds by the file's own clock. */
async function keyBefore(track: InputVideoTrack, time: number): Promise<number> {
  const packets = new EncodedPacketSink(track);
  const metadataOnly = true;
  let key = await packets.getFirstKeyPacket({ metadataOnly });
  for (let next = key; next && next.timestamp <= time; ) {
    key = next;
    next = await packets.getNextKeyPacket(next, { metadataOnly });
  }
  return key?.timestamp ?? 0;
}
