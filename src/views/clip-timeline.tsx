import { type KeyboardEvent, type PointerEvent, useCallback, useMemo, useRef } from 'react';
import { useStore } from 'zustand';
import { type ClipPlan, planeOfFrame } from '../core/clip-plan.ts';
import { number, useTexts } from '../i18n/index.ts';
import { usePlaygroundStore, useTokenscope } from '../state/hooks.ts';
import { clampCell } from '../state/selection.ts';
import type { ClipResult, Slot } from '../state/store.ts';
import { Canvas } from '../ui/canvas.tsx';
import { LiveCanvas } from '../ui/live-canvas.tsx';
import { csvBlob, type Savable, useSavable } from '../ui/savable.ts';
import { useThemeColours } from '../ui/theme.ts';
import { type ClipPlayer, followClock, followPlane, planeOnScreen } from './clip-clock.ts';
import { type CurveKind, curveDigits, curveRange, curveValues } from './clip-curves.ts';
import { layersBlob } from './clip-picture.ts';
import { planePicture } from './clip-planes.ts';
import styles from './clip-timeline.module.css';
import { drawPlaneOnScreen, drawPlayhead, drawTimeline, drawTube } from './clip-timeline-drawing.ts';
import { frameAtX, frameLeft, planeSpans, type TimelineRows } from './clip-timeline-geometry.ts';
import type { TimelineDrawing } from './clip-timeline-parts.ts';

interface ClipTimelineProps {
  readonly slots: readonly Slot[];
  readonly clip: ClipResult;
  readonly player: ClipPlayer;
  readonly curve: CurveKind;
  readonly changes: boolean;
  readonly width: number;
  readonly rows: TimelineRows;
}

/** Room for the marker, its value and its frame's picture. CSS pixels. */
const MARKER = 220;

function frameOnScreen({ clock }: ClipPlayer, { frames }: ClipPlan): number {
  return Math.min(clock.getState().frame, frames - 1);
}

/** All rows on one time axis: frames, which became which plane, planes, one cell over time, and a number for each frame. */
export function ClipTimeline({ slots, clip, player, curve, changes, width, rows }: ClipTimelineProps) {
  const { t } = useTexts();
  const store = usePlaygroundStore();
  const colours = useThemeColours();
  const palette = useTokenscope((state) => state.palette);
  const slot = slots[0]!;
  const { plan } = clip;
  const height = rows.frames + rows.brackets + rows.planes + rows.tube + rows.curve;
  const element = useRef<HTMLDivElement>(null);
  const drawing = useMemo<TimelineDrawing>(() => {
    const values = slots.map((each) => (each.clip ? curveValues(each.clip, curve) : []));
    return {
      clip,
      width,
      rows,
      colours,
      spans: planeSpans(plan, width),
      planes: Array.from({ length: clip.grid.shape.t }, (_, p) => planePicture(slot, clip, p, palette, colours.dark, changes)),
      curves: values,
      range: curveRange(values),
      digits: curveDigits[curve],
      nameOf: (window) => t('clip.window', { number: window + 1 }),
    };
  }, [t, slots, clip, plan, width, rows, colours, palette, changes, curve, slot.geometry]);
  const draw = useCallback((context: CanvasRenderingContext2D) => drawTimeline(context, drawing), [drawing]);
  const drawCell = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { cell } = store.getState().selection;
      if (clip.grid.shape.t > 0) drawTube(context, drawing, clampCell(clip.grid.shape, { ...cell, t: 0 }));
    },
    [store, drawing, clip],
  );
  const onSelection = useCallback(
    (redraw: () => void) => store.subscribe((a, b) => a.selection !== b.selection && redraw()),
    [store],
  );
  const drawPlane = useCallback(
    (context: CanvasRenderingContext2D) =>
      drawPlaneOnScreen(context, drawing, planeOnScreen(store.getState(), player.clock.getState(), plan)),
    [drawing, store, player, plan],
  );
  const onPlane = useCallback(
    (redraw: () => void, redrawNow: () => void) => followPlane(store, player, plan, redraw, redrawNow),
    [store, player, plan],
  );
  const strip = Math.min(width, Math.max(MARKER, width / Math.max(1, plan.frames) + 12));
  // The marker moves with every frame: a narrow canvas goes along with it, instead of a wide one that is drawn anew.
  const drawMark = useCallback(
    (context: CanvasRenderingContext2D) => {
      const frame = frameOnScreen(player, plan);
      const middle = frameLeft(frame + 0.5, plan.frames, width);
      const left = Math.round(Math.min(width - strip, Math.max(0, middle - strip / 2)));
      context.canvas.style.transform = `translateX(${left}px)`;
      context.save();
      context.translate(-left, 0);
      drawPlayhead(context, drawing, frame);
      context.restore();
    },
    [drawing, player, plan, width, strip],
  );
  const onClock = useCallback(
    (redraw: () => void, redrawNow: () => void) => followClock(player.clock, ({ frame }) => frame, redraw, redrawNow),
    [player],
  );
  useNumbersFile(slots, slot.manifest.id, t('clip.numbers'), element);

  const scrub = (event: PointerEvent<HTMLElement>, final: boolean) => {
    const box = event.currentTarget.getBoundingClientRect();
    player.seek(frameAtX(event.clientX - box.left, plan.frames, box.width), final);
  };
  const press = (event: KeyboardEvent) => {
    const frame = player.clock.getState().frame;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: frame - 1,
      ArrowRight: frame + 1,
      PageUp: frame - plan.reduction,
      PageDown: frame + plan.reduction,
      Home: 0,
      End: plan.frames - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    player.seek(target);
  };
  return (
    <div
      ref={element}
      className={styles.timeline}
      style={{ width, height }}
      onPointerMove={(event) => {
        // Pointing is enough while nothing plays, as everywhere on the page.
        if (!player.clock.getState().playing && event.pointerType === 'mouse') scrub(event, false);
        else if (event.buttons === 1) scrub(event, false);
      }}
      onPointerDown={(event) => scrub(event, true)}
      onPointerUp={(event) => scrub(event, true)}
      onPointerLeave={() => !player.clock.getState().playing && player.seek(player.clock.getState().frame)}
    >
      <Canvas width={width} height={height} draw={draw} aria-hidden />
      <LiveCanvas width={width} height={height} draw={drawCell} subscribe={onSelection} className={styles.over} aria-hidden />
      <LiveCanvas width={width} height={height} draw={drawPlane} subscribe={onPlane} className={styles.over} aria-hidden />
      <LiveCanvas width={strip} height={height} draw={drawMark} subscribe={onClock} className={styles.mark} aria-hidden />
      <Slider clip={clip} player={player} onKeyDown={press} />
    </div>
  );
}

/** The timeline to those who do not see it: a slider over the frames. */
function Slider({
  clip: { plan },
  player,
  onKeyDown,
}: {
  readonly clip: ClipResult;
  readonly player: ClipPlayer;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}) {
  const { t } = useTexts();
  // While it plays, a screen reader would never stop talking.
  const frame = useStore(player.clock, (state) => (state.playing ? -1 : state.frame));
  const shown = Math.max(0, Math.min(plan.frames - 1, frame));
  return (
    <div
      role="slider"
      tabIndex={0}
      className={styles.slider}
      aria-label={t('clip.timeline')}
      aria-valuemin={1}
      aria-valuemax={plan.frames}
      aria-valuenow={shown + 1}
      aria-valuetext={t('clip.timelineValue', {
        frame: shown + 1,
        frames: plan.frames,
        plane: plan.frames > 0 ? planeOfFrame(plan, shown) : 0,
      })}
      onKeyDown={onKeyDown}
    />
  );
}

/** Every frame's numbers of every model as a table; the rows as they are drawn as a picture. */
function useNumbersFile(
  slots: readonly Slot[],
  id: string,
  title: string,
  element: React.RefObject<HTMLDivElement | null>,
): void {
  const savable = useMemo<Savable>(() => {
    const header = ['model', 'frame', 'psnr', 'ssim', 'plane', 'entries in plane', 'tokens that stayed'];
    const csv = () =>
      csvBlob(
        header,
        slots.flatMap(({ manifest, clip }) =>
          (clip?.measures ?? []).map(({ psnr, ssim }, frame) => {
            const plane = planeOfFrame(clip!.plan, frame);
            const facts = clip!.planes[plane];
            return [manifest.id, frame, psnr, ssim, plane, facts?.used ?? null, facts?.stayed ?? null];
          }),
        ),
      );
    const png = () => layersBlob(element.current!);
    return { file: `${id}-timeline`, title, formats: { csv, png } };
  }, [slots, id, title, element]);
  useSavable(savable);
}

export function percent(share: number): string {
  return `${number(100 * share)} %`;
}
