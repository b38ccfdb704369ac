import { useCallback, useMemo } from 'react';
import type { Cell } from '../core/token-grid.ts';
import { useTexts } from '../i18n/index.ts';
import type { Palette, Result, Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { CellPicture } from './cell-picture.tsx';
import { samePlaces } from './cell-rectangle.ts';
import { tokenPicture } from './token-colours.ts';

interface TokenMapProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly palette: Palette;
  readonly width: number;
  readonly height: number;
  readonly onChoose: () => void;
}

/** Lines between cells are drawn while cells are at least this wide. */
const LINES_FROM = 4;
/** Share of all cells from which the rings of other places are drawn lighter. */
const MANY = 0.15;

/** The token grid in the colours of a palette; other places of the selected token ringed thinly. */
export function TokenMap({ slot, result, palette, width, height, onChoose }: TokenMapProps) {
  const { t } = useTexts();
  const colours = useThemeColours();
  const { shape, tokens } = result.grid;
  const { geometry } = slot;
  const picture = useMemo(
    () => tokenPicture(slot, result, palette, colours.dark),
    [geometry, result.grid, result.nearest, palette, colours.dark],
  );
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmapOf(picture), 0, 0, width, height);
      if (width / shape.w >= LINES_FROM) drawGrid(context, shape.w, shape.h, width, height, colours);
    },
    [picture, shape, width, height, colours],
  );
  const drawPlaces = useCallback(
    (context: CanvasRenderingContext2D, cell: Cell, theme: ThemeColours) => {
      const w = width / shape.w;
      const h = height / shape.h;
      const inset = Math.min(0.6, w / 6);
      const places = samePlaces(shape, tokens, cell);
      context.beginPath();
      for (const place of places) {
        const column = place % shape.w;
        context.rect(column * w + inset, ((place - column) / shape.w) * h + inset, w - 2 * inset, h - 2 * inset);
      }
      context.strokeStyle = theme.accent;
      context.lineWidth = Math.min(1.25, w / 3);
      // A token that fills the picture does not drown it.
      context.globalAlpha = places.length > tokens.length * MANY ? 0.5 : 1;
      context.stroke();
      context.globalAlpha = 1;
    },
    [shape, tokens, width, height],
  );
  return (
    <CellPicture
      anchor="grid"
      label={t('pipeline.gridLabel', { rows: shape.h, columns: shape.w })}
      width={width}
      height={height}
      shape={shape}
      recorded={result.recorded}
      draw={draw}
      drawUnder={drawPlaces}
      onChoose={onChoose}
    />
  );
}

function drawGrid(
  context: CanvasRenderingContext2D,
  columns: number,
  rows: number,
  width: number,
  height: number,
  { gridLine }: ThemeColours,
): void {
  context.strokeStyle = gridLine;
  context.lineWidth = 0.5;
  context.beginPath();
  for (let i = 1; i < columns; i++) {
    context.moveTo((i * width) / columns, 0);
    context.lineTo((i * width) / columns, height);
  }
  for (let i = 1; i < rows; i++) {
    context.moveTo(0, (i * height) / rows);
    context.lineTo(width, (i * height) / rows);
  }
  context.stroke();
}
