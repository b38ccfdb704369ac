import { type PointerEvent, useCallback, useEffect, useRef } from 'react';
import type { Latents } from '../core/token-grid.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import { clampCell } from '../state/selection.ts';
import type { Selection } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { FadingCanvas } from './fading-canvas.tsx';
import { latentMap } from './latent-maps.ts';
import { cellUnder, type Planes, plumbLine } from './plane-geometry.ts';
import { SelectionLayer } from './selection-layer.tsx';
import styles from './stage.module.css';

interface LatentPlanesProps {
  readonly latents: Latents;
  readonly planes: Planes;
  /** The channel of the uppermost plane. */
  readonly first: number;
  readonly onScroll: (channels: number) => void;
  readonly recorded: boolean;
  readonly width: number;
  readonly height: number;
}

/** Room left of the stage for channel numbers. */
const NUMBERS = 20;

/** Channels of the latents as planes lying on top of each other; the selected cell is a plumb line through them. */
export function LatentPlanes({ latents, planes, first, onScroll, recorded, width, height }: LatentPlanesProps) {
  const { t } = useTexts();
  const colours = useThemeColours();
  const actions = useActions();
  const stage = useRef<HTMLDivElement>(null);
  const { shape, d } = latents;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      for (let i = planes.count - 1; i >= 0; i--) drawPlane(context, latents, first + i, planes, i, colours);
    },
    [latents, first, planes, colours],
  );
  const drawLine = useCallback(
    (context: CanvasRenderingContext2D, selection: Selection) =>
      drawPlumb(context, planes, plumbLine(planes, shape, clampCell(shape, selection.cell)), shape, height, colours),
    [planes, shape, height, colours],
  );
  useWheel(stage, planes.count < d ? onScroll : undefined);
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const cell = cellUnder(planes, shape, event.clientX - box.left, event.clientY - box.top);
    if (cell) actions.selectCell(cell);
  };
  return (
    <div
      ref={stage}
      role="application"
      aria-label={t('pipeline.latentsLabel', {
        rows: shape.h,
        columns: shape.w,
        first,
        last: first + planes.count - 1,
        all: d,
      })}
      aria-describedby="selected-cell"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is operated by keys
      tabIndex={0}
      className={styles.cells}
      style={{ width, height }}
      data-anchor="latents"
      onPointerMove={point}
      onPointerDown={point}
    >
      <FadingCanvas width={width} height={height} draw={draw} fade={recorded} bleed={NUMBERS} />
      <SelectionLayer width={width} height={height} draw={drawLine} />
    </div>
  );
}

/** The wheel goes through the channels; React's own wheel listeners cannot keep the page from scrolling. */
function useWheel(stage: React.RefObject<HTMLElement | null>, onScroll: ((channels: number) => void) | undefined): void {
  useEffect(() => {
    const element = stage.current;
    if (!element || !onScroll) return;
    const wheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.deltaY === 0) return;
      event.preventDefault();
      onScroll(Math.sign(event.deltaY));
    };
    element.addEventListener('wheel', wheel, { passive: false });
    return () => element.removeEventListener('wheel', wheel);
  }, [stage, onScroll]);
}

function drawPlane(
  context: CanvasRenderingContext2D,
  latents: Latents,
  channel: number,
  planes: Planes,
  index: number,
  colours: ThemeColours,
): void {
  const { left, across, lean, depth } = planes;
  const { w, h } = latents.shape;
  const top = planes.top + index * planes.spacing;
  context.save();
  context.transform(across / w, 0, lean / h, depth / h, left, top);
  context.imageSmoothingEnabled = false;
  context.drawImage(bitmapOf(latentMap(latents, channel, colours)), 0, 0, w, h);
  context.restore();
  context.beginPath();
  context.moveTo(left, top);
  context.lineTo(left + across, top);
  context.lineTo(left + across + lean, top + depth);
  context.lineTo(left + lean, top + depth);
  context.closePath();
  context.strokeStyle = colours.paper;
  context.lineWidth = 2.5;
  context.stroke();
  context.strokeStyle = colours.ink2;
  context.lineWidth = 0.8;
  context.stroke();
  context.fillStyle = colours.ink2;
  context.font = `11px "JetBrains Mono Variable", monospace`;
  context.textAlign = 'right';
  context.fillText(String(channel), left + lean - 4, top + depth);
}

/** From the first plane down to the stage's edge, with the cell's own parallelogram on every plane. */
function drawPlumb(
  context: CanvasRenderingContext2D,
  planes: Planes,
  { x, first }: { x: number; first: number },
  { h, w }: Latents['shape'],
  height: number,
  colours: ThemeColours,
): void {
  context.beginPath();
  context.moveTo(x, first);
  context.lineTo(x, height);
  context.globalAlpha = 0.75;
  context.strokeStyle = colours.halo;
  context.lineWidth = 4;
  context.stroke();
  context.globalAlpha = 1;
  context.strokeStyle = colours.accent;
  context.lineWidth = 1.5;
  context.stroke();
  // Half sides of the cell, a little larger than the cell and never smaller than can be seen.
  const across = Math.min(12, Math.max(2.6, (planes.across / w) * 0.65));
  const lean = (planes.lean / Math.max(h, 8)) * 0.65;
  const depth = Math.max(0.9, (planes.depth / Math.max(h, 8)) * 0.65);
  context.beginPath();
  for (let i = 0; i < planes.count; i++) {
    const y = first + i * planes.spacing;
    context.moveTo(x - across - lean, y - depth);
    context.lineTo(x + across - lean, y - depth);
    context.lineTo(x + across + lean, y + depth);
    context.lineTo(x - across + lean, y + depth);
    context.closePath();
  }
  context.fillStyle = colours.accent;
  context.fill();
  context.strokeStyle = colours.halo;
  context.lineWidth = 0.75;
  context.stroke();
}
