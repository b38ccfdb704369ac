import type { Size } from '../core/framing.ts';

/** How the token volume is looked at. Angles in radians. */
export interface VolumeView {
  readonly shape: 'planes' | 'stack';
  readonly yaw: number;
  readonly pitch: number;
}

/** Where a plane is drawn: the unit square's (u, v) lands at (x + u · ux + v · vx, y + u · uy + v · vy). CSS pixels. */
export interface PlacedPlane {
  readonly plane: number;
  readonly x: number;
  readonly y: number;
  readonly ux: number;
  readonly uy: number;
  readonly vx: number;
  readonly vy: number;
}

export const FIRST_VIEW: VolumeView = { shape: 'planes', yaw: 0.6, pitch: 0.35 };

/** Room under the sheared planes for their names. */
const LABELS = 26;
/** How far the eye is, in sides of a plane: near enough for a little perspective. */
const EYE = 3.2;

/** Between the last plane of a window and the first of the next there is so much more room, in steps between planes. */
const WINDOW_GAP = 0.8;

/**
 * All planes in the order in which they are drawn, the farthest first. `aspect` is columns over rows; `firsts` are the planes
 * with which windows begin.
 */
export function placePlanes(
  planes: number,
  { width, height }: Size,
  aspect: number,
  view: VolumeView,
  firsts: readonly number[] = [],
): PlacedPlane[] {
  const steps: number[] = [];
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    if (plane > 0) at += firsts.includes(plane) ? 1 + WINDOW_GAP : 1;
    steps.push(at);
  }
  return view.shape === 'planes' ? shear(steps, width, height, aspect) : turn(steps, width, height, aspect, view);
}

/** Side by side, seen from the left: nearer ones (later in time) over farther ones. */
function shear(steps: readonly number[], width: number, height: number, aspect: number): PlacedPlane[] {
  const [planes, length] = [steps.length, steps.at(-1) ?? 0];
  const tall = height - LABELS;
  const across = Math.min(width * (planes > 1 ? 0.5 : 1), tall * aspect * 0.36 + 12);
  const rise = across * 0.5;
  const step = planes > 1 ? Math.min((width - across) / length, across * 1.12) : 0;
  return steps.map((at, plane) => ({
    plane,
    x: at * step,
    y: rise,
    ux: across,
    uy: -rise,
    vx: 0,
    vy: tall - rise,
  }));
}

/** A stack in weak perspective, turned about its middle: each plane is drawn at the size of its own depth. */
function turn(
  steps: readonly number[],
  width: number,
  height: number,
  aspect: number,
  { yaw, pitch }: VolumeView,
): PlacedPlane[] {
  const all = steps.at(-1) ?? 0;
  const side = Math.min(width * 0.54, height * 0.6);
  const [across, down] = aspect >= 1 ? [side, side / aspect] : [side * aspect, side];
  const length = Math.min(side * 1.1, all * side * 0.3);
  const placed = steps.map((at, plane) => {
    const z = all > 0 ? (at / all - 0.5) * length : 0;
    const depth = z * Math.cos(yaw) * Math.cos(pitch);
    const scale = (EYE * side) / (EYE * side + depth);
    const ux = across * scale * Math.cos(yaw);
    const uy = across * scale * Math.sin(yaw) * Math.sin(pitch);
    const vy = down * scale * Math.cos(pitch);
    const x = width / 2 + z * scale * Math.sin(yaw) - ux / 2;
    const y = height / 2 - z * scale * Math.cos(yaw) * Math.sin(pitch) - uy / 2 - vy / 2;
    return { depth, placed: { plane, x, y, ux, uy, vx: 0, vy } };
  });
  return placed.sort((a, b) => b.depth - a.depth).map((each) => each.placed);
}

/** The front-most plane under a point, and where in it: u across, v down, 0 … 1. */
export function planeAt(
  placed: readonly PlacedPlane[],
  x: number,
  y: number,
): { plane: number; u: number; v: number } | undefined {
  for (const { plane, x: left, y: top, ux, uy, vx, vy } of [...placed].reverse()) {
    const determinant = ux * vy - uy * vx;
    if (Math.abs(determinant) < 1e-6) continue;
    const u = ((x - left) * vy - (y - top) * vx) / determinant;
    const v = ((y - top) * ux - (x - left) * uy) / determinant;
    if (u >= 0 && u < 1 && v >= 0 && v < 1) return { plane, u, v };
  }
  return undefined;
}
