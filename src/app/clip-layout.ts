import type { ClipPlan } from '../core/clip-plan.ts';
import type { Size } from '../core/framing.ts';
import { lanesOf, type TimelineRows } from '../views/clip-timeline-geometry.ts';

/** Sizes of the Clip place's parts. CSS pixels. */
export interface ClipSizes {
  readonly gap: number;
  readonly player: Size;
  readonly volume: Size;
  /** The volume stands under the players. */
  readonly stacked: boolean;
  readonly rows: TimelineRows;
}

const CAPTION = 24;
/** The line under the timeline, with its distance. */
const LEGEND = 30;

/**
 * The first number is the width of the place, the second the height of the window; `players` pictures stand side by side. The
 * players leave room for the timeline, if any is left: a curve without its axis says nothing.
 */
export function clipSizes({ width, height }: Size, players: number, aspect: number, plan: ClipPlan): ClipSizes {
  const rows = fitRows(timelineRows(height, width), plan, width);
  const stacked = width < 900;
  const gap = width < 660 ? 14 : height <= 780 ? 20 : 24;
  const bars = (height <= 780 ? 48 : 56) + 54 + CAPTION + 44 + 46 + LEGEND;
  const below = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve;
  const room = Math.max(220, Math.min(420, height - bars - below));
  if (stacked) {
    // On a phone two stand side by side, more below them.
    const columns = width < 660 ? Math.min(2, players) : players;
    const across = Math.floor((width - (columns - 1) * gap) / columns);
    const tall = Math.min(across / aspect, 420);
    const player = { width: Math.floor(tall * aspect), height: Math.floor(tall) };
    return { gap, player, volume: { width, height: Math.min(320, Math.max(220, width * 0.5)) }, stacked, rows };
  }
  // The volume keeps a third of the width, the players take what the height allows.
  const widest = (width * 0.66 - players * gap) / players;
  const tall = Math.min(room, widest / aspect);
  const player = { width: Math.floor(tall * aspect), height: Math.floor(tall) };
  const left = width - players * (player.width + gap);
  return { gap, player, volume: { width: left, height: Math.max(player.height, 220) }, stacked, rows };
}

/** Two lanes of planes are a little lower than one. */
const LANE_OF_TWO = 0.84;

/** A row of planes is no taller than planes so narrow can be. Windows that overlap have a lane each. */
function fitRows(rows: TimelineRows, plan: ClipPlan, width: number): TimelineRows {
  const { frames, reduction } = plan;
  const room = (width * Math.min(reduction, frames)) / Math.max(1, frames);
  const { count, names } = lanesOf(plan);
  const usual = Math.round(rows.planes * (count > 1 ? LANE_OF_TWO : 1));
  return { ...rows, planes: count * (names + Math.min(usual, Math.max(14, room + 8))) };
}

function timelineRows(height: number, width: number): TimelineRows {
  const compact = height <= 780 || width < 700;
  return compact
    ? { frames: 34, brackets: 24, planes: 46, tube: 44, curve: 84 }
    : { frames: 42, brackets: 28, planes: 60, tube: 54, curve: 108 };
}
