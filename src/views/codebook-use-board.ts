import { useMemo } from 'react';
import type { EntryOrder, Slot } from '../state/store.ts';
import type { Board } from './codebook-board.ts';
import { useEntryColours } from './codebook-colours.ts';
import { codebookSizeOf } from './codebook-facts.ts';
import { columnsFor, mapLayout, rowsLayout } from './codebook-layout.ts';
import { orderEntries, placesIn } from './codebook-order.ts';
import { fullSizeCount, seenEnough } from './codebook-usage.ts';

/** The codebook of a slot as it is drawn; undefined while the number of entries is not known. */
export function useBoard(slot: Slot | undefined, asked: EntryOrder, usageOf: 'picture' | 'visit'): Board | undefined {
  const size = slot ? codebookSizeOf(slot) : 0;
  const geometry = slot?.geometry?.length === size * 3 ? slot.geometry : undefined;
  const order = effectiveOrder(asked, geometry !== undefined);
  const colours = useEntryColours(slot);
  const here = slot?.result?.counts;
  const visit = slot?.visit;
  const counts = useMemo(
    () => (usageOf === 'visit' ? visit?.counts : here) ?? new Uint32Array(size),
    [usageOf, visit, here, size],
  );
  // Another count moves entries only where they are ordered by it.
  const ranked = order === 'usage' ? counts : undefined;
  // On the map keys and scrubber go by similarity.
  const sorted = order === 'map' ? 'similarity' : order;
  const sequence = useMemo(
    () => orderEntries(sorted, { size, counts: ranked ?? [], colours, geometry }, columnsFor(size)),
    [sorted, size, ranked, colours, geometry],
  );
  const layout = useMemo(() => (order === 'map' && geometry ? mapLayout(geometry) : rowsLayout(size)), [order, geometry, size]);
  const dead = useMemo(() => visit && deadEntries(visit.counts), [visit]);
  return useMemo(
    () =>
      size > 0 && colours.length === size
        ? { layout, order: sequence, places: placesIn(sequence), colours, counts, full: fullSizeCount(counts), dead }
        : undefined,
    [size, layout, sequence, colours, counts, dead],
  );
}

/** Orders that need entry vectors fall back on the index. */
export function effectiveOrder(asked: EntryOrder, hasGeometry: boolean): EntryOrder {
  return hasGeometry || asked === 'index' || asked === 'usage' ? asked : 'index';
}

/** 1 for entries never seen; undefined until enough tokens were. */
function deadEntries(counts: Uint32Array): Uint8Array | undefined {
  let total = 0;
  for (let entry = 0; entry < counts.length; entry++) total += counts[entry]!;
  if (!seenEnough(total, counts.length)) return undefined;
  const dead = new Uint8Array(counts.length);
  for (let entry = 0; entry < dead.length; entry++) dead[entry] = counts[entry] === 0 ? 1 : 0;
  return dead;
}
