import type { Size } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { Cell } from '../core/token-grid.ts';
import { number } from '../i18n/index.ts';
import { ring } from '../ui/theme.ts';
import { drawFrame } from './clip-picture.ts';
import { frameAtX, frameLeft, type PlaneSpan, pictureStep, seamSpans } from './clip-timeline-geometry.ts';
import { type Context, line, MONO, type TimelineDrawing } from './clip-timeline-parts.ts';
import { drawChosenPlane, drawPlanes } from './clip-timeline-planes.ts';

const LEAST_PICTURE = 30;
const GAP = 1;
/** Of the curve's row, for the axis and its numbers. */
const AXIS = 24;
const CURVE_TOP = 14;

export function drawTimeline(context: Context, drawing: TimelineDrawing): void {
  drawFrames(context, drawing);
  drawSeams(context, drawing);
  drawPlanes(context, drawing);
  drawCurves(context, drawing);
}

function drawFrames(context: Context, { clip, width, rows, colours }: TimelineDrawing): void {
  const { plan, frames, reconstruction } = clip;
  const pictures = frames.length > 0 ? frames : reconstruction;
  const step = pictureStep(plan.frames, width, LEAST_PICTURE);
  for (let first = 0; first < plan.frames; first += step) {
    const left = frameLeft(first, plan.frames, width);
    const right = frameLeft(Math.min(plan.frames, first + step), plan.frames, width);
    const picture = pictures[first];
    // The last one may stand for fewer frames: it is cut off, not enlarged.
    const whole = frameLeft(step, plan.frames, width) - GAP;
    if (picture) drawCut(context, picture, left + GAP / 2, right - left - GAP, { width: whole, height: rows.frames });
    else {
      context.fillStyle = colours.faint;
      context.fillRect(left + GAP / 2, 0, right - left - GAP, rows.frames);
    }
  }
}

/** The middle of a picture, filling a box at the top; of the box, so much of the width is seen. */
function drawCut(context: Context, picture: Picture, x: number, seen: number, { width, height }: Size): void {
  const scale = Math.max(width / picture.width, height / picture.height);
  const [w, h] = [picture.width * scale, picture.height * scale];
  context.save();
  context.beginPath();
  context.rect(x, 0, seen, height);
  context.clip();
  drawFrame(context, picture, x + (width - w) / 2, (height - h) / 2, w, h);
  context.restore();
}

/** Where windows meet: a dashed line through all rows, the shared frames shaded. */
function drawSeams(context: Context, { clip, width, rows, colours }: TimelineDrawing): void {
  const bottom = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve - AXIS;
  for (const { left, overlap } of seamSpans(clip.plan, width)) {
    if (overlap > 0) {
      context.globalAlpha = 0.12;
      context.fillStyle = colours.ink;
      context.fillRect(left, 0, overlap, bottom);
      context.globalAlpha = 1;
    }
    context.setLineDash([3, 3]);
    context.strokeStyle = colours.ink3;
    context.lineWidth = 1;
    line(context, left, 0, left, bottom);
    context.setLineDash([]);
  }
}

function curveY({ rows, range }: TimelineDrawing, value: number): number {
  const top = rows.frames + rows.brackets + rows.planes + rows.tube + CURVE_TOP;
  const bottom = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve - AXIS - 8;
  const { least, most } = range!;
  return most > least ? bottom - ((value - least) / (most - least)) * (bottom - top) : (top + bottom) / 2;
}

function drawCurves(context: Context, drawing: TimelineDrawing): void {
  const { clip, width, rows, colours, curves, range } = drawing;
  const floor = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve - AXIS;
  context.strokeStyle = colours.ink3;
  context.lineWidth = 1;
  line(context, 0, floor + 0.5, width, floor + 0.5);
  context.font = MONO;
  context.fillStyle = colours.ink2;
  context.textAlign = 'left';
  context.fillText('1', 0, floor + 18);
  context.textAlign = 'right';
  context.fillText(String(clip.plan.frames), width, floor + 18);
  if (!range) return;
  for (const [i, values] of [...curves.entries()].reverse()) drawCurve(context, drawing, values, i === 0);
}

function drawCurve(context: Context, drawing: TimelineDrawing, values: readonly (number | null)[], main: boolean): void {
  const { clip, width, colours } = drawing;
  const middle = (frame: number) => frameLeft(frame + 0.5, clip.plan.frames, width);
  context.strokeStyle = main ? colours.ink : colours.ink3;
  context.fillStyle = context.strokeStyle;
  context.lineWidth = main ? 1.75 : 1.25;
  context.lineJoin = 'round';
  context.beginPath();
  let drawn = false;
  for (const [frame, value] of values.entries()) {
    if (value === null) drawn = false;
    else if (drawn) context.lineTo(middle(frame), curveY(drawing, value));
    else {
      context.moveTo(middle(frame), curveY(drawing, value));
      drawn = true;
    }
  }
  context.stroke();
  if (width / clip.plan.frames < 12) return;
  for (const [frame, value] of values.entries()) {
    if (value === null) continue;
    context.beginPath();
    context.arc(middle(frame), curveY(drawing, value), main ? 2.5 : 1.75, 0, 2 * Math.PI);
    context.fill();
  }
}

/** What one cell shows in every frame, above in the source and below in the reconstruction. */
export function drawTube(context: Context, { clip, width, rows, colours }: TimelineDrawing, cell: Cell): void {
  if (rows.tube === 0) return;
  const { plan, grid, frames, reconstruction } = clip;
  const top = rows.frames + rows.brackets + rows.planes;
  const tall = Math.floor((rows.tube - 10) / 2);
  const step = pictureStep(plan.frames, width, 8);
  for (const [row, pictures] of [frames, reconstruction].entries()) {
    for (let first = 0; first < plan.frames; first += step) {
      const picture = pictures[first];
      const left = frameLeft(first, plan.frames, width);
      const right = frameLeft(Math.min(plan.frames, first + step), plan.frames, width);
      const y = top + row * (tall + 1);
      if (picture) drawFrame(context, patchOf(picture, grid.shape, cell), left, y, right - left - GAP, tall);
      else {
        context.fillStyle = colours.faint;
        context.fillRect(left, y, right - left - GAP, tall);
      }
    }
  }
}

/** The pixels of one cell. */
function patchOf(picture: Picture, { h, w }: { h: number; w: number }, { row, column }: Cell): Picture {
  const top = Math.floor((row * picture.height) / h);
  const left = Math.floor((column * picture.width) / w);
  const height = Math.max(1, Math.floor(((row + 1) * picture.height) / h) - top);
  const width = Math.max(1, Math.floor(((column + 1) * picture.width) / w) - left);
  const data = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    const from = ((top + y) * picture.width + left) * 4;
    data.set(picture.data.subarray(from, from + width * 4), y * width * 4);
  }
  return { data, width, height };
}

/** The plane on screen: its frames, its picture, its tube. */
export function drawPlaneOnScreen(context: Context, drawing: TimelineDrawing, plane: number): void {
  const span = drawing.spans.find((each) => each.plane === plane);
  if (!span) return;
  drawChosenPlane(context, drawing, span);
  if (drawing.rows.tube > 0) drawTubeRing(context, drawing, span);
}

/** The frame on screen, in the rows of frames and of the curve. */
export function drawPlayhead(context: Context, drawing: TimelineDrawing, frame: number): void {
  const { clip, width, rows, colours, curves, range, digits } = drawing;
  const { plan } = clip;
  if (plan.frames === 0) return;
  const left = frameLeft(frame, plan.frames, width);
  const wide = width / plan.frames;
  ring(context, colours, left + 1, 1, Math.max(1, wide - 2), rows.frames - 2, 2);
  drawMarker(context, drawing, frame, range && curves[0]?.[frame], digits);
}

/** The frames that the plane on screen was made of: the tube of pixels behind one token. */
function drawTubeRing(context: Context, { rows, colours }: TimelineDrawing, span: PlaneSpan): void {
  const top = rows.frames + rows.brackets + rows.planes;
  ring(context, colours, span.left + 1, top + 1, Math.max(2, span.right - span.left - 3), rows.tube - 12, 1.5);
}

function drawMarker(
  context: Context,
  drawing: TimelineDrawing,
  frame: number,
  value: number | null | undefined,
  digits: number,
): void {
  const { clip, width, rows, colours } = drawing;
  const floor = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve - AXIS;
  const x = frameLeft(frame + 0.5, clip.plan.frames, width);
  context.strokeStyle = colours.accent;
  context.fillStyle = colours.accent;
  context.lineWidth = 1.5;
  context.font = `600 ${MONO}`;
  const label = String(frame + 1);
  const half = context.measureText(label).width / 2;
  context.textAlign = 'center';
  const at = Math.min(width - half, Math.max(half, x));
  // The axis's own numbers at the ends give way.
  const near = 3 * half + 12;
  const from = at - half < near ? 0 : at - half - 3;
  const to = at + half > width - near ? width : at + half + 3;
  context.fillStyle = colours.paper;
  context.fillRect(from, floor + 4, to - from, 20);
  context.fillStyle = colours.accent;
  context.fillText(label, at, floor + 18);
  if (value === null || value === undefined) return;
  const y = curveY(drawing, value);
  line(context, x, y, x, floor);
  context.beginPath();
  context.arc(x, y, 5, 0, 2 * Math.PI);
  context.fill();
  const text = number(value, digits);
  const wide = context.measureText(text).width;
  const right = x + 12 + wide < width - 90;
  context.textAlign = right ? 'left' : 'right';
  // Over the curve, wherever it runs beside the marker.
  const [begin, end] = right ? [x, x + 12 + wide] : [x - 12 - wide, x];
  const beside = Math.min(y, ...valuesBetween(drawing, begin, end).map((other) => curveY(drawing, other)));
  const [textX, textY] = [right ? x + 10 : x - 10, Math.max(rows.frames, beside - 9)];
  context.strokeStyle = colours.paper;
  context.lineWidth = 4;
  context.lineJoin = 'round';
  context.strokeText(text, textX, textY);
  context.fillText(text, textX, textY);
  context.textAlign = 'left';
}

/** What the main curve has between two places of the axis, CSS pixels. */
function valuesBetween({ clip, curves, width }: TimelineDrawing, from: number, to: number): number[] {
  const { frames } = clip.plan;
  const [first, last] = [from, to].map((x) => frameAtX(x, frames, width)) as [number, number];
  return (curves[0] ?? []).slice(first, last + 1).filter((value) => value !== null);
}
