import type { CatalogModel } from '../engine/protocol.ts';
import type { Sample } from '../media/samples.ts';
import { readAtlas, readRecorded, recordedFor } from './recorded.ts';
import { changeSlot } from './slots.ts';
import type { Slot, Store } from './store.ts';
import type { EntryFacts, Surroundings } from './surroundings.ts';

/**
 * Recorded results: what the model's own files show before it is open. Whatever is missing stays silent here, because
 * opening the model says it.
 */
export function keepGhosts(store: Store, surroundings: Surroundings) {
  const known = new Map<string, Promise<EntryFacts>>();

  function factsOf(model: CatalogModel): Promise<EntryFacts> {
    const facts = known.get(model.id) ?? surroundings.readEntries(model);
    known.set(model.id, facts);
    return facts;
  }

  /** Entries and their pictures, for a slot that does not know them yet. */
  async function showEntries(slot: number, model: CatalogModel): Promise<void> {
    const missing = (change: Partial<Slot>) =>
      changeSlot(store, slot, (before) =>
        Object.fromEntries(Object.entries(change).filter(([key]) => before[key as keyof Slot] === undefined)),
      );
    await Promise.allSettled([factsOf(model).then(missing), readAtlas(model, surroundings).then(missing)]);
  }

  /** The recorded result of a sample, unless the model runs already or `isOld` says that something newer was opened. */
  async function showResult(slot: number, model: CatalogModel, sample: Sample, source: number, isOld: () => boolean) {
    const { framing } = store.getState();
    const recorded = recordedFor(model.manifest, sample.id, framing);
    if (!recorded) return;
    const facts = factsOf(model).catch(() => ({ codebook: undefined, geometry: undefined }));
    const of = { source, framing, model: undefined };
    const result = await readRecorded(model, recorded, sample, of, facts, surroundings).catch(() => undefined);
    if (!result || isOld()) return;
    changeSlot(store, slot, ({ phase }) => (phase === 'ready' ? {} : { result }));
  }

  return { showEntries, showResult };
}
