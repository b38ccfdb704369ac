import { asTokenscopeError, isAbort, TokenscopeError } from '../core/errors.ts';
import type { Manifest } from '../core/manifest.ts';
import { parseManifest } from '../core/parse-manifest.ts';
import type { Engine, ModelFiles, OpenModel, OpenOptions, Precision, Provider } from '../engine/protocol.ts';
import { changeSlot, emptySlot, findSlot, withSlots } from './slots.ts';
import type { Slot, Store } from './store.ts';

/** Codebooks with more numbers than this stay in the worker. */
const CODEBOOK_NUMBERS = 1 << 22;

interface Opening {
  readonly files: ModelFiles;
  /** Slots that make room when this one is ready. */
  replaces: readonly number[];
  controller: AbortController;
}

interface ModelParts {
  readonly store: Store;
  readonly engine: Engine;
  /** Passed before a model is opened: recorded results come first. */
  readonly gate: () => Promise<void>;
  /** True when the engine was lost: somebody else brings it back. */
  readonly onFailure: (error: unknown) => boolean;
}

/** Opening, closing and opening again of models: which slot was opened from which files, on which provider. */
export function keepModels({ store, engine, gate, onFailure }: ModelParts) {
  const openings = new Map<number, Opening>();
  let nextKey = 1;

  /** A slot for a model about to be opened; in front when it is to be the active one. */
  function place(manifest: Manifest, files: ModelFiles, where: 'front' | 'end', replaces: readonly number[] = []): number {
    const slot = emptySlot(nextKey++, manifest);
    openings.set(slot.key, { files, replaces, controller: new AbortController() });
    store.setState((state) => withSlots(state, where === 'front' ? [slot, ...state.slots] : [...state.slots, slot]));
    return slot.key;
  }

  /**
   * Opens the model of a slot (again). Throws what the engine throws; the slot then says so, or is gone when another model
   * still stands. An engine that was lost meanwhile is no failure of the model: whoever brings it back opens it.
   */
  async function open(key: number, provider?: Provider, precision?: Precision): Promise<void> {
    const opening = openings.get(key);
    if (!opening) return;
    opening.controller.abort();
    opening.controller = new AbortController();
    const { signal } = opening.controller;
    const previous = findSlot(store.getState(), key)?.model;
    changeSlot(store, key, { phase: 'opening', error: undefined, progress: undefined });
    const options: OpenOptions = { ...(provider && { provider }), ...(precision && { precision }) };
    try {
      await gate();
      signal.throwIfAborted();
      const model = await engine.openModel(opening.files, options, (progress) => show(key, { progress }, signal), signal);
      if (signal.aborted) {
        engine.closeModel(model.id).catch(() => {});
        return;
      }
      await ready(key, model);
      if (previous) engine.closeModel(previous.id).catch(() => {});
    } catch (error) {
      if (signal.aborted || isAbort(error) || onFailure(error)) return;
      fail(key, error);
      throw error;
    }
  }

  function show(key: number, change: Partial<Slot>, signal: AbortSignal): void {
    if (!signal.aborted) changeSlot(store, key, change);
  }

  async function ready(key: number, model: OpenModel): Promise<void> {
    const about = await describe(findSlot(store.getState(), key)!, model);
    changeSlot(store, key, { ...about, phase: 'ready', model, manifest: model.manifest, progress: undefined, error: undefined });
    store.setState({ device: model.device });
  }

  /** The slot takes the place of those it was opened to replace, now that it has something to show. */
  function takeOver(key: number): void {
    const opening = openings.get(key);
    const slot = findSlot(store.getState(), key);
    if (!opening?.replaces.length || !slot || slot.phase !== 'ready') return;
    const { replaces } = opening;
    opening.replaces = [];
    const standing = replaces.some((other) => findSlot(store.getState(), other));
    if (store.getState().source && !slot.result && standing) close(key);
    else {
      toFront(key);
      for (const other of replaces) close(other);
    }
  }

  /** Entry vectors and their principal components, where the recorded result has not brought them already. */
  async function describe(slot: Slot, model: OpenModel): Promise<Partial<Slot>> {
    const { codebookSize, entryDimension, id } = model;
    const small = codebookSize > 0 && codebookSize * entryDimension <= CODEBOOK_NUMBERS;
    const [codebook, geometry] = await Promise.all([
      slot.codebook ?? (small ? engine.entries(id, 0, codebookSize).catch(() => undefined) : undefined),
      slot.geometry ?? (codebookSize > 0 ? engine.entryGeometry(id).catch(() => undefined) : undefined),
    ]);
    const counted = slot.visit.counts.length === codebookSize;
    return { codebook, geometry, ...(counted ? {} : { visit: { counts: new Uint32Array(codebookSize), pictures: 0 } }) };
  }

  /** A slot that was to replace another goes away; one whose model still runs goes on; else it says what happened. */
  function fail(key: number, error: unknown): void {
    const slot = findSlot(store.getState(), key);
    const standing = openings.get(key)?.replaces.some((other) => findSlot(store.getState(), other));
    if (slot?.model) changeSlot(store, key, { phase: 'ready', progress: undefined });
    else if (standing) close(key);
    else changeSlot(store, key, { phase: 'failed', error: asTokenscopeError(error), progress: undefined });
  }

  function close(key: number): void {
    const slot = findSlot(store.getState(), key);
    openings.get(key)?.controller.abort();
    openings.delete(key);
    if (slot?.model) engine.closeModel(slot.model.id).catch(() => {});
    store.setState((state) =>
      withSlots(
        state,
        state.slots.filter((other) => other.key !== key),
      ),
    );
  }

  /** Gives up what was about to take the active model's place: something newer will. */
  function closePending(): void {
    for (const { key, phase } of store.getState().slots) {
      if (phase === 'opening' && openings.get(key)?.replaces.length) close(key);
    }
  }

  function toFront(key: number): void {
    store.setState((state) => {
      const slot = findSlot(state, key);
      return slot ? withSlots(state, [slot, ...state.slots.filter((other) => other !== slot)]) : state;
    });
  }

  /** All models again after the engine was lost (its ids mean nothing any more), on the slower and safer provider. */
  async function reopen(): Promise<void> {
    const slots = store.getState().slots.filter((slot) => slot.phase !== 'failed');
    for (const { key, result } of slots) {
      const of = result && { ...result.of, model: undefined };
      changeSlot(store, key, {
        phase: 'opening',
        model: undefined,
        progress: undefined,
        ...(of && { result: { ...result, of } }),
      });
    }
    for (const { key } of slots) await open(key, 'wasm').catch(() => {}); // Each slot says its own failure.
  }

  /** Says of every model that the engine cannot be brought back. */
  function giveUp(error: TokenscopeError): void {
    for (const { key } of store.getState().slots) {
      openings.get(key)?.controller.abort();
      changeSlot(store, key, { phase: 'failed', error, model: undefined, progress: undefined });
    }
  }

  return {
    place,
    open,
    close,
    closePending,
    takeOver,
    toFront,
    reopen,
    giveUp,
    filesOf: (key: number) => openings.get(key)?.files,
  };
}

/** The manifest among a model's files: needed before the engine reads them, to name the slot. */
export async function readManifest(files: ModelFiles): Promise<Manifest> {
  const file = files['manifest.json'];
  if (!(file instanceof Blob)) throw new TokenscopeError('model-missing-file', { file: 'manifest.json' });
  let json: unknown;
  try {
    json = JSON.parse(await file.text());
  } catch {
    throw new TokenscopeError('manifest-invalid', { file: 'manifest.json', reason: 'JSON' });
  }
  return parseManifest(json);
}
