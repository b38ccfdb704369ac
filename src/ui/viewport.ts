import type { Rect, Size } from '../core/framing.ts';

/** What part of a picture a panel shows: CSS pixels for one picture pixel (0 = as large as fits), centre in fractions. */
export interface View {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

/** A panel and the picture in it. */
export interface Frame {
  readonly panel: Size;
  readonly picture: Size;
  /** Smallest and largest scale besides the fitting one. */
  readonly least: number;
  readonly most: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export const FIT: View = { zoom: 0, x: 0.5, y: 0.5 };

/** The scale at which the whole picture is as large as the panel allows. */
export function fitScale({ panel, picture }: Frame): number {
  return Math.min(panel.width / picture.width, panel.height / picture.height);
}

export function scaleOf(view: View, frame: Frame): number {
  return view.zoom > 0 ? view.zoom : fitScale(frame);
}

/** The view with its zoom in range and no empty border on a side where the picture could fill it. */
export function clampView(view: View, frame: Frame): View {
  const fit = fitScale(frame);
  const asked = Math.min(Math.max(frame.most, fit), Math.max(Math.min(frame.least, fit), scaleOf(view, frame)));
  const scale = Math.abs(asked / fit - 1) < 1e-3 ? fit : asked;
  return {
    zoom: scale === fit ? 0 : scale,
    x: clampCentre(view.x, frame.panel.width, frame.picture.width * scale),
    y: clampCentre(view.y, frame.panel.height, frame.picture.height * scale),
  };
}

function clampCentre(centre: number, panel: number, shown: number): number {
  if (shown <= panel) return 0.5;
  const half = panel / 2 / shown;
  return Math.min(1 - half, Math.max(half, centre));
}

/** Where the whole picture lands, in CSS pixels of the panel; it may reach far beyond it. */
export function viewRect(view: View, frame: Frame): Rect {
  const clamped = clampView(view, frame);
  const scale = scaleOf(clamped, frame);
  const width = frame.picture.width * scale;
  const height = frame.picture.height * scale;
  return { x: frame.panel.width / 2 - clamped.x * width, y: frame.panel.height / 2 - clamped.y * height, width, height };
}

/** The view at `factor` times the scale, keeping what is at `at` (CSS pixels of the panel) where it is. */
export function zoomView(view: View, factor: number, frame: Frame, at: Point = centreOf(frame.panel)): View {
  const before = viewRect(view, frame);
  const { zoom } = clampView({ ...view, zoom: scaleOf(clampView(view, frame), frame) * factor }, frame);
  const scale = scaleOf({ ...view, zoom }, frame);
  const x = (at.x - before.x) / before.width + (frame.panel.width / 2 - at.x) / (frame.picture.width * scale);
  const y = (at.y - before.y) / before.height + (frame.panel.height / 2 - at.y) / (frame.picture.height * scale);
  return clampView({ zoom, x, y }, frame);
}

function centreOf(panel: Size): Point {
  return { x: panel.width / 2, y: panel.height / 2 };
}

/** Moves the centre by CSS pixels of the panel. */
export function panView(view: View, right: number, down: number, frame: Frame): View {
  const clamped = clampView(view, frame);
  const scale = scaleOf(clamped, frame);
  const { width, height } = frame.picture;
  return clampView({ zoom: clamped.zoom, x: clamped.x + right / (width * scale), y: clamped.y + down / (height * scale) }, frame);
}

/** Moves as little as needed to have a point (in fractions of the picture) inside the panel, `margin` CSS pixels from its edge. */
export function revealPoint(view: View, point: Point, margin: number, frame: Frame): View {
  const rect = viewRect(view, frame);
  const beyond = (position: number, room: number) =>
    position < margin ? position - margin : Math.max(0, position - (room - margin));
  const right = beyond(rect.x + point.x * rect.width, frame.panel.width);
  const down = beyond(rect.y + point.y * rect.height, frame.panel.height);
  return right === 0 && down === 0 ? view : panView(view, right, down, frame);
}
