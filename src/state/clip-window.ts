import { type ClipFacts, type ClipWindow, tickCount } from '../core/clip.ts';
import { DEFAULT_FRAMING, type Framing, modelSize, type Size } from '../core/framing.ts';
import type { SourceClip, State } from './store.ts';

/** A first look at a clip: long enough to see motion, short enough to be through soon. Seconds. */
const FIRST_SECONDS = 4;
/** Of slow clips as much as models of clips see at once. */
const FIRST_FRAMES = 16;
/** Faster clips are thinned to an even share of their frames. Frames per second. */
const FIRST_RATE = 30;
const FASTEST = 120;
/** What the frames of one model may take, seen and come back. */
const MOST_BYTES = 192 * 2 ** 20;
const MOST_FRAMES = 2000;

/** Clips are looked at smaller than pictures, as long as nobody has chosen a size: sixteen frames are sixteen pictures. Pixels. */
export const USUAL_SIDE = 128;

/** The framing of a clip, or of a picture again, where the size is still the usual one of the other. */
export function usualFraming({ framing, sizeIsAsked }: Pick<State, 'framing' | 'sizeIsAsked'>, clip: boolean): Framing {
  if (sizeIsAsked) return framing;
  const [from, to] = clip ? [DEFAULT_FRAMING.height, USUAL_SIDE] : [USUAL_SIDE, DEFAULT_FRAMING.height];
  return framing.height === from && framing.width === from ? { ...framing, height: to, width: to } : framing;
}

/** Frames of a piece that memory bears: at the largest size that an open model sees. */
export function mostFrames({ slots, framing }: Pick<State, 'slots' | 'framing'>): number {
  const sizes = slots.map(({ manifest }) => modelSize(framing, manifest.size));
  return framesWithin(sizes, framing);
}

function framesWithin(sizes: readonly Size[], framing: Framing): number {
  const pixels = Math.max(...[framing, ...sizes].slice(sizes.length > 0 ? 1 : 0).map(({ height, width }) => height * width));
  return Math.max(1, Math.min(MOST_FRAMES, Math.floor(MOST_BYTES / (2 * 4 * pixels))));
}

/** The piece that a clip opens with. */
export function firstWindow(facts: ClipFacts, most: number): ClipWindow {
  const rate = facts.rate / Math.max(1, Math.ceil(facts.rate / FIRST_RATE - 1e-6));
  return fitWindow(facts, { start: 0, duration: Math.max(FIRST_SECONDS, FIRST_FRAMES / rate), rate }, most);
}

/** The piece in use where it is another than the one that the clip opens with. */
export function chosenWindow({ facts, window }: SourceClip, state: Pick<State, 'slots' | 'framing'>): ClipWindow | undefined {
  const usual = firstWindow(facts, mostFrames(state));
  const same = (Object.keys(usual) as (keyof ClipWindow)[]).every((key) => Math.abs(usual[key] - window[key]) < 1e-6);
  return same ? undefined : window;
}

/** The piece asked for, within the clip and within so many frames; whole ticks long. */
export function fitWindow(facts: ClipFacts, asked: ClipWindow, most: number): ClipWindow {
  const rate = clamp(asked.rate, Math.min(1, facts.rate), FASTEST);
  const length = Math.max(facts.duration, 1 / rate);
  const start = clamp(asked.start, 0, Math.max(0, length - 1 / rate));
  const duration = clamp(asked.duration, 1 / rate, length - start);
  return { start, rate, duration: Math.min(most, tickCount({ start, rate, duration })) / rate };
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Number.isFinite(value) ? value : least));
}
