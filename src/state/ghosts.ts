import { type Framing, modelSize } from '../core/framing.ts';
import type { Manifest, RecordedResult } from '../core/manifest.ts';
import type { CatalogModel, Engine } from '../engine/protocol.ts';
import type { Sample } from '../media/samples.ts';
import type { KeptClips } from './clip-feed.ts';
import { sliceOf } from './clip-run.ts';
import { chosenWindow, usualFraming } from './clip-window.ts';
import { readAtlas, readRecorded, readRecordedClip, recordedFor } from './recorded.ts';
import { changeSlot, findSlot } from './slots.ts';
import type { ClipResult, Slot, Store } from './store.ts';
import type { EntryFacts, Surroundings } from './surroundings.ts';

/** Frames of a clip that come onto the page together. */
const FRAMES_AT_ONCE = 12;

/**
 * Recorded results: what the model's own files show before it is open. Whatever is missing stays silent here, because
 * opening the model says it.
 */
export function keepGhosts({ store, engine, surroundings, clips }: GhostParts) {
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
    const framing = usualFraming(store.getState(), false);
    const recorded = await recordedOf(model, sample, framing);
    if (!recorded) return;
    const facts = factsOf(model).catch(() => ({ codebook: undefined, geometry: undefined }));
    const of = { source, framing, model: undefined };
    const result = await readRecorded(model, recorded, sample, of, facts, surroundings).catch(() => undefined);
    if (!result || isOld()) return;
    changeSlot(store, slot, ({ phase }) => (phase === 'ready' ? {} : { result }));
  }

  /** The same of a clip. Its frames follow when it is read, by `fillFrames`. */
  async function showClip(slot: number, model: CatalogModel, sample: Sample, source: number, isOld: () => boolean) {
    const state = store.getState();
    // What was recorded is the piece that a clip opens with.
    const chosen = state.source?.key === source && state.source.clip && chosenWindow(state.source.clip, state);
    if (chosen || state.piece?.sample === sample.id) return;
    const framing = usualFraming(state, true);
    const recorded = await recordedOf(model, sample, framing);
    if (!recorded?.frames) return;
    const of = { source, framing, model: undefined };
    const clip = await readRecordedClip(model, recorded, of, surroundings).catch(() => undefined);
    if (!clip || isOld()) return;
    changeSlot(store, slot, (before) => {
      // A live run that has something to show is never covered.
      if (before.clip?.of.source === source && before.clip.windowsDone > 0) return {};
      return { clip, ...sliceOf({ ...before, clip }, store.getState().playhead, undefined) };
    });
    // The engine may be busy for seconds with the model itself: what it has to say of the planes follows.
    const planes = await engine.measurePlanes(clip.grid).catch(() => []);
    changeSlot(store, slot, ({ clip: now }) => (now?.grid === clip.grid ? { clip: { ...now, planes } } : {}));
  }

  /** The frames of a clip that is being read, into the recorded results of it, until live ones take their place. */
  async function fillFrames(source: number): Promise<void> {
    const { slots, framing } = store.getState();
    await Promise.all(slots.map(({ key, clip, manifest }) => (isGhostOf(clip, source) ? fill(key, manifest) : undefined)));

    async function fill(key: number, { size }: Manifest): Promise<void> {
      const feed = clips.feed(source, framing, modelSize(framing, size));
      const { signal } = new AbortController();
      for (let there = 0; feed; there = feed.frames.length) {
        await feed.ready(Math.min(feed.count(), there + FRAMES_AT_ONCE), signal);
        const ghost = findSlot(store.getState(), key)?.clip;
        if (!isGhostOf(ghost, source)) return;
        if (feed.frames.length === there) return measure(key, ghost);
        const frames = feed.frames.slice(0, ghost.reconstruction.length);
        changeSlot(store, key, (before) => {
          const clip = { ...ghost, frames };
          return { clip, ...sliceOf({ ...before, clip }, store.getState().playhead, undefined) };
        });
      }
    }
  }

  /** The numbers of a recorded clip, for machines on which the live run takes long or never comes. */
  async function measure(key: number, { frames, reconstruction, grid, counts }: ClipResult): Promise<void> {
    if (frames.length < reconstruction.length) return;
    const measures = await engine.measureFrames(frames, reconstruction);
    const planes = await engine.measurePlanes(grid);
    const { height, width } = reconstruction[0]!;
    const summary = await engine.measureClip({ frames: measures, planes, grid, codebookSize: counts.length, height, width });
    changeSlot(store, key, ({ clip: now }) => (now?.grid === grid ? { clip: { ...now, measures, planes, summary } } : {}));
  }

  return { showEntries, showResult, showClip, fillFrames };
}

interface GhostParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly surroundings: Surroundings;
  readonly clips: KeptClips;
}

async function recordedOf(model: CatalogModel, sample: Sample, framing: Framing): Promise<RecordedResult | undefined> {
  const { manifest } = model;
  const recorded = manifest.recorded ?? (await model.recorded?.().catch(() => undefined));
  return recordedFor(recorded ? { ...manifest, recorded } : manifest, sample.id, framing);
}

function isGhostOf(clip: ClipResult | undefined, source: number): clip is ClipResult {
  return !!clip?.recorded && clip.of.source === source;
}
