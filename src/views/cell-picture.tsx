import { type PointerEvent, useCallback } from 'react';
import type { Cell, GridShape } from '../core/token-grid.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import { clampCell } from '../state/selection.ts';
import type { Selection } from '../state/store.ts';
import type { Draw } from '../ui/canvas.tsx';
import { ring, type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { cellRectangle } from './cell-rectangle.ts';
import { FadingCanvas } from './fading-canvas.tsx';
import { SelectionLayer } from './selection-layer.tsx';
import styles from './stage.module.css';

interface CellPictureProps {
  /** Where the selection's path finds it. */
  readonly anchor: string;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly shape: GridShape;
  readonly recorded: boolean;
  /** The picture itself; keep it stable. */
  readonly draw: Draw;
  /** More of the selection under the ring: other places of the token. Keep it stable. */
  readonly drawUnder?: (context: CanvasRenderingContext2D, cell: Cell, colours: ThemeColours) => void;
  /** The selected cell was clicked. */
  readonly onChoose?: () => void;
}

/** A picture over which the cells of the token grid lie: pointing, dragging and touching select one. */
export function CellPicture({ anchor, label, width, height, shape, recorded, draw, drawUnder, onChoose }: CellPictureProps) {
  const { t } = useTexts();
  const colours = useThemeColours();
  const actions = useActions();
  const drawRings = useCallback(
    (context: CanvasRenderingContext2D, selection: Selection) => {
      const cell = clampCell(shape, selection.cell);
      drawUnder?.(context, cell, colours);
      const { x, y, width: w, height: h } = cellRectangle(shape, cell, width, height);
      ring(context, colours, x, y, w, h);
    },
    [shape, width, height, colours, drawUnder],
  );
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const column = Math.floor(((event.clientX - box.left) / box.width) * shape.w);
    const row = Math.floor(((event.clientY - box.top) / box.height) * shape.h);
    actions.selectCell({ t: 0, row, column });
  };
  return (
    // The page's arrow keys move the selection: an application takes them, an image would not get them.
    <div
      role="application"
      aria-label={label}
      aria-roledescription={t('pipeline.cellsPicture')}
      aria-describedby="selected-cell"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is operated by keys
      tabIndex={0}
      className={styles.cells}
      style={{ width, height }}
      data-anchor={anchor}
      onPointerMove={point}
      onPointerDown={point}
      onClick={onChoose}
      onKeyDown={(event) => event.key === 'Enter' && onChoose?.()}
    >
      <FadingCanvas width={width} height={height} draw={draw} fade={recorded} />
      <SelectionLayer width={width} height={height} draw={drawRings} />
    </div>
  );
}
