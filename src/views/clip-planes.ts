import type { Picture } from '../core/picture.ts';
import { cellIndex } from '../core/token-grid.ts';
import type { ClipResult, Palette, Slot } from '../state/store.ts';
import { tokenPicture } from './token-colours.ts';

/** How strongly a token that stayed is seen among those that changed, 0 … 255. */
const STAYED = 30;

/** One plane of a clip's tokens as a picture, one pixel for each cell; `changes` fades the tokens that the plane before has too. */
export function planePicture(
  slot: Slot,
  clip: ClipResult,
  plane: number,
  palette: Palette,
  dark: boolean,
  changes: boolean,
): Picture {
  const facts = { grid: clip.grid, counts: clip.counts, nearest: undefined };
  const picture = tokenPicture(slot, facts, palette === 'distance' ? 'geometry' : palette, dark, plane);
  if (!changes || plane === 0) return picture;
  const { shape, tokens } = clip.grid;
  const from = cellIndex(shape, { t: plane, row: 0, column: 0 });
  const area = shape.h * shape.w;
  for (let i = 0; i < area; i++) {
    if (tokens[from + i] === tokens[from - area + i]) picture.data[4 * i + 3] = STAYED;
  }
  return picture;
}
