import { useCallback } from 'react';
import { type Cell, cellAt, cellIndex } from '../core/token-grid.ts';
import { number, useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { Result } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { Canvas } from '../ui/canvas.tsx';
import { useThemeColours } from '../ui/theme.ts';
import { cellRectangle } from './cell-rectangle.ts';
import styles from './codebook-entry-card.module.css';

interface CodebookEntryPlacesProps {
  readonly result: Result;
  readonly places: readonly number[];
  readonly side: number;
}

/** Every place of an entry in the picture, over the dimmed source; a place can be selected. */
export function CodebookEntryPlaces({ result, places, side }: CodebookEntryPlacesProps) {
  const { t } = useTexts();
  const actions = useActions();
  const theme = useThemeColours();
  const selected = useTokenscope((state) => state.selection.cell);
  const { shape } = result.grid;
  const picture = result.source ?? result.reconstruction?.picture;
  const width = Math.round(side * Math.min(1, shape.w / shape.h));
  const height = Math.round(side * Math.min(1, shape.h / shape.w));
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      if (picture) {
        context.globalAlpha = theme.dark ? 0.4 : 0.35;
        context.drawImage(bitmapOf(picture), 0, 0, width, height);
        context.globalAlpha = 1;
      } else {
        context.fillStyle = theme.faint;
        context.fillRect(0, 0, width, height);
      }
      context.fillStyle = theme.accent;
      for (const place of places) {
        const box = cellRectangle(shape, cellAt(shape, place), width, height);
        context.fillRect(box.x, box.y, box.width, box.height);
      }
    },
    [picture, theme, places, shape, width, height],
  );
  const point = (event: React.MouseEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const cell = nearestPlace(
      places.map((place) => cellAt(shape, place)),
      ((event.clientX - box.left) / box.width) * shape.w,
      ((event.clientY - box.top) / box.height) * shape.h,
    );
    if (cell) actions.selectCell(cell);
  };
  const current = places.indexOf(cellIndex(shape, selected));
  const step = (by: number) => () => {
    const next = places[(current + by + places.length) % places.length];
    if (next !== undefined) actions.selectCell(cellAt(shape, next));
  };
  return (
    <div>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the buttons below do the same by keyboard */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: same */}
      <div className={styles.places} onClick={point} style={{ width, height }}>
        <Canvas
          width={width}
          height={height}
          draw={draw}
          role="img"
          aria-label={t('codebook.placesPicture', { count: places.length })}
        />
      </div>
      {places.length > 1 && (
        <div className={styles.steps}>
          <button type="button" aria-label={t('codebook.previousPlace')} onClick={step(-1)}>
            ‹
          </button>
          <span className="number">
            {t('codebook.placeOf', { place: current < 0 ? '–' : number(current + 1), all: number(places.length) })}
          </span>
          <button type="button" aria-label={t('codebook.nextPlace')} onClick={step(1)}>
            ›
          </button>
        </div>
      )}
    </div>
  );
}

/** The place nearest to a point of the grid, in cells, within three cells. */
function nearestPlace(cells: readonly Cell[], x: number, y: number): Cell | undefined {
  let nearest: Cell | undefined;
  let least = 9;
  for (const cell of cells) {
    const distance = (cell.column + 0.5 - x) ** 2 + (cell.row + 0.5 - y) ** 2;
    if (distance < least) {
      least = distance;
      nearest = cell;
    }
  }
  return nearest;
}
