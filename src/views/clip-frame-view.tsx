import { type PointerEvent, useCallback, useMemo } from 'react';
import { framesOfPlane, planeOfFrame } from '../core/clip-plan.ts';
import type { Size } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import { useActions, usePlaygroundStore } from '../state/hooks.ts';
import { clampCell } from '../state/selection.ts';
import type { ClipResult } from '../state/store.ts';
import { usePixelRatio } from '../ui/canvas.tsx';
import { LiveCanvas } from '../ui/live-canvas.tsx';
import { ring, type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { cellRectangle } from './cell-rectangle.ts';
import { type ClipClock, type ClipPlayer, followClock, planeOnScreen } from './clip-clock.ts';
import styles from './clip-frame-view.module.css';
import { differenceFrame, drawFrame } from './clip-picture.ts';

/** What a player shows of each frame. */
export type ClipShown = 'source' | 'reconstruction' | 'split' | 'difference';

interface ClipFrameViewProps {
  readonly player: ClipPlayer;
  readonly clip: ClipResult;
  /** That of the active model, whose tokens are pointed at on every picture. */
  readonly active: ClipResult;
  readonly shown: ClipShown;
  /** Share of the width that shows the source, for `split`. */
  readonly split: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
  readonly children?: React.ReactNode;
}

/** One picture that plays. Pointing at a cell selects it in the plane of the frame on screen. */
export function ClipFrameView({ player, clip, active, shown, split, width, height, label, children }: ClipFrameViewProps) {
  const colours = useThemeColours();
  const store = usePlaygroundStore();
  const actions = useActions();
  const { clock } = player;
  const pixels = usePixels(clip, shown, width);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { frame } = clock.getState();
      drawShown(context, clip.frames[frame], clip.reconstruction[frame], { shown, split, width, height, colours });
    },
    [clock, clip, shown, split, width, height, colours],
  );
  const drawRing = useCallback(
    (context: CanvasRenderingContext2D) => {
      const state = store.getState();
      const { plan, grid } = active;
      if (grid.shape.t === 0) return;
      const cell = clampCell(grid.shape, { ...state.selection.cell, t: 0 });
      const { x, y, width: w, height: h } = cellRectangle(grid.shape, cell, width, height);
      const { first, count } = framesOfPlane(plan, Math.min(plan.planes - 1, planeOnScreen(state, clock.getState(), plan)));
      const { frame } = clock.getState();
      const inTube = frame >= first && frame < first + count;
      context.globalAlpha = inTube ? 1 : 0.6;
      if (inTube) ring(context, colours, x, y, w, h);
      else thinRing(context, colours, x, y, w, h);
      context.globalAlpha = 1;
    },
    [store, clock, active, width, height, colours],
  );
  const onClock = useCallback(
    (redraw: () => void, redrawNow: () => void) => followClock(clock, ({ frame }) => frame, redraw, redrawNow),
    [clock],
  );
  const onBoth = useCallback(
    (redraw: () => void, redrawNow: () => void) => {
      const { plan } = active;
      // Within a plane the ring stays as it is; where windows overlap, a frame is in two.
      const pick = ({ frame, playing }: ClipClock) =>
        plan.overlap > 0 || !playing ? frame : planeOfFrame(plan, Math.min(frame, plan.frames - 1));
      const stops = [
        followClock(clock, pick, redraw, redrawNow),
        store.subscribe((now, before) => now.selection !== before.selection && redraw()),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [clock, store, active],
  );
  const point = (event: PointerEvent<HTMLElement>) => {
    const { frame, playing } = clock.getState();
    const { grid, plan } = active;
    if (playing || grid.shape.t === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * grid.shape.w);
    const row = Math.floor(((event.clientY - box.top) / box.height) * grid.shape.h);
    actions.selectVolumeCell({ t: planeOfFrame(plan, Math.min(frame, plan.frames - 1)), row, column });
  };
  return (
    <div className={styles.frame} style={{ width, height }} onPointerMove={point} onPointerDown={point}>
      <LiveCanvas
        width={width}
        height={height}
        pixels={pixels}
        style={pixels && { imageRendering: width >= 2 * pixels.width ? 'pixelated' : 'auto' }}
        draw={draw}
        subscribe={onClock}
        role="img"
        aria-label={label}
      />
      <LiveCanvas width={width} height={height} draw={drawRing} subscribe={onBoth} className={styles.ring} aria-hidden />
      {children}
    </div>
  );
}

/**
 * Frames that are smaller than their place on the screen are drawn in their own pixels, a fraction of the work. The edge of a
 * split lies between pixels.
 */
function usePixels({ frames, reconstruction }: ClipResult, shown: ClipShown, width: number): Size | undefined {
  const ratio = usePixelRatio();
  const picture = reconstruction[0] ?? frames[0];
  const [w, h] = [picture?.width ?? 0, picture?.height ?? 0];
  return useMemo(
    () => (shown !== 'split' && w > 0 && w <= width * ratio ? { width: w, height: h } : undefined),
    [shown, w, h, width, ratio],
  );
}

interface Drawing {
  readonly shown: ClipShown;
  readonly split: number;
  readonly width: number;
  readonly height: number;
  readonly colours: ThemeColours;
}

function drawShown(
  context: CanvasRenderingContext2D,
  source: Picture | undefined,
  reconstruction: Picture | undefined,
  { shown, split, width, height, colours }: Drawing,
): void {
  const whole = (picture: Picture | undefined) => picture && drawFrame(context, picture, 0, 0, width, height);
  if (shown === 'source') whole(source);
  if (shown === 'reconstruction' || (shown === 'split' && source)) whole(reconstruction);
  if (!source || !reconstruction) return;
  if (shown === 'difference') whole(differenceFrame(source, reconstruction, inkOf(colours)));
  if (shown !== 'split') return;
  context.save();
  context.beginPath();
  context.rect(0, 0, width * split, height);
  context.clip();
  whole(source);
  context.restore();
}

function inkOf({ dark }: ThemeColours): readonly [number, number, number] {
  return dark ? [240, 237, 229] : [27, 26, 23];
}

/** The cell, in frames that its plane is not made of. */
function thinRing(
  context: CanvasRenderingContext2D,
  colours: ThemeColours,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  const stroke = (colour: string) => {
    context.strokeStyle = colour;
    context.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
  };
  context.lineWidth = 1;
  // Seen on every ground: between the dashes stands the halo.
  stroke(colours.halo);
  context.setLineDash([3, 3]);
  stroke(colours.accent);
  context.setLineDash([]);
}
