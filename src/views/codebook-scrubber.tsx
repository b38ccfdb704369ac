import { memo, useCallback } from 'react';
import { cssColour, mix, parseColour } from '../core/colour.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import { Canvas } from '../ui/canvas.tsx';
import { useThemeColours } from '../ui/theme.ts';
import type { Board } from './codebook-board.ts';
import { stepEntry } from './codebook-layout.ts';
import styles from './codebook-scrubber.module.css';

interface CodebookScrubberProps {
  readonly board: Board;
  readonly width: number;
  /** The order's name, as the choices say it. */
  readonly order: string;
}

const HEIGHT = 34;
/** Entries looked at for one column, when many share it. */
const SAMPLES = 12;

/** All entries in a line, in the chosen order, with a handle at the selected one. */
export const CodebookScrubber = memo(function CodebookScrubber({ board, width, order }: CodebookScrubberProps) {
  const { t } = useTexts();
  const actions = useActions();
  const theme = useThemeColours();
  const entry = useTokenscope((state) => state.selection.entry) ?? 0;
  const size = board.order.length;
  const place = board.places[entry] ?? 0;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => drawStrip(context, board, parseColour(theme.paper), width),
    [board, theme, width],
  );
  const drag = (event: React.PointerEvent<HTMLElement>) => {
    if (event.type === 'pointerdown') event.currentTarget.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const at = Math.floor(((event.clientX - box.left) / box.width) * size);
    actions.selectEntry(board.order[Math.min(size - 1, Math.max(0, at))]!);
  };
  const press = (event: React.KeyboardEvent) => {
    const by = keyStep(event.key, size);
    if (by === undefined) return;
    event.preventDefault();
    actions.selectEntry(stepEntry(board.order, board.places, entry, by));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={t('codebook.scrubber', { order })}
      aria-valuemin={1}
      aria-valuemax={size}
      aria-valuenow={place + 1}
      aria-valuetext={t('codebook.scrubberValue', { entry: number(entry), times: number(board.counts[entry] ?? 0) })}
      className={styles.scrubber}
      style={{ width }}
      onPointerDown={drag}
      onPointerMove={drag}
      onKeyDown={press}
    >
      <Canvas width={width} height={HEIGHT} draw={draw} aria-hidden />
      <i className={styles.handle} style={{ left: `${((place + 0.5) / size) * 100}%` }} />
    </div>
  );
});

function keyStep(key: string, size: number): number | undefined {
  const page = Math.max(1, Math.round(size / 20));
  if (key === 'ArrowLeft' || key === 'ArrowDown') return -1;
  if (key === 'ArrowRight' || key === 'ArrowUp') return 1;
  if (key === 'PageDown') return -page;
  if (key === 'PageUp') return page;
  if (key === 'Home') return -size;
  return key === 'End' ? size : undefined;
}

/** One column of pixels at a time: entries that do not occur are paler. */
function drawStrip(context: CanvasRenderingContext2D, { order, colours, counts }: Board, paper: number, width: number): void {
  const size = order.length;
  const columns = Math.min(size, Math.max(1, Math.round(width)));
  const step = width / columns;
  for (let column = 0; column < columns; column++) {
    const from = Math.floor((column * size) / columns);
    const to = Math.max(from + 1, Math.floor(((column + 1) * size) / columns));
    context.fillStyle = cssColour(columnColour(order, colours, counts, paper, from, to));
    context.fillRect(column * step, 0, step + 0.4, HEIGHT);
  }
}

function columnColour(
  order: Uint32Array,
  colours: Uint32Array,
  counts: Uint32Array,
  paper: number,
  from: number,
  to: number,
): number {
  const stride = Math.max(1, Math.floor((to - from) / SAMPLES));
  let colour = 0;
  let seen = 0;
  for (let place = from; place < to; place += stride) {
    const entry = order[place]!;
    const own = counts[entry]! > 0 ? colours[entry]! : mix(paper, colours[entry]!, 0.3);
    colour = seen === 0 ? own : mix(colour, own, 1 / (seen + 1));
    seen++;
  }
  return colour;
}
