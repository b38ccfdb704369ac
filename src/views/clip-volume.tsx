import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useRef, useState } from 'react';
import type { ClipPlan } from '../core/clip-plan.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions, usePlaygroundStore, useTokenscope } from '../state/hooks.ts';
import type { ClipResult, Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { Canvas } from '../ui/canvas.tsx';
import { LiveCanvas } from '../ui/live-canvas.tsx';
import { type Savable, useSavable } from '../ui/savable.ts';
import { type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { type ClipPlayer, followPlane, planeOnScreen, usePlaneOnScreen } from './clip-clock.ts';
import { layersBlob } from './clip-picture.ts';
import { planePicture } from './clip-planes.ts';
import styles from './clip-volume.module.css';
import { FIRST_VIEW, type PlacedPlane, placePlanes, planeAt, type VolumeView } from './clip-volume-geometry.ts';

interface ClipVolumeProps {
  readonly slot: Slot;
  readonly clip: ClipResult;
  readonly player: ClipPlayer;
  readonly shape: VolumeView['shape'];
  readonly changes: boolean;
  readonly width: number;
  readonly height: number;
}

const TURN = Math.PI / 36;
const STEEPEST = 1.35;
/** How strongly a plane in front of the chosen one is seen, and all of them together. */
const IN_FRONT = 0.16;
const IN_FRONT_TOGETHER = 0.5;

/** The token volume: its planes in a row, or a stack that can be turned. Pointing at a cell selects it in its plane. */
export function ClipVolume({ slot, clip, player, shape, changes, width, height }: ClipVolumeProps) {
  const { t } = useTexts();
  const store = usePlaygroundStore();
  const actions = useActions();
  const colours = useThemeColours();
  const palette = useTokenscope((state) => state.palette);
  const plane = usePlaneOnScreen(player, clip.plan);
  const [angles, setAngles] = useState({ yaw: FIRST_VIEW.yaw, pitch: FIRST_VIEW.pitch });
  const element = useRef<HTMLDivElement>(null);
  const dragged = useRef<{ x: number; y: number } | undefined>(undefined);
  const grid = clip.grid.shape;
  const pictures = useMemo(
    () => Array.from({ length: grid.t }, (_, p) => planePicture(slot, clip, p, palette, colours.dark, changes)),
    [slot.geometry, clip.grid, palette, colours.dark, changes],
  );
  const { plan } = clip;
  const firsts = useMemo(() => windowStarts(plan), [plan]);
  const placed = useMemo(
    () => placePlanes(grid.t, { width, height }, grid.w / Math.max(1, grid.h), { shape, ...angles }, firsts),
    [grid.t, grid.w, grid.h, width, height, shape, angles, firsts],
  );
  // Side by side, the planes lie under the chosen one, which alone is drawn anew while it plays.
  const drawAll = useCallback(
    (context: CanvasRenderingContext2D) => {
      if (shape === 'stack') return;
      for (const each of placed) drawPlane(context, each, bitmapOf(pictures[each.plane]!), colours, false);
      drawWindows(context, placed, firsts, height, colours);
    },
    [placed, pictures, shape, colours, firsts, height],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const state = store.getState();
      const chosen = Math.min(grid.t - 1, planeOnScreen(state, player.clock.getState(), plan));
      const order = shape === 'stack' ? placed : placed.filter(({ plane }) => plane === chosen);
      const veil = Math.min(
        IN_FRONT,
        IN_FRONT_TOGETHER / Math.max(1, order.length - 1 - order.findIndex((p) => p.plane === chosen)),
      );
      let hiding = false;
      for (const each of order) {
        // What stands in front of the chosen plane lets it be seen.
        context.globalAlpha = hiding ? veil : 1;
        drawPlane(context, each, bitmapOf(pictures[each.plane]!), colours, each.plane === chosen);
        if (each.plane === chosen) hiding = true;
      }
      context.globalAlpha = 1;
      const at = placed.find((each) => each.plane === chosen);
      if (at) drawCell(context, at, state.selection.cell, grid, colours);
      if (shape === 'planes') drawNames(context, placed, chosen, height, colours);
    },
    [store, placed, pictures, player, plan, shape, height, colours, grid.t, grid.w, grid.h],
  );
  const subscribe = useCallback(
    (redraw: () => void, redrawNow: () => void) => followPlane(store, player, plan, redraw, redrawNow),
    [player, store, plan],
  );
  useVolumePicture(slot, element, t('clip.volume'));

  const turnBy = (yaw: number, pitch: number) =>
    setAngles((now) => ({ yaw: now.yaw + yaw, pitch: Math.min(STEEPEST, Math.max(-STEEPEST, now.pitch + pitch)) }));
  const move = (event: PointerEvent<HTMLElement>) => {
    const { clientX: x, clientY: y } = event;
    if (shape === 'stack' && event.buttons === 1 && dragged.current) {
      turnBy((x - dragged.current.x) / 160, (y - dragged.current.y) / 160);
      dragged.current = { x, y };
      return;
    }
    if (player.clock.getState().playing) return;
    const box = event.currentTarget.getBoundingClientRect();
    const hit = planeAt(inOrder(placed, plane, shape), x - box.left, y - box.top);
    if (!hit) return;
    actions.selectVolumeCell({ t: hit.plane, row: Math.floor(hit.v * grid.h), column: Math.floor(hit.u * grid.w) });
  };
  const press = (event: KeyboardEvent) => {
    const turns: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-TURN, 0],
      ArrowRight: [TURN, 0],
      ArrowUp: [0, -TURN],
      ArrowDown: [0, TURN],
    };
    const by = shape === 'stack' ? turns[event.key] : undefined;
    if (by) turnBy(...by);
    else if (event.key === 'Home' && shape === 'stack') setAngles({ yaw: FIRST_VIEW.yaw, pitch: FIRST_VIEW.pitch });
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    // Arrow keys turn the stack: an application takes them, an image would not get them.
    <div
      ref={element}
      role="application"
      aria-label={t('clip.volumeLabel', { ...grid, plane })}
      aria-description={shape === 'stack' ? t('clip.volumeKeys') : undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is operated by keys
      tabIndex={0}
      className={`${styles.volume} ${shape === 'stack' ? styles.turns : ''}`}
      style={{ width, height }}
      onPointerDown={(event) => {
        dragged.current = { x: event.clientX, y: event.clientY };
        if (shape === 'stack') event.currentTarget.setPointerCapture(event.pointerId);
        else move(event);
      }}
      onPointerUp={() => {
        dragged.current = undefined;
      }}
      onPointerMove={move}
      onKeyDown={press}
    >
      <Canvas width={width} height={height} draw={drawAll} aria-hidden />
      <LiveCanvas width={width} height={height} draw={draw} subscribe={subscribe} className={styles.over} aria-hidden />
    </div>
  );
}

/** Side by side, the chosen plane is drawn over its neighbours. */
function inOrder(placed: readonly PlacedPlane[], chosen: number, shape: VolumeView['shape']): readonly PlacedPlane[] {
  if (shape === 'stack') return placed;
  return [...placed.filter(({ plane }) => plane !== chosen), ...placed.filter(({ plane }) => plane === chosen)];
}

/** The planes with which windows begin, where there are several windows. */
function windowStarts({ windows, rule }: ClipPlan): number[] {
  return windows.length > 1 && rule !== 'each' ? windows.map(({ firstPlane }) => firstPlane) : [];
}

/** Under the planes of each window a line. */
function drawWindows(
  context: CanvasRenderingContext2D,
  placed: readonly PlacedPlane[],
  firsts: readonly number[],
  height: number,
  colours: ThemeColours,
): void {
  const y = height - 23.5;
  context.strokeStyle = colours.ink3;
  context.lineWidth = 1;
  context.beginPath();
  for (const [i, first] of firsts.entries()) {
    const own = placed.filter(({ plane }) => plane >= first && plane < (firsts[i + 1] ?? placed.length));
    const [begin, end] = [own[0], own.at(-1)];
    if (!begin || !end) continue;
    context.moveTo(begin.x, y);
    context.lineTo(end.x + 10, y);
  }
  context.stroke();
}

function outline(context: CanvasRenderingContext2D, { x, y, ux, uy, vx, vy }: PlacedPlane): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + ux, y + uy);
  context.lineTo(x + ux + vx, y + uy + vy);
  context.lineTo(x + vx, y + vy);
  context.closePath();
}

function drawPlane(
  context: CanvasRenderingContext2D,
  at: PlacedPlane,
  bitmap: HTMLCanvasElement,
  colours: ThemeColours,
  chosen: boolean,
): void {
  outline(context, at);
  context.fillStyle = colours.paper;
  context.fill();
  context.save();
  context.imageSmoothingEnabled = false;
  context.transform(at.ux / bitmap.width, at.uy / bitmap.width, at.vx / bitmap.height, at.vy / bitmap.height, at.x, at.y);
  context.drawImage(bitmap, 0, 0);
  context.restore();
  outline(context, at);
  context.lineJoin = 'miter';
  context.strokeStyle = chosen ? colours.accent : colours.ink3;
  context.lineWidth = chosen ? 2 : 0.75;
  context.stroke();
}

function drawCell(
  context: CanvasRenderingContext2D,
  { x, y, ux, uy, vx, vy }: PlacedPlane,
  cell: { row: number; column: number },
  { h, w }: { h: number; w: number },
  colours: ThemeColours,
): void {
  const corner = (u: number, v: number) => [x + (u / w) * ux + (v / h) * vx, y + (u / w) * uy + (v / h) * vy] as const;
  const column = Math.min(w - 1, cell.column);
  const row = Math.min(h - 1, cell.row);
  context.beginPath();
  context.moveTo(...corner(column, row));
  context.lineTo(...corner(column + 1, row));
  context.lineTo(...corner(column + 1, row + 1));
  context.lineTo(...corner(column, row + 1));
  context.closePath();
  context.strokeStyle = colours.halo;
  context.lineWidth = 4;
  context.stroke();
  context.strokeStyle = colours.accent;
  context.lineWidth = 2;
  context.stroke();
}

/** As many names as fit, the chosen one always. */
function drawNames(
  context: CanvasRenderingContext2D,
  placed: readonly PlacedPlane[],
  chosen: number,
  height: number,
  colours: ThemeColours,
): void {
  const step = placed.length > 1 ? placed[1]!.x - placed[0]!.x : Number.POSITIVE_INFINITY;
  const every = Math.max(1, Math.ceil(38 / step));
  context.font = '13px "JetBrains Mono Variable", monospace';
  context.textBaseline = 'alphabetic';
  for (const { plane, x } of placed) {
    const near = Math.abs(plane - chosen) * step < 38;
    if (plane !== chosen && (near || plane % every !== 0)) continue;
    context.fillStyle = plane === chosen ? colours.accent : colours.ink2;
    context.fillText(`t ${plane}`, x, height - 6);
  }
}

function useVolumePicture(slot: Slot, element: React.RefObject<HTMLDivElement | null>, title: string): void {
  const { id } = slot.manifest;
  const savable = useMemo<Savable>(
    () => ({
      file: `${id}-volume`,
      title,
      formats: { png: () => layersBlob(element.current!) },
    }),
    [id, title, element],
  );
  useSavable(savable);
}
