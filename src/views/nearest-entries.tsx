import { useEffect, useMemo } from 'react';
import { useTexts } from '../i18n/index.ts';
import { useActions, useTokenscope } from '../state/hooks.ts';
import type { Result, Slot } from '../state/store.ts';
import styles from './block.module.css';
import { EntryChip } from './entry-chip.tsx';
import { vectorsOf } from './model-vectors.ts';
import { distanceText, vectorLimit } from './selected-cell.ts';
import { useSelectedCell } from './selected-hook.ts';
import { VectorBars } from './vector-bars.tsx';

interface NearestEntriesProps {
  readonly slot: Slot;
  readonly result: Result;
  /** Height of one line of the list. */
  readonly line: number;
  readonly short: boolean;
  /** Room for bars and lengths. */
  readonly width: number;
}

/** Entries shown. */
export const NEAREST_SHOWN = 6;

/** The entries nearest to the selected cell's latent vector: picture, vector, and the distance as a length. */
export function NearestEntries({ slot, result, line, short, width }: NearestEntriesProps) {
  const { t } = useTexts();
  const { setQuantizerOpen } = useActions();
  const open = useTokenscope((state) => state.quantizerOpen);
  const selected = useSelectedCell();
  const near = selected?.nearest.slice(0, NEAREST_SHOWN) ?? [];
  useWantedPictures(
    slot,
    near.map(({ entry }) => entry),
  );
  const score = slot.manifest.quantizer.score ?? 'l2';
  return (
    <section className={styles.block} data-anchor="nearest" style={{ '--line': `${line}px` } as React.CSSProperties}>
      <header>
        <h2>
          {t('pipeline.nearest')}
          {width >= 280 && <span className={`dimension ${styles.formula}`}>{FORMULAS[score]}</span>}
        </h2>
        {near.length > 0 && (
          <button
            type="button"
            className={`word-button ${styles.open}`}
            aria-expanded={open}
            aria-controls="quantizer-detail"
            data-unsaved
            onClick={() => {
              setQuantizerOpen(!open);
              if (!open) requestAnimationFrame(showDetail);
            }}
          >
            {t(open ? 'pipeline.close' : 'pipeline.open')}
          </button>
        )}
      </header>
      {near.length > 0 ? (
        <NearestList slot={slot} result={result} near={near} short={short} width={width} />
      ) : (
        <p className={styles.note}>{t(noDistances(slot, result))}</p>
      )}
    </section>
  );
}

/** What was opened may lie under the window's edge. */
function showDetail(): void {
  document.getElementById('quantizer-detail')?.scrollIntoView({ block: 'nearest' });
}

const FORMULAS = { l2: '‖z − e‖²', cosine: '‖z − e‖²', dot: '−z · e', projection: '−(w · z + b)' } as const;

interface NearestListProps {
  readonly slot: Slot;
  readonly result: Result;
  readonly near: readonly { readonly entry: number; readonly distance: number }[];
  readonly short: boolean;
  readonly width: number;
}

function NearestList({ slot, result, near, short, width }: NearestListProps) {
  const selected = useSelectedCell();
  const limit = useMemo(() => vectorLimit(slot, result), [slot, result]);
  const vectors = vectorsOf(slot);
  const lengths = distanceLengths(near.map(({ distance }) => distance));
  const scale = Math.max(...near.map(({ distance }) => Math.abs(distance)));
  const side = short ? 22 : 27;
  const bars = width < 280 ? 44 : 84;
  return (
    <ol className={styles.list} style={{ columnGap: width < 280 ? 8 : 12 }}>
      {near.map(({ entry, distance }, i) => (
        <li key={i} className={i === 0 ? styles.winner : undefined}>
          <EntryChip slot={slot} entry={entry} side={side} />
          <span className={styles.id}>{entry}</span>
          <span>
            {vectors && selected?.vector && (
              <VectorBars
                vector={selected.vector}
                entry={vectors.entry(entry)}
                width={bars}
                height={short ? 24 : 31}
                limit={limit}
                selected={i === 0}
              />
            )}
          </span>
          <span className={styles.length} style={{ width: `${(lengths[i]! * 100).toFixed(1)}%` }} />
          <span className={styles.distance}>{distanceText(distance, scale)}</span>
        </li>
      ))}
    </ol>
  );
}

/**
 * Lengths in [0, 1] that stand for distances, the farthest 1. Scores below zero have no natural zero: there the nearest
 * gets a tenth of the length and the rest follows in proportion.
 */
export function distanceLengths(distances: readonly number[]): number[] {
  const least = Math.min(...distances);
  const most = Math.max(...distances);
  if (least >= 0) return distances.map((distance) => (most > 0 ? distance / most : 0));
  const range = most - least || 1;
  return distances.map((distance) => 0.1 + (0.9 * (distance - least)) / range);
}

function noDistances(slot: Slot, result: Result) {
  if (slot.manifest.quantizer.kind === 'in-graph') return 'pipeline.nearestNone';
  if (slot.phase === 'failed') return 'pipeline.nearestFailed';
  return !result.source && !result.recorded ? 'pipeline.nearestTokens' : 'pipeline.nearestLive';
}

/** Asks for pictures of the entries shown, once the selection rests. */
function useWantedPictures({ key, entryPictures, phase }: Slot, entries: readonly number[]): void {
  const { wantEntryPictures } = useActions();
  const missing = phase === 'ready' ? entries.filter((entry) => entryPictures?.known[entry] !== 1).join(' ') : '';
  useEffect(() => {
    if (!missing) return;
    const timer = setTimeout(() => wantEntryPictures(key, missing.split(' ').map(Number)), 150);
    return () => clearTimeout(timer);
  }, [key, missing, wantEntryPictures]);
}
