import { useCallback, useRef } from 'react';
import type { Selection } from '../state/store.ts';
import { paint, usePixelRatio } from '../ui/canvas.tsx';
import { useDrawSelection } from './draw-selection.ts';
import styles from './stage.module.css';

interface SelectionLayerProps {
  readonly width: number;
  readonly height: number;
  /** Keep it stable (useCallback). */
  readonly draw: (context: CanvasRenderingContext2D, selection: Selection) => void;
}

/** A ring around a cell at the picture's edge reaches this far beyond it. */
const BLEED = 6;

/** The selection's rings on a canvas of their own above a picture, so that the picture is never drawn again. */
export function SelectionLayer({ width, height, draw }: SelectionLayerProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  const redraw = useCallback(
    (selection: Selection) => {
      if (!canvas.current) return;
      paint(canvas.current, width + 2 * BLEED, height + 2 * BLEED, ratio, (context) => {
        context.translate(BLEED, BLEED);
        draw(context, selection);
      });
    },
    [width, height, ratio, draw],
  );
  useDrawSelection(redraw);
  return (
    <canvas
      ref={canvas}
      className={styles.layer}
      style={{ left: -BLEED, top: -BLEED, width: width + 2 * BLEED, height: height + 2 * BLEED }}
    />
  );
}
