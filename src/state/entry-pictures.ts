import { settle } from '../core/settle.ts';
import type { Engine } from '../engine/protocol.ts';
import { quietly } from './attempt.ts';
import { changeSlot, findSlot } from './slots.ts';
import type { EntryPictures, Store } from './store.ts';

/** Few enough that a run of the page never waits long behind them. */
const BATCH = 64;

/** Draws pictures of entries in the background, newest wishes first, a batch at a time. */
export function keepEntryPictures(store: Store, engine: Engine) {
  const wishes = new Map<number, Set<number>>();

  const draw = settle(async () => {
    for (;;) {
      const modelOf = (slot: number) => findSlot(store.getState(), slot)?.model;
      const [slot, wanted] = [...wishes].find(([key, entries]) => entries.size > 0 && modelOf(key)) ?? [];
      if (slot === undefined || !wanted) return;
      const model = modelOf(slot)!;
      const batch = [...wanted].slice(-BATCH);
      for (const entry of batch) wanted.delete(entry);
      const drawn = await engine.drawEntries(model.id, Int32Array.from(batch), new AbortController().signal);
      changeSlot(store, slot, ({ entryPictures }) => ({
        entryPictures: withPictures(entryPictures, model.codebookSize, batch, drawn.side, drawn.pictures),
      }));
    }
  });

  /** Entries asked for before the model was open wait for `want(slot, [])`. */
  return function want(slot: number, entries: readonly number[]): void {
    const known = findSlot(store.getState(), slot)?.entryPictures?.known;
    const wanted = wishes.get(slot) ?? new Set();
    wishes.set(slot, wanted);
    for (const entry of entries) {
      if (known?.[entry]) continue;
      wanted.delete(entry); // Wished again: to the end, which is drawn first.
      wanted.add(entry);
    }
    if (wanted.size > 0) void quietly(store, draw);
  };
}

/** A new object around the same memory: 262,144 pictures are too many to copy for every batch. */
function withPictures(
  before: EntryPictures | undefined,
  entries: number,
  drawn: readonly number[],
  side: number,
  pictures: Uint8ClampedArray,
): EntryPictures {
  const each = side * side * 4;
  const fits = before?.side === side;
  const data = fits ? before.data : new Uint8ClampedArray(entries * each);
  const known = fits ? before.known : new Uint8Array(entries);
  drawn.forEach((entry, i) => {
    data.set(pictures.subarray(i * each, (i + 1) * each), entry * each);
    known[entry] = 1;
  });
  return { side, data, known };
}
