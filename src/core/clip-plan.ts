import type { Manifest } from './manifest.ts';

/**
 * How frames become planes of the token volume. grouped: each `reduction` frames one plane, always `window` frames at once;
 * causal: the first frame of a window a plane of its own, then each `reduction` frames one; each: every frame for itself, as
 * models of pictures see a clip.
 */
export interface FrameRule {
  readonly rule: 'grouped' | 'causal' | 'each';
  /** Frames of one plane. */
  readonly reduction: number;
  /** Frames of one run of the model, at most. */
  readonly window: number;
}

/** One run of a model over a piece of a clip. */
export interface PlannedWindow {
  /** The first frame of the clip it sees. */
  readonly firstFrame: number;
  /** Frames of the clip it sees, without the padding. */
  readonly frames: number;
  /** So often the last frame is repeated to fill the window; cut from the reconstruction. */
  readonly padded: number;
  /** Its first plane in the token volume of the whole clip, and how many it has. */
  readonly firstPlane: number;
  readonly planes: number;
}

/** All runs over a clip, in order. Neighbours share `overlap` frames; their planes all stay in the volume. */
export interface ClipPlan extends FrameRule {
  readonly frames: number;
  readonly planes: number;
  /** Frames that a window shares with the one before it: what was asked for, at most half a window. */
  readonly overlap: number;
  readonly windows: readonly PlannedWindow[];
}

/** How overlapped frames are put together. fade: a cross-fade; cut: each frame from the window that holds it deeper. */
export type Blend = 'fade' | 'cut';

/** Frames that a plane was made of: `first` and `count` of the clip, and repetitions of the last one. */
export interface PlaneFrames {
  readonly first: number;
  /** 0 where the plane is nothing but padding. */
  readonly count: number;
  readonly padded: number;
}

/** What a window gives to a frame: its number in the plan, the frame's place in it, its share of the frame's pixels. */
export interface FramePart {
  readonly window: number;
  readonly place: number;
  readonly weight: number;
}

const EACH: FrameRule = { rule: 'each', reduction: 1, window: 1 };

export function frameRuleOf({ medium, size }: Pick<Manifest, 'medium' | 'size'>): FrameRule {
  return medium === 'video' && size.frames ? size.frames : EACH;
}

/** How many frames a run takes when it is given `frames` of them (at most a window). */
export function runFrames({ rule, reduction, window }: FrameRule, frames: number): number {
  if (rule === 'grouped') return window;
  if (rule === 'each') return 1;
  return Math.min(window, 1 + reduction * Math.ceil((frames - 1) / reduction));
}

/** Planes of so many frames. */
export function planesOfFrames({ rule, reduction }: FrameRule, frames: number): number {
  return rule === 'causal' ? 1 + Math.ceil((frames - 1) / reduction) : Math.ceil(frames / reduction);
}

/** Frames that so many planes of one window stand for. */
export function framesOfPlanes({ rule, reduction }: FrameRule, planes: number): number {
  return rule === 'causal' ? 1 + reduction * (planes - 1) : planes * reduction;
}

/** The overlap that windows of this rule can have: at most half a window, so that never three share a frame. */
export function mostOverlap({ window }: FrameRule): number {
  return Math.floor(window / 2);
}

export function planClip(frames: number, rule: FrameRule, askedOverlap = 0): ClipPlan {
  const overlap = Math.min(Math.max(0, Math.trunc(askedOverlap)), mostOverlap(rule));
  const windows: PlannedWindow[] = [];
  let planes = 0;
  for (let first = 0, end = 0; end < frames; first = end - overlap) {
    end = Math.min(frames, first + rule.window);
    const count = end - first;
    const run = runFrames(rule, count);
    const own = planesOfFrames(rule, run);
    windows.push({ firstFrame: first, frames: count, padded: run - count, firstPlane: planes, planes: own });
    planes += own;
  }
  return { ...pickRule(rule), frames, planes, overlap, windows };
}

/** The windows of a token volume that came without its clip: as if made by this rule without overlap. */
export function planVolume(planes: number, rule: FrameRule): ClipPlan {
  const whole = planesOfFrames(rule, rule.window);
  const windows: PlannedWindow[] = [];
  let frames = 0;
  for (let firstPlane = 0; firstPlane < planes; firstPlane += whole) {
    const own = Math.min(whole, planes - firstPlane);
    const count = framesOfPlanes(rule, own);
    windows.push({ firstFrame: frames, frames: count, padded: 0, firstPlane, planes: own });
    frames += count;
  }
  return { ...pickRule(rule), frames, planes, overlap: 0, windows };
}

function pickRule({ rule, reduction, window }: FrameRule): FrameRule {
  return { rule, reduction, window };
}

/** The windows that hold a frame, the earlier one first; their weights add up to 1. */
export function partsOfFrame(plan: ClipPlan, frame: number, blend: Blend = 'fade'): readonly FramePart[] {
  const at = lastIndex(plan.windows, ({ firstFrame }) => firstFrame <= frame);
  const place = frame - plan.windows[at]!.firstFrame;
  const before = plan.windows[at - 1];
  if (!before || place >= plan.overlap) return [{ window: at, place, weight: 1 }];
  const fade = (place + 1) / (plan.overlap + 1);
  const weight = blend === 'fade' ? fade : Number(fade > 0.5);
  const earlier = { window: at - 1, place: frame - before.firstFrame, weight: 1 - weight };
  return [earlier, { window: at, place, weight }].filter((part) => part.weight > 0);
}

/** The window that a frame is mostly from. */
export function windowOfFrame(plan: ClipPlan, frame: number): number {
  return partsOfFrame(plan, frame, 'cut')[0]!.window;
}

/** The plane of a frame: where windows overlap, that of the window that holds it deeper. */
export function planeOfFrame(plan: ClipPlan, frame: number): number {
  const [{ window, place }] = partsOfFrame(plan, frame, 'cut') as [FramePart];
  return plan.windows[window]!.firstPlane + planeInWindow(plan, place);
}

function planeInWindow({ rule, reduction }: FrameRule, place: number): number {
  return rule === 'causal' ? Math.ceil(place / reduction) : Math.floor(place / reduction);
}

export function windowOfPlane(plan: ClipPlan, plane: number): number {
  return lastIndex(plan.windows, ({ firstPlane }) => firstPlane <= plane);
}

/** The frames that a plane was made of. */
export function framesOfPlane(plan: ClipPlan, plane: number): PlaneFrames {
  const window = plan.windows[windowOfPlane(plan, plane)]!;
  const local = plane - window.firstPlane;
  const { rule, reduction } = plan;
  const start = rule === 'causal' ? Math.max(0, 1 + (local - 1) * reduction) : local * reduction;
  const length = rule === 'causal' && local === 0 ? 1 : reduction;
  const count = Math.max(0, Math.min(length, window.frames - start));
  return { first: window.firstFrame + start, count, padded: length - count };
}

/** Frames at which a new window begins, with the frames it shares with the one before; for the ruler. */
export function seamsOf(plan: ClipPlan): readonly { readonly frame: number; readonly overlap: number }[] {
  if (plan.rule === 'each') return [];
  return plan.windows.slice(1).map(({ firstFrame }) => ({ frame: firstFrame, overlap: plan.overlap }));
}

function lastIndex<T>(items: readonly T[], test: (item: T) => boolean): number {
  let low = 0;
  let high = items.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (test(items[middle]!)) low = middle;
    else high = middle - 1;
  }
  return low;
}
