import { useMemo } from 'react';
import { hashColour } from '../core/colour.ts';
import type { Slot } from '../state/store.ts';
import { arrangeBoard, type Board, meanColours } from './board-order.ts';
import { codebookSizeOf } from './codebook-facts.ts';
import { entryColours } from './token-colours.ts';

/** Beyond this many entries their pictures come one by one, and the board keeps to the geometry. */
const PICTURES_MOST = 16_384;

/** The arranged board and the colour of each entry: of its picture where all are drawn, of the geometry otherwise. */
export function useBoard(
  slot: Slot | undefined,
  aspect: number,
): { readonly board: Board; readonly colours: Uint32Array } | undefined {
  const size = slot ? codebookSizeOf(slot) : 0;
  const pictures = slot?.entryPictures;
  const means = useMemo(() => (pictures && size <= PICTURES_MOST ? meanColours(pictures) : undefined), [pictures, size]);
  const colours = means ?? (slot && entryColours(slot));
  return useMemo(() => {
    if (!size) return undefined;
    const shown = colours ?? Uint32Array.from({ length: size }, (_, entry) => hashColour(entry));
    return { board: arrangeBoard(shown, aspect), colours: shown };
  }, [size, colours, aspect]);
}
