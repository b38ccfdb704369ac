import { asTokenscopeError, isAbort, type TokenscopeError } from '../core/errors.ts';
import { settle } from '../core/settle.ts';
import type { Engine } from '../engine/protocol.ts';
import { framesOfResult, isClipWork, type KeptClipRuns } from './clip-run.ts';
import type { KeptPictures } from './kept-pictures.ts';
import { addCounts, runPicture, runTokens } from './run.ts';
import { changeSlot, findSlot } from './slots.ts';
import type { Result, Slot, State, Store } from './store.ts';

/** While a camera runs, its numbers are measured only this often: a frame more is worth more than a number. */
const CAMERA_MEASURE_MS = 1000;

export interface CatchUpParts {
  readonly store: Store;
  readonly engine: Engine;
  readonly pictures: KeptPictures;
  readonly clipRuns: KeptClipRuns;
  /** One at a time with every other run of the page: a newer request of a model would overtake a waiting one. */
  readonly exclusive: <T>(task: () => Promise<T>) => Promise<T>;
  /** True when the engine was lost: somebody else brings it back and calls again. */
  readonly onFailure: (error: unknown) => boolean;
  readonly onSuccess: () => void;
}

/**
 * Brings the results up to date with the inputs: encode and decode, then measure. Pictures go model by model, the active one
 * first; clips take turns window by window, so that a model opened later does not wait for a whole clip of another. What is on
 * screen stays until the new result is there. A model that fails does not stop the others; a result whose inputs changed
 * meanwhile is dropped.
 */
export function catchUpWith(parts: CatchUpParts): () => Promise<void> {
  const { store } = parts;
  const clock = { measured: -Infinity };
  const tasks = new Map<number, () => Promise<void>>();
  let running = 0;

  function taskOf(key: number): () => Promise<void> {
    const known = tasks.get(key) ?? settle(() => bringUp(parts, key, clock));
    tasks.set(key, known);
    return known;
  }

  /** A slot's failure, or undefined when there was none that concerns it. */
  async function failureOf(key: number): Promise<TokenscopeError | undefined> {
    try {
      await taskOf(key)();
      return undefined;
    } catch (error) {
      if (isAbort(error) || parts.onFailure(error)) return undefined;
      const known = asTokenscopeError(error);
      changeSlot(store, key, { error: known });
      return known;
    }
  }

  return async () => {
    running++;
    try {
      const { slots } = store.getState();
      for (const key of tasks.keys()) if (!slots.some((slot) => slot.key === key)) tasks.delete(key);
      const failures = await Promise.all(slots.map(({ key }) => failureOf(key)));
      const [failure] = failures.filter((each) => each !== undefined);
      if (failure) throw failure;
    } finally {
      if (--running === 0) store.setState({ busy: 'idle' });
    }
  };
}

/** Whether a result was made by this model from the source and framing that are wanted now. */
function isCurrent({ result, model }: Slot, { source, framing }: State): boolean {
  const of = result?.of;
  // A token file is never framed.
  return of?.model === model?.id && of?.source === source?.key && (of?.framing === framing || !!source?.grid);
}

async function bringUp(parts: CatchUpParts, key: number, clock: { measured: number }): Promise<void> {
  const { store, clipRuns, exclusive } = parts;
  const ready = (state: State) => {
    const slot = findSlot(state, key);
    return slot?.model && slot.phase === 'ready' && state.source ? { slot, clip: isClipWork(state, slot.model) } : undefined;
  };
  const state = store.getState();
  const now = ready(state);
  if (now?.clip) {
    if (!clipRuns.isCurrent(now.slot, state)) await renewClip(parts, key);
    await lookCloser(parts, key, clock);
  } else if (now) {
    await exclusive(async () => {
      // Others had their turn first.
      const then = store.getState();
      const { slot, clip = true } = ready(then) ?? {};
      if (!slot || clip) return;
      if (!isCurrent(slot, then)) await renew(parts, then, slot);
      await measure(parts, key, clock);
    });
  }
}

/** Of a clip's slice: its numbers, and its latents where they were not kept. */
async function lookCloser(parts: CatchUpParts, key: number, clock: { measured: number }): Promise<void> {
  await parts.exclusive(() => measure(parts, key, clock));
  await parts.clipRuns.fillSlice(key, new AbortController().signal);
}

/** What the slices at the playhead lack, for when it has moved: cheaper than a whole catch-up, and beside a run under way. */
export function lookCloserWith(parts: CatchUpParts): () => Promise<void> {
  return settle(async () => {
    for (const { key, clip } of parts.store.getState().slots) {
      if (clip && !clip.recorded) await lookCloser(parts, key, { measured: -Infinity });
    }
  });
}

async function renewClip({ store, clipRuns, onSuccess }: CatchUpParts, key: number): Promise<void> {
  const { source, framing, clip } = store.getState();
  const model = findSlot(store.getState(), key)?.model;
  const run = new AbortController();
  const unsubscribe = store.subscribe((now) => {
    const same = now.source?.key === source?.key && now.framing === framing && now.clip === clip;
    if (!same || findSlot(now, key)?.model !== model) run.abort();
  });
  try {
    await clipRuns.run(key, run.signal);
    if (!run.signal.aborted) changeSlot(store, key, { error: undefined });
    onSuccess();
  } finally {
    unsubscribe();
  }
}

async function renew(parts: CatchUpParts, state: State, slot: Slot): Promise<void> {
  const { store, engine, pictures } = parts;
  const { source, framing } = state;
  const model = slot.model!;
  const input = { source: source!.key, framing };
  const run = new AbortController();
  const outdated = () => {
    const now = store.getState();
    return now.source?.key !== source?.key || now.framing !== framing || findSlot(now, slot.key)?.model !== model;
  };
  const unsubscribe = store.subscribe(() => outdated() && run.abort());
  try {
    const result = source!.grid
      ? await runTokens(engine, model, source!.grid, input, showDecoding(store, run.signal))
      : await encodeAndDecode();
    if (!result || outdated()) return;
    store.setState({ busy: 'idle' });
    parts.clipRuns.forget(slot.key);
    changeSlot(store, slot.key, (before) => ({ ...landed(before, result), clip: undefined, error: undefined }));
    if (result.source) pictures.standIn(input.source, result.source);
    parts.onSuccess();
  } finally {
    unsubscribe();
  }

  async function encodeAndDecode() {
    store.setState({ busy: 'encoding' });
    const picture = await pictures.idOf(input.source);
    if (picture === undefined) return undefined;
    return runPicture(engine, model, picture, input, run.signal, () => store.setState({ busy: 'decoding' }));
  }
}

function showDecoding(store: Store, signal: AbortSignal): AbortSignal {
  store.setState({ busy: 'decoding' });
  return signal;
}

/** A new result in its slot. Old numbers stay until the new ones are measured: they say what they are of. */
function landed(slot: Slot, result: Result): Partial<Slot> {
  const again = slot.result?.of.source === result.of.source && !slot.result.recorded;
  const visit = again || !result.source ? slot.visit : addCounts(slot.visit, result.counts);
  return { result: { ...result, measures: result.source ? slot.result?.measures : undefined }, visit };
}

async function measure({ store, engine }: CatchUpParts, key: number, clock: { measured: number }): Promise<void> {
  const state = store.getState();
  const slot = findSlot(state, key);
  const result = slot?.result;
  if (!slot?.model || !result?.source || !result.reconstruction) return;
  if (result.measures?.of === result.reconstruction.picture) return;
  const now = performance.now();
  if (state.camera.running && now - clock.measured < CAMERA_MEASURE_MS) return;
  clock.measured = now;
  store.setState({ busy: 'measuring' });
  const { source, reconstruction, grid } = result;
  const values = await engine.measure(source, reconstruction.picture, grid, slot.model.codebookSize, framesOfResult(slot));
  changeSlot(store, key, (current) =>
    current.result?.reconstruction?.picture === reconstruction.picture
      ? { result: { ...current.result, measures: { values, of: reconstruction.picture } } }
      : {},
  );
}
