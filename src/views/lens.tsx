import { useCallback } from 'react';
import type { Rect } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { Cell, GridShape } from '../core/token-grid.ts';
import { clampCell } from '../state/selection.ts';
import type { Selection } from '../state/store.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { ring, useThemeColours } from '../ui/theme.ts';
import styles from './lens.module.css';
import { SelectionLayer } from './selection-layer.tsx';

interface LensProps {
  readonly anchor: 'source-lens' | 'reconstruction-lens';
  readonly label: string;
  readonly picture: Picture;
  readonly shape: GridShape;
  readonly side: number;
}

/** The selected patch with its surroundings, pixel by pixel; outside of the picture it is plain. */
export function Lens({ anchor, label, picture, shape, side }: LensProps) {
  const colours = useThemeColours();
  const draw = useCallback(
    (context: CanvasRenderingContext2D, selection: Selection) => {
      const patch = patchOf(picture, shape, clampCell(shape, selection.cell));
      const { x, y, width } = surroundings(picture, patch);
      const scale = side / width;
      context.globalAlpha = 0.75;
      context.strokeStyle = colours.accent;
      context.lineWidth = 1;
      context.strokeRect(-0.5, -0.5, side + 1, side + 1);
      context.globalAlpha = 1;
      context.beginPath();
      context.rect(0, 0, side, side);
      context.clip();
      context.fillStyle = colours.faint;
      context.fillRect(0, 0, side, side);
      context.imageSmoothingEnabled = false;
      context.drawImage(bitmapOf(picture), -x * scale, -y * scale, picture.width * scale, picture.height * scale);
      ring(context, colours, (patch.x - x) * scale, (patch.y - y) * scale, patch.width * scale, patch.height * scale);
    },
    [picture, shape, side, colours],
  );
  return (
    <div className={styles.lens} style={{ width: side, height: side }} data-anchor={anchor} role="img" aria-label={label}>
      <SelectionLayer width={side} height={side} draw={draw} />
    </div>
  );
}

/** The pixels of a picture that a cell stands for. */
export function patchOf({ width, height }: { width: number; height: number }, { w, h }: GridShape, { row, column }: Cell): Rect {
  return { x: (column * width) / w, y: (row * height) / h, width: width / w, height: height / h };
}

/** A square of three patches a side around a patch; no larger than a little more than the whole picture. */
function surroundings(picture: Picture, patch: Rect): Rect {
  const whole = Math.max(picture.width, picture.height) * 1.15;
  const side = Math.min(3 * Math.max(patch.width, patch.height), whole);
  return { x: patch.x + (patch.width - side) / 2, y: patch.y + (patch.height - side) / 2, width: side, height: side };
}
