import { useCallback, useMemo } from 'react';
import type { Cell } from '../core/token-grid.ts';
import { useTexts } from '../i18n/index.ts';
import type { Palette, Result, Slot } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { CellPicture } from './cell-picture.tsx';
import { outlineOf, samePlaces } from './cell-rectangle.ts';
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

/** The token grid in the colours of a palette; other places of the selected token outlined thinly, neighbours as one. */
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
      context.beginPath();
      for (const [left, top, right, bottom] of outlineOf(shape, samePlaces(shape, tokens, cell))) {
        context.moveTo(left * w, top * h);
        context.lineTo(right * w, bottom * h);
      }
      context.strokeStyle = theme.accent;
      context.lineWidth = Math.min(1.25, w / 3);
      context.lineCap = 'square';
      context.stroke();
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
