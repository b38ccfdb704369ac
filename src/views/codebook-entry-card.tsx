import { useMemo, useRef } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import type { Slot } from '../state/store.ts';
import type { Board } from './codebook-board.ts';
import styles from './codebook-entry-card.module.css';
import { useEntryFile } from './codebook-entry-file.ts';
import { CodebookEntryPictures } from './codebook-entry-pictures.tsx';
import { CodebookEntryPlaces } from './codebook-entry-places.tsx';
import { bitsOf } from './codebook-facts.ts';
import { CodebookNeighbours, type Neighbours } from './codebook-neighbours.tsx';
import { placesOf } from './codebook-patches.ts';
import { vectorsOf } from './model-vectors.ts';
import { VectorBars } from './vector-bars.tsx';

interface CodebookEntryCardProps {
  readonly slot: Slot;
  readonly board: Board;
  readonly entry: number;
  readonly neighbours: Neighbours;
  readonly width: number;
  /** Low windows and narrow columns. */
  readonly compact: boolean;
}

/** One entry: its number, its pictures, its vector, its neighbours and its places. */
export function CodebookEntryCard({ slot, board, entry, neighbours, width, compact }: CodebookEntryCardProps) {
  const { t } = useTexts();
  const card = useRef<HTMLElement>(null);
  const { result } = slot;
  const size = board.order.length;
  const tokens = result?.grid.tokens;
  const places = useMemo(() => (tokens ? placesOf(tokens, entry) : []), [tokens, entry]);
  const vector = useMemo(() => (entry < size ? vectorsOf(slot)?.entry(entry) : undefined), [slot, entry, size]);
  const stacked = width < 440;
  const narrow = width < 560;
  const side = compact ? 72 : 92;
  const title = stacked ? width : 144;
  const room = width - (stacked ? 0 : title + 28) - 2 * (side + 20);
  const placesSide = compact ? (narrow && !stacked ? 104 : 128) : 152;
  const vectorWidth = Math.min(248, width - placesSide - (narrow ? 56 : 264));
  useEntryFile(card, entry);
  return (
    <section
      ref={card}
      className={styles.card}
      aria-label={t('codebook.entryCard', { entry })}
      data-compact={compact || undefined}
      data-stacked={stacked || undefined}
      data-narrow={narrow || undefined}
    >
      <div className={styles.top}>
        <div className={styles.number} style={{ width: title }}>
          <div className="caption">{t('words.entry')}</div>
          <div className={styles.entry} data-digits={String(entry).length}>
            {entry}
          </div>
          <div className={styles.bits}>{entry.toString(2).padStart(bitsOf(size), '0')}</div>
          <div className={styles.counts}>
            <Count times={places.length} text={t('codebook.inThisPicture', { times: MARK })} />
            {slot.visit.pictures > 1 && (
              <Count
                times={slot.visit.counts[entry] ?? 0}
                text={t('codebook.inVisit', { count: slot.visit.pictures, times: MARK })}
              />
            )}
            {board.dead?.[entry] === 1 && <em>{t('words.deadEntry')}</em>}
          </div>
        </div>
        <CodebookEntryPictures slot={slot} result={result} entry={entry} places={places} side={side} room={Math.max(64, room)} />
      </div>
      <div className={styles.bottom}>
        <div>
          <div className={styles.label}>{t('codebook.vector')}</div>
          {vector ? (
            <VectorBars
              vector={vector}
              width={vectorWidth}
              height={compact ? (narrow && !stacked ? 100 : 118) : 148}
              detailed
              label={t('codebook.vectorLabel', { entry })}
            />
          ) : (
            <p className={styles.none} style={{ width: vectorWidth }}>
              {slot.manifest.quantizer.kind === 'in-graph' ? t('codebook.noVectors') : t('codebook.vectorsLater')}
            </p>
          )}
        </div>
        <div className={styles.nearest}>
          <div className={styles.label}>{t('codebook.nearestEntries')}</div>
          <CodebookNeighbours slot={slot} board={board} neighbours={neighbours} side={compact ? 32 : 40} />
        </div>
        {result && (
          <div>
            <div className={styles.label}>{t('codebook.itsPlaces')}</div>
            <CodebookEntryPlaces result={result} places={places} side={placesSide} />
          </div>
        )}
      </div>
    </section>
  );
}

/** Where the number goes in a sentence. */
const MARK = '#';

function Count({ times, text }: { readonly times: number; readonly text: string }) {
  const [before, after] = text.split(MARK);
  return (
    <div>
      {before}
      <b className="number">{number(times)}</b>
      {after}
    </div>
  );
}
