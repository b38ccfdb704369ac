import type { ClipFacts } from '../../core/clip.ts';
import { TokenscopeError } from '../../core/errors.ts';
import { createPainter, sizeWithin } from './draw-frame.ts';
import type { ClipFrame, OpenedClip } from './opened-clip.ts';
import { rhythmOf } from './rhythm.ts';
import { refuseEmpty, spreadTimes, ticksWithin } from './ticks.ts';

/** A video that does not answer for so long (milliseconds) will not. */
const PATIENCE = 8000;
/** Into the middle of a frame rather than on its edge, where rounding decides. Seconds. */
const INTO = 0.002;
/** So many frames (and at most so long, milliseconds) are played to learn the rate. */
const LISTENED = 24;
const LISTENING = 1500;
/** Where it cannot be learnt. Frames per second. */
const LIKELY_RATE = 30;

/** What the index of a film told, where it could be read. */
type Outline = Pick<OpenedClip, 'facts' | 'remarks'>;

/** Reads a film by playing it in a video element; undefined where the browser does not play it either. What the index of the film
 * tells, where it can be read, is more exact than listening. */
export async function openPlayed(
  file: Blob,
  name: string,
  readOutline: () => Promise<OpenedClip | undefined>,
  signal?: AbortSignal,
): Promise<OpenedClip | undefined> {
  const video = document.createElement('video');
  const address = URL.createObjectURL(file);
  const close = () => {
    video.removeAttribute('src');
    video.load();
    URL.revokeObjectURL(address);
  };
  try {
    Object.assign(video, { muted: true, playsInline: true, preload: 'auto', src: address });
    const ready = await happens(video, 'loadeddata', signal);
    if (!ready || video.videoWidth === 0 || !Number.isFinite(video.duration)) return close() as undefined;
    const outline = await readOutline();
    outline?.close();
    const { facts, remarks } = outline ?? { facts: await playedFacts(video, file.type), remarks: [] };
    const { videoWidth: width, videoHeight: height } = video;
    const played = { text: 'sources.notice.clipPlayed', parameters: { name } };
    return playedClip(video, { name, facts: { ...facts, width, height }, remarks: [played, ...remarks] }, close);
  } catch (error) {
    close();
    throw error;
  }
}

async function playedFacts(video: HTMLVideoElement, type: string): Promise<ClipFacts> {
  const times = await listen(video);
  const rate = times.length > 3 ? rhythmOf(times).rate : LIKELY_RATE;
  const { videoWidth: width, videoHeight: height, duration } = video;
  const container = type.replace(/^video\//, '') || 'video';
  return { width, height, duration, rate, frames: Math.max(1, Math.round(rate * duration)), exact: false, codec: '?', container };
}

/** Plays the beginning slowly and notes when each frame stands in the film, seconds. */
async function listen(video: HTMLVideoElement): Promise<number[]> {
  if (!('requestVideoFrameCallback' in video)) return [];
  const times: number[] = [];
  await new Promise<void>((resolve) => {
    const note = (_: number, { mediaTime }: VideoFrameCallbackMetadata) => {
      if (mediaTime > (times.at(-1) ?? -1)) times.push(mediaTime);
      if (times.length < LISTENED) video.requestVideoFrameCallback(note);
      else resolve();
    };
    video.requestVideoFrameCallback(note);
    video.addEventListener('ended', () => resolve(), { once: true });
    setTimeout(resolve, LISTENING);
    video.playbackRate = 0.5;
    video.play().catch(() => resolve());
  });
  video.pause();
  return times;
}

function playedClip(video: HTMLVideoElement, about: Outline & { readonly name: string }, close: () => void): OpenedClip {
  const { name, facts } = about;
  /** A video element is at one time only: readings wait for each other. */
  let last: Promise<unknown> = Promise.resolve();

  async function* readAt(times: readonly number[], side: number, signal?: AbortSignal): AsyncGenerator<ClipFrame> {
    const before = last;
    let finish = () => {};
    last = new Promise<void>((resolve) => {
      finish = resolve;
    });
    try {
      await before;
      const paint = createPainter(sizeWithin(facts, side));
      for (const [tick, time] of times.entries()) {
        signal?.throwIfAborted();
        const shown = await seek(video, name, time + INTO, signal);
        yield { tick, time: shown, bitmap: paint((context, width, height) => context.drawImage(video, 0, 0, width, height)) };
      }
    } finally {
      finish();
    }
  }

  return {
    ...about,
    async *read(window, { maximumSide }, signal) {
      refuseEmpty(name, facts, window);
      yield* readAt(ticksWithin(window, facts.duration), maximumSide, signal);
    },
    thumbnails: (count, side, signal) => readAt(spreadTimes(count, facts.duration), side, signal),
    close,
  };
}

/** Goes to a time; gives when the frame shown there begins, as far as the browser tells. Seconds. */
async function seek(video: HTMLVideoElement, file: string, time: number, signal?: AbortSignal): Promise<number> {
  let shown = Math.min(time, video.duration);
  const painted = new Promise<void>((resolve) => {
    if (!('requestVideoFrameCallback' in video)) return resolve();
    video.requestVideoFrameCallback((_, { mediaTime }) => {
      shown = mediaTime;
      resolve();
    });
    // The same frame again is not painted again.
    setTimeout(resolve, 250);
  });
  video.currentTime = Math.min(time, Math.max(0, video.duration - INTO));
  const arrived = await happens(video, 'seeked', signal);
  if (!arrived) throw new TokenscopeError('clip-undecodable', { file, seconds: time.toFixed(2) });
  await painted;
  return shown;
}

/** Whether an event came before an error, or before patience ran out. Rejects as aborted. */
async function happens(video: HTMLVideoElement, event: string, signal?: AbortSignal): Promise<boolean> {
  const done = new AbortController();
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const once = { once: true, signal: done.signal };
      video.addEventListener(event, () => resolve(true), once);
      video.addEventListener('error', () => resolve(false), once);
      signal?.addEventListener('abort', () => reject(signal.reason), once);
      setTimeout(() => resolve(false), PATIENCE);
    });
  } finally {
    done.abort();
  }
}
