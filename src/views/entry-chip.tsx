import { useCallback } from 'react';
import { cssColour, hashColour } from '../core/colour.ts';
import type { Slot } from '../state/store.ts';
import { Canvas } from '../ui/canvas.tsx';
import { drawEntryPicture } from './codebook-pictures.ts';
import { entryColours } from './token-colours.ts';

interface EntryChipProps {
  readonly slot: Slot;
  readonly entry: number;
  readonly side: number;
  /** Said to screen readers; without it the picture is decoration beside its number. */
  readonly label?: string;
}

/** The picture of one entry decoded alone; before it is drawn, the entry's colour in the token grid. */
export function EntryChip({ slot, entry, side, label }: EntryChipProps) {
  const pictures = slot.entryPictures;
  const colour = entryColours(slot)?.[entry] ?? hashColour(entry);
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      context.imageSmoothingEnabled = side > 16;
      if (drawEntryPicture(context, pictures, entry, 0, 0, side)) return;
      context.fillStyle = cssColour(colour);
      context.fillRect(0, 0, side, side);
    },
    [pictures, entry, side, colour],
  );
  return <Canvas width={side} height={side} draw={draw} {...(label ? { role: 'img', 'aria-label': label } : {})} />;
}
