import { type ClipPlan, framesOfPlane, seamsOf, windowOfPlane } from '../core/clip-plan.ts';

/** The heights of the timeline's rows, from top to bottom. CSS pixels. */
export interface TimelineRows {
  readonly frames: number;
  readonly brackets: number;
  /** All lanes of planes together. */
  readonly planes: number;
  readonly tube: number;
  readonly curve: number;
}

/** Frame `frame` of `frames` across `width`: its left edge. */
export function frameLeft(frame: number, frames: number, width: number): number {
  return (frame / Math.max(1, frames)) * width;
}

/** The frame at `x`, held inside. */
export function frameAtX(x: number, frames: number, width: number): number {
  return Math.min(frames - 1, Math.max(0, Math.floor((x / width) * frames)));
}

/** A plane on the time axis. */
export interface PlaneSpan {
  readonly plane: number;
  readonly left: number;
  readonly right: number;
  /** In the lower lane: windows that overlap take turns. */
  readonly lower: boolean;
  /** Repeated frames that fill it. */
  readonly padded: number;
}

/** Planes that stand for frames of the clip; those made of padding alone have no place on the axis. */
export function planeSpans(plan: ClipPlan, width: number): PlaneSpan[] {
  const spans: PlaneSpan[] = [];
  for (let plane = 0; plane < plan.planes; plane++) {
    const { first, count, padded } = framesOfPlane(plan, plane);
    if (count === 0) continue;
    spans.push({
      plane,
      left: frameLeft(first, plan.frames, width),
      right: frameLeft(first + count, plan.frames, width),
      lower: plan.overlap > 0 && windowOfPlane(plan, plane) % 2 === 1,
      padded,
    });
  }
  return spans;
}

/** Room over the planes of a lane for the names of their windows. CSS pixels. */
const NAMES = 18;

/** How the row of planes is divided: windows that overlap have lanes of their own, and windows that are several have names. */
export function lanesOf({ overlap, windows, rule }: ClipPlan): { readonly count: number; readonly names: number } {
  const several = windows.length > 1 && rule !== 'each';
  return { count: several && overlap > 0 ? 2 : 1, names: several ? NAMES : 0 };
}

/** One run of the model on the time axis. */
export interface WindowSpan {
  /** Its number in the plan. */
  readonly window: number;
  readonly left: number;
  readonly right: number;
  readonly lower: boolean;
}

/** The windows, where there are several. */
export function windowSpans(plan: ClipPlan, width: number): WindowSpan[] {
  if (lanesOf(plan).names === 0) return [];
  return plan.windows.map(({ firstFrame, frames }, window) => ({
    window,
    left: frameLeft(firstFrame, plan.frames, width),
    right: frameLeft(firstFrame + frames, plan.frames, width),
    lower: plan.overlap > 0 && window % 2 === 1,
  }));
}

/** The size of every plane's picture in its row. The last plane may stand for fewer frames: the room is that of most of them. */
export function planeSize(
  plan: ClipPlan,
  spans: readonly PlaneSpan[],
  rows: Pick<TimelineRows, 'planes'>,
  { h, w }: { readonly h: number; readonly w: number },
): { readonly across: number; readonly tall: number } {
  const widths = spans.map(({ left, right }) => right - left).sort((a, b) => a - b);
  const room = (widths[Math.floor(widths.length / 2)] ?? 0) - 3;
  const lanes = lanesOf(plan);
  const tall = Math.max(2, Math.min(rows.planes / lanes.count - lanes.names - 8, (room * h) / Math.max(1, w)));
  return { across: (tall * w) / Math.max(1, h), tall };
}

/** Whether a plane's name and the share that changed find room beside its picture. */
export function hasWords({ left, right }: PlaneSpan, across: number): boolean {
  return right - left > across + 74;
}

/** Where windows meet, and how far they overlap. */
export function seamSpans(plan: ClipPlan, width: number): { readonly left: number; readonly overlap: number }[] {
  return seamsOf(plan).map(({ frame, overlap }) => ({
    left: frameLeft(frame, plan.frames, width),
    overlap: frameLeft(overlap, plan.frames, width),
  }));
}

/** Every how many frames a picture is drawn, so that each is at least `least` wide. */
export function pictureStep(frames: number, width: number, least: number): number {
  return Math.max(1, Math.ceil((least * frames) / Math.max(1, width)));
}
