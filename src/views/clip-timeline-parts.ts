import type { Picture } from '../core/picture.ts';
import type { ClipResult } from '../state/store.ts';
import type { ThemeColours } from '../ui/theme.ts';
import type { PlaneSpan, TimelineRows } from './clip-timeline-geometry.ts';

/** Everything the timeline is drawn from. */
export interface TimelineDrawing {
  readonly clip: ClipResult;
  readonly width: number;
  readonly rows: TimelineRows;
  readonly colours: ThemeColours;
  readonly spans: readonly PlaneSpan[];
  readonly planes: readonly Picture[];
  /** One list for each model, the active one first. */
  readonly curves: readonly (readonly (number | null)[])[];
  readonly range: { readonly least: number; readonly most: number } | undefined;
  readonly digits: number;
  /** The name of a window, counted from 0. */
  readonly nameOf: (window: number) => string;
}

export type Context = CanvasRenderingContext2D;

export const MONO = '13px "JetBrains Mono Variable", monospace';

export function line(context: Context, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
