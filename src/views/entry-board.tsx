import { type PointerEvent, useCallback } from 'react';
import { cssColour } from '../core/colour.ts';
import { cellIndex } from '../core/token-grid.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import { clampCell } from '../state/selection.ts';
import type { Selection, Slot } from '../state/store.ts';
import { bitmapOf, rasterPicture } from '../ui/bitmap.ts';
import { ring, useThemeColours } from '../ui/theme.ts';
import { entryRectangle } from './board-geometry.ts';
import type { Board } from './board-order.ts';
import { FadingCanvas } from './fading-canvas.tsx';
import { nearestOf } from './selected-cell.ts';
import { SelectionLayer } from './selection-layer.tsx';
import styles from './stage.module.css';

interface EntryBoardProps {
  readonly slot: Slot;
  readonly board: Board;
  readonly colours: Uint32Array;
  readonly width: number;
  readonly height: number;
}

/** Entries so many that they are drawn as one raster instead of one by one. */
const RASTER_FROM = 4096;

/** All entries of the codebook; the selected one ringed, its runners-up ringed thinly. */
export function EntryBoard({ slot, board, colours, width, height }: EntryBoardProps) {
  const { t } = useTexts();
  const theme = useThemeColours();
  const actions = useActions();
  const draw = useCallback(
    (context: CanvasRenderingContext2D) =>
      board.entries.length > RASTER_FROM
        ? drawRaster(context, board, colours, width, height)
        : drawChips(context, board, colours, width, height),
    [board, colours, width, height],
  );
  const { result } = slot;
  const drawRings = useCallback(
    (context: CanvasRenderingContext2D, selection: Selection) => {
      const index = result && cellIndex(result.grid.shape, clampCell(result.grid.shape, selection.cell));
      const token = index === undefined ? undefined : result?.grid.tokens[index];
      const rectangle = (entry: number) => entryRectangle(board, entry, width, height);
      for (const { entry } of index === undefined ? [] : nearestOf(result?.nearest, index).slice(1)) {
        const { x, y, width: w, height: h } = rectangle(entry);
        ring(context, theme, x, y + 0.5, w, h - 1, 1.25);
      }
      for (const entry of new Set([token, selection.entry])) {
        if (entry === undefined || entry >= board.places.length) continue;
        const { x, y, width: w, height: h } = rectangle(entry);
        ring(context, theme, x - 1, y, w + 2, h);
      }
    },
    [result, board, theme, width, height],
  );
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.min(board.columns - 1, Math.floor(((event.clientX - box.left) / box.width) * board.columns));
    const row = Math.floor(((event.clientY - box.top) / box.height) * board.rows);
    const entry = board.entries[row * board.columns + column];
    if (entry !== undefined) actions.selectEntry(entry);
  };
  return (
    <div
      role="application"
      aria-label={t('pipeline.codebookLabel', { size: number(board.entries.length) })}
      aria-describedby="selected-cell"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is operated by keys
      tabIndex={0}
      className={styles.cells}
      style={{ width, height }}
      data-anchor="codebook"
      onPointerMove={point}
      onPointerDown={point}
    >
      <FadingCanvas width={width} height={height} draw={draw} fade={!!result?.recorded} />
      <SelectionLayer width={width} height={height} draw={drawRings} />
    </div>
  );
}

function drawChips(context: CanvasRenderingContext2D, board: Board, colours: Uint32Array, width: number, height: number): void {
  const w = width / board.columns;
  const h = height / board.rows;
  board.entries.forEach((entry, place) => {
    context.fillStyle = cssColour(colours[entry]!);
    const column = place % board.columns;
    context.fillRect(column * w, ((place - column) / board.columns) * h, w + 0.3, h + 0.3);
  });
}

/** One pixel an entry, scaled down smoothly: the mean of those that share a pixel of the screen. */
function drawRaster(context: CanvasRenderingContext2D, board: Board, colours: Uint32Array, width: number, height: number): void {
  const { columns, rows, entries } = board;
  const last = entries.length - 1;
  const raster = rasterPicture(columns, rows, (place) => colours[entries[Math.min(place, last)]!]!);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmapOf(raster), 0, 0, width, height);
}
