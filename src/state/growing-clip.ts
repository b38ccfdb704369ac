import { type Blend, type ClipPlan, type FrameRule, partsOfFrame, planClip, planVolume } from '../core/clip-plan.ts';
import type { FrameMeasures, Measures, PlaneFacts } from '../core/metric.ts';
import type { Picture } from '../core/picture.ts';
import type { GridShape, TokenGrid } from '../core/token-grid.ts';
import type { WindowDetail } from './clip-slice.ts';
import type { ClipResult, WindowTimings } from './store.ts';

/** Latents and runners-up kept for each model; beyond, a window is encoded again when it is looked at. Numbers. */
const KEPT_NUMBERS = 1 << 24;

/** What one window through the model gave. */
export interface WindowRun {
  readonly grid: TokenGrid;
  /** As many as the window has frames of the clip; the padding is cut already. */
  readonly frames: readonly Picture[];
  readonly detail: WindowDetail | undefined;
  readonly timings: WindowTimings;
}

export interface Growth {
  readonly of: ClipResult['of'];
  readonly rule: FrameRule;
  readonly entries: number;
  readonly cells: Pick<GridShape, 'h' | 'w'>;
}

/**
 * A clip's result while it is made. Windows are added in order; `append` tells which frames that made final, for measuring.
 * Frames that the next window shares wait for it.
 */
export class GrowingClip {
  readonly of: ClipResult['of'];
  plan: ClipPlan;
  readonly tokens: Int32Array[] = [];
  readonly reconstruction: Picture[] = [];
  readonly measures: FrameMeasures[] = [];
  readonly planes: PlaneFacts[] = [];
  readonly timings: WindowTimings[] = [];
  summary: Measures | undefined;
  private readonly growth: Growth;
  private readonly counts: Uint32Array;
  private readonly details = new Map<number, WindowDetail>();
  private keptNumbers = 0;
  private tail: readonly Picture[] = [];

  constructor(growth: Growth, plan: ClipPlan) {
    this.of = growth.of;
    this.growth = growth;
    this.plan = plan;
    this.counts = new Uint32Array(growth.entries);
  }

  get windowsDone(): number {
    return this.timings.length;
  }

  /** The clip has so many frames, as is known by now. */
  replan(frames: number): void {
    if (frames !== this.plan.frames) this.plan = planClip(frames, this.growth.rule, this.of.overlap);
  }

  /** The frames that are final now, from `reconstruction.length` on before the call. */
  append(run: WindowRun): readonly Picture[] {
    const at = this.windowsDone;
    const { firstFrame } = this.plan.windows[at]!;
    const shared = this.tail.length;
    const last = at === this.plan.windows.length - 1;
    const end = run.frames.length - (last ? 0 : this.plan.overlap);
    const blended = this.tail.map((earlier, i) => blend(this.plan, at, firstFrame + i, earlier, run.frames[i]!, this.of.blend));
    const final = [...blended, ...run.frames.slice(shared, end)];
    this.tail = run.frames.slice(end);
    this.reconstruction.push(...final);
    this.tokens.push(run.grid.tokens);
    for (const token of run.grid.tokens) this.counts[token]!++;
    this.timings.push(run.timings);
    if (run.detail) this.keep(at, run.detail);
    return final;
  }

  /** Frames that waited for a window which does not come. */
  flush(): readonly Picture[] {
    const rest = this.tail;
    this.tail = [];
    this.reconstruction.push(...rest);
    return rest;
  }

  /** What is known of a window beyond its tokens, if it is still kept. */
  detail(window: number): WindowDetail | undefined {
    return this.details.get(window);
  }

  /** Keeps a window's detail; the oldest make room. */
  keep(window: number, detail: WindowDetail): void {
    this.keptNumbers += sizeOf(detail) - sizeOf(this.details.get(window));
    this.details.delete(window);
    this.details.set(window, detail);
    for (const [oldest, old] of this.details) {
      if (this.keptNumbers <= KEPT_NUMBERS || oldest === window) break;
      this.details.delete(oldest);
      this.keptNumbers -= sizeOf(old);
    }
  }

  /** The result as it is now, in arrays of its own. */
  snapshot(frames: readonly Picture[], running: boolean): ClipResult {
    const { h, w } = this.growth.cells;
    const tokens = new Int32Array(this.tokens.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const part of this.tokens) {
      tokens.set(part, at);
      at += part.length;
    }
    return {
      recorded: false,
      of: this.of,
      plan: this.plan,
      windowsDone: this.windowsDone,
      running,
      frames: [...frames],
      reconstruction: [...this.reconstruction],
      grid: { shape: { t: tokens.length / (h * w), h, w }, tokens },
      counts: this.counts.slice(),
      planes: [...this.planes],
      measures: [...this.measures],
      summary: this.summary,
      timings: [...this.timings],
    };
  }
}

function sizeOf(detail: WindowDetail | undefined): number {
  return (detail?.latents?.data.length ?? 0) + 2 * (detail?.nearest?.entries.length ?? 0);
}

/** A frame that window `at` shares with the one before it, put together by their shares. */
function blend(plan: ClipPlan, at: number, frame: number, earlier: Picture, later: Picture, how: Blend): Picture {
  const share = partsOfFrame(plan, frame, how).reduce((sum, part) => (part.window === at ? part.weight : sum), 0);
  if (share === 0) return earlier;
  if (share === 1) return later;
  const data = new Uint8ClampedArray(later.data.length);
  for (let i = 0; i < data.length; i++) data[i] = earlier.data[i]! * (1 - share) + later.data[i]! * share;
  return { ...later, data };
}

/** An empty result over a clip of so many frames, or over a volume of so many planes. */
export function startClip(growth: Growth, size: { readonly frames: number } | { readonly planes: number }): GrowingClip {
  const { rule, of } = growth;
  const plan = 'frames' in size ? planClip(size.frames, rule, of.overlap) : planVolume(size.planes, rule);
  return new GrowingClip(growth, plan);
}
