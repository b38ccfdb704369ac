import { number } from '../i18n/index.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { ring } from '../ui/theme.ts';
import { hasWords, lanesOf, type PlaneSpan, planeSize, type WindowSpan, windowSpans } from './clip-timeline-geometry.ts';
import { type Context, MONO, type TimelineDrawing } from './clip-timeline-parts.ts';

/** Small type for the names of windows, and the least width that they need. CSS pixels. */
const NAME = '11.5px "JetBrains Mono Variable", monospace';
const TICK = 4;

/** Which frames became which plane: a bracket under the frames, the plane below it, and the window that it belongs to. */
export function drawPlanes(context: Context, drawing: TimelineDrawing): void {
  for (const span of drawing.spans) drawBracket(context, drawing, span, false);
  for (const window of windowSpans(drawing.clip.plan, drawing.width)) drawWindow(context, drawing, window);
  for (const span of drawing.spans) drawPlane(context, drawing, span, false);
}

/** The plane on screen, over the others. */
export function drawChosenPlane(context: Context, drawing: TimelineDrawing, span: PlaneSpan): void {
  drawBracket(context, drawing, span, true);
  drawPlane(context, drawing, span, true);
  const { x, y, across, tall } = planeBox(drawing, span);
  ring(context, drawing.colours, x, y, across, tall, 1.5);
}

/** Where a lane begins. */
function laneTop({ rows, clip }: TimelineDrawing, lower: boolean): number {
  return rows.frames + rows.brackets + (lower ? rows.planes / lanesOf(clip.plan).count : 0);
}

function drawBracket(context: Context, drawing: TimelineDrawing, span: PlaneSpan, chosen: boolean): void {
  const { rows, colours } = drawing;
  const top = rows.frames + 6;
  const floor = top + 8 + (span.lower ? 6 : 0);
  const inset = Math.min(3, (span.right - span.left) / 6);
  const [left, right] = [span.left + inset, span.right - inset];
  const middle = (left + right) / 2;
  context.strokeStyle = chosen ? colours.accent : colours.ink3;
  context.lineWidth = chosen ? 2 : 1;
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left, floor);
  context.lineTo(right, floor);
  // A plane that was filled up has no end of its own on the axis.
  if (span.padded === 0) context.lineTo(right, top);
  context.moveTo(middle, floor);
  context.lineTo(middle, rows.frames + rows.brackets - 2);
  context.stroke();
  if (span.lower) drawDescent(context, drawing, middle, chosen);
}

/** Down to the lower lane, behind what stands in the upper one. */
function drawDescent(context: Context, drawing: TimelineDrawing, x: number, chosen: boolean): void {
  if (chosen) return;
  context.strokeStyle = drawing.colours.hair;
  context.beginPath();
  context.moveTo(x, laneTop(drawing, false) - 2);
  context.lineTo(x, laneTop(drawing, true) + lanesOf(drawing.clip.plan).names);
  context.stroke();
}

/** A line over the planes of a window, with its name where there is room. */
function drawWindow(context: Context, drawing: TimelineDrawing, { window, left, right, lower }: WindowSpan): void {
  const { colours, nameOf } = drawing;
  const y = laneTop(drawing, lower) + 6.5;
  const [from, to] = [left + 1.5, right - 1.5];
  context.strokeStyle = colours.ink3;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(from, y + TICK);
  context.lineTo(from, y);
  context.lineTo(to, y);
  context.lineTo(to, y + TICK);
  context.stroke();
  context.font = NAME;
  const name = [nameOf(window), String(window + 1)].find((text) => context.measureText(text).width + 16 < to - from);
  if (!name) return;
  const wide = context.measureText(name).width;
  context.fillStyle = colours.paper;
  context.fillRect(from + 6, y - 6, wide + 8, 12);
  context.fillStyle = colours.ink2;
  context.textAlign = 'left';
  context.fillText(name, from + 10, y + 4);
}

/** Where a plane's picture stands. One that stands for fewer frames is smaller, and covers no other. */
function planeBox(drawing: TimelineDrawing, span: PlaneSpan) {
  const { clip, rows, spans } = drawing;
  const usual = planeSize(clip.plan, spans, rows, clip.grid.shape);
  const scale = Math.min(1, Math.max(0.1, (span.right - span.left - 2) / usual.across));
  const [across, tall] = [usual.across * scale, usual.tall * scale];
  const middle = (span.left + span.right) / 2;
  const beside = hasWords(span, across);
  const x = beside ? middle - across / 2 - 34 : middle - across / 2;
  return { x, y: laneTop(drawing, span.lower) + lanesOf(clip.plan).names, across, tall, beside };
}

function drawPlane(context: Context, drawing: TimelineDrawing, span: PlaneSpan, chosen: boolean): void {
  const picture = drawing.planes[span.plane];
  const { colours, clip } = drawing;
  const { x, y, across, tall, beside } = planeBox(drawing, span);
  if (!picture) {
    context.strokeStyle = colours.hair;
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, across - 1, tall - 1);
    return;
  }
  context.fillStyle = colours.paper;
  context.fillRect(x, y, across, tall);
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmapOf(picture), x, y, across, tall);
  if (!beside) return;
  const { stayed } = clip.planes[span.plane] ?? {};
  context.font = MONO;
  context.textAlign = 'left';
  context.fillStyle = chosen ? colours.accent : colours.ink2;
  context.fillText(`t ${span.plane}`, x + across + 8, y + 15);
  const below = stayed === undefined ? '' : `${number(100 * (1 - stayed))} %`;
  context.fillText(span.padded > 0 ? `${below} +${span.padded}`.trim() : below, x + across + 8, y + 33);
}
