import { useCallback, useEffect, useState } from 'react';
import { cssColour } from '../core/colour.ts';
import { useTexts } from '../i18n/index.ts';
import { useActions } from '../state/hooks.ts';
import type { Slot } from '../state/store.ts';
import { Canvas } from '../ui/canvas.tsx';
import type { Board } from './codebook-board.ts';
import styles from './codebook-entry-card.module.css';
import { nearestEntries } from './codebook-nearest.ts';
import { drawEntryPicture } from './codebook-pictures.ts';
import { vectorsOf } from './model-vectors.ts';
import { distanceText } from './selected-cell.ts';

export interface Neighbours {
  readonly of: number;
  readonly entries: ArrayLike<number>;
  readonly distances: ArrayLike<number>;
}

const NONE: Neighbours = { of: -1, entries: [], distances: [] };
const COUNT = 6;
/** Up to so many numbers are searched on the page while no model is open. */
const PAGE_SEARCH = 1 << 20;

/** The entries nearest to the selected one; those of another entry are never shown. */
export function useNeighbours(slot: Slot | undefined, entry: number | undefined): Neighbours {
  const actions = useActions();
  const [found, setFound] = useState<Neighbours>(NONE);
  const key = slot?.key;
  const open = slot?.model?.id;
  const codebook = slot?.codebook;
  const vectors = slot && vectorsOf(slot);
  useEffect(() => {
    if (key === undefined || entry === undefined) return;
    let current = true;
    const ask = async () => {
      const answer = open === undefined ? undefined : await actions.neighbours(key, entry, COUNT).catch(() => undefined);
      const nearest =
        answer ??
        (codebook && vectors && codebook.length <= PAGE_SEARCH
          ? nearestEntries(codebook, vectors.dimension, entry, COUNT)
          : NONE);
      if (current) setFound({ ...nearest, of: entry });
    };
    void ask();
    return () => {
      current = false;
    };
  }, [actions, key, open, codebook, vectors, entry]);
  return found.of === entry ? found : NONE;
}

interface CodebookNeighboursProps {
  readonly slot: Slot;
  readonly board: Board;
  readonly neighbours: Neighbours;
  readonly side: number;
}

/** The nearest entries as buttons, with their distances. */
export function CodebookNeighbours({ slot, board, neighbours, side }: CodebookNeighboursProps) {
  const { t } = useTexts();
  const actions = useActions();
  const { entries, distances } = neighbours;
  if (entries.length === 0) {
    const inGraph = slot.manifest.quantizer.kind === 'in-graph';
    return <p className={styles.none}>{inGraph ? t('codebook.noNeighbours') : slot.model ? '' : t('codebook.vectorsLater')}</p>;
  }
  const farthest = distances[distances.length - 1] ?? 0;
  return (
    <div className={styles.neighbours}>
      {Array.from({ length: entries.length }, (_, i) => {
        const entry = entries[i]!;
        return (
          <button
            type="button"
            key={i}
            aria-label={t('codebook.goToEntry', { entry })}
            onClick={() => actions.selectEntry(entry)}
          >
            <EntryThumb slot={slot} entry={entry} colour={board.colours[entry] ?? 0} side={side} />
            <span className="number">
              {entry}
              <small>{distanceText(distances[i]!, farthest)}</small>
            </span>
          </button>
        );
      })}
    </div>
  );
}

interface EntryThumbProps {
  readonly slot: Slot;
  readonly entry: number;
  readonly colour: number;
  readonly side: number;
}

function EntryThumb({ slot, entry, colour, side }: EntryThumbProps) {
  const pictures = slot.entryPictures;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      if (drawEntryPicture(context, pictures, entry, 0, 0, side)) return;
      context.fillStyle = cssColour(colour);
      context.fillRect(0, 0, side, side);
    },
    [pictures, entry, colour, side],
  );
  return <Canvas width={side} height={side} draw={draw} />;
}
