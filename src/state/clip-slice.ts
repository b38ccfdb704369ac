import { framesOfPlane, planeOfFrame, windowOfPlane } from '../core/clip-plan.ts';
import { type Latents, tokenCounts } from '../core/token-grid.ts';
import type { Nearest } from '../engine/protocol.ts';
import type { ClipResult, Result } from './store.ts';

/** What a run over one window says beyond its tokens: t planes of it. */
export interface WindowDetail {
  readonly latents: Latents | undefined;
  readonly nearest: Nearest | undefined;
}

/**
 * One frame of a clip and its plane as an ordinary result: t = 1. undefined where the frame has not come back yet. `detail` is
 * that of the plane's window, where it is at hand.
 */
export function sliceAt(clip: ClipResult, frame: number, entries: number, detail: WindowDetail | undefined): Result | undefined {
  const picture = clip.reconstruction[frame];
  if (!picture) return undefined;
  const { plan } = clip;
  const plane = planeOfFrame(plan, frame);
  const grid = planeGrid(clip, plane);
  const window = windowOfPlane(plan, plane);
  const place = plane - plan.windows[window]!.firstPlane;
  return {
    recorded: clip.recorded,
    of: { source: clip.of.source, framing: clip.of.framing, model: clip.of.model },
    source: clip.frames[frame],
    grid,
    counts: tokenCounts(grid.tokens, entries),
    latents: detail?.latents && planeLatents(detail.latents, place),
    nearest: detail?.nearest && planeNearest(detail.nearest, place, grid.tokens.length),
    reconstruction: { picture, of: grid },
    measures: undefined,
    timings: clip.timings[window],
  };
}

/** The latents of several windows, one after another in time: D × t × h × w with all their planes. undefined for none. */
export function joinLatents(parts: readonly Latents[]): Latents | undefined {
  const [first] = parts;
  if (!first) return undefined;
  const { d, shape } = first;
  const area = shape.h * shape.w;
  const t = parts.reduce((sum, part) => sum + part.shape.t, 0);
  const data = new Float32Array(d * t * area);
  let plane = 0;
  for (const { data: own, shape: window } of parts) {
    const length = window.t * area;
    for (let i = 0; i < d; i++) data.set(own.subarray(i * length, (i + 1) * length), (i * t + plane) * area);
    plane += window.t;
  }
  return { data, d, shape: { t, h: shape.h, w: shape.w } };
}

/** Frames that the plane at a frame stands for, of the clip: what its bits are shared by. */
export function framesAt({ plan }: ClipResult, frame: number): number {
  return Math.max(1, framesOfPlane(plan, planeOfFrame(plan, frame)).count);
}

function planeGrid({ grid }: ClipResult, plane: number) {
  const { h, w } = grid.shape;
  return { shape: { t: 1, h, w }, tokens: grid.tokens.slice(plane * h * w, (plane + 1) * h * w) };
}

function planeLatents({ data, d, shape: { t, h, w } }: Latents, plane: number): Latents {
  const area = h * w;
  const own = new Float32Array(d * area);
  for (let i = 0; i < d; i++) own.set(data.subarray((i * t + plane) * area, (i * t + plane + 1) * area), i * area);
  return { data: own, d, shape: { t: 1, h, w } };
}

function planeNearest({ count, entries, distances }: Nearest, plane: number, area: number): Nearest {
  const [from, to] = [plane * area * count, (plane + 1) * area * count];
  return { count, entries: entries.slice(from, to), distances: distances.slice(from, to) };
}
