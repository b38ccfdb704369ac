import { TokenscopeError } from '../core/errors.ts';
import type { CatalogModel, CheckpointFile, ModelFiles, Provider } from '../engine/protocol.ts';
import type { Actions } from './actions.ts';
import { attempt, quietly } from './attempt.ts';
import { readManifest } from './models.ts';
import type { Parts } from './parts.ts';
import { findSlot } from './slots.ts';
import { initialState } from './store.ts';

type ModelVerbs =
  | 'openModel'
  | 'addModel'
  | 'suitModel'
  | 'openModelFiles'
  | 'openCheckpoint'
  | 'setCheckpointForm'
  | 'canConvertAgain'
  | 'convertAgain'
  | 'closeModel'
  | 'retryModel'
  | 'setPrecision'
  | 'storedModels'
  | 'deleteStoredModel';

/** Verbs about models. */
export function modelActions(parts: Parts): Pick<Actions, ModelVerbs> {
  const { store, engine, surroundings, models, catchUp } = parts;
  const inCatalog = (id: string): CatalogModel => {
    const model = surroundings.catalog.find((candidate) => candidate.id === id);
    if (!model) throw new TokenscopeError('model-missing-file', { file: `${id}/manifest.json` });
    return model;
  };
  /** The visitor's own files that models were converted from, by the model's id. */
  const given = new Map<string, readonly CheckpointFile[]>();
  const givenFor = (key: number) => {
    const { id, conversion } = findSlot(store.getState(), key)?.manifest ?? {};
    return id !== undefined && conversion ? given.get(id) : undefined;
  };
  const slotOf = (id: string) => store.getState().slots.find((slot) => slot.manifest.id === id && slot.phase !== 'failed');

  async function bringUp(key: number, provider?: Provider): Promise<void> {
    await models.open(key, provider);
    parts.wantEntryPictures(key, []);
    try {
      await catchUp();
    } finally {
      models.takeOver(key);
    }
  }

  /** Waits in second place while another model is on screen, unless its recorded result can stand in at once. */
  async function open(model: CatalogModel, role: 'active' | 'further', provider?: Provider): Promise<void> {
    store.setState({ modelIsAsked: true });
    if (role === 'active') models.closePending();
    const active = store.getState().slots[0];
    const replaces = role === 'active' && active ? [active.key] : [];
    const key = models.place(model.manifest, model.files, role === 'active' && !active?.result ? 'front' : 'end', replaces);
    await fill(key, model, provider);
  }

  async function fill(key: number, model: CatalogModel, provider?: Provider): Promise<void> {
    parts.sources.refit();
    showGhost(parts, key, model);
    await bringUp(key, provider);
  }

  /** The first model of a medium in the place of those that nobody chose, at once: what they show is of another source. */
  async function openInstead(model: CatalogModel): Promise<void> {
    const { slots } = store.getState();
    const key = models.place(model.manifest, model.files, 'front');
    for (const other of slots) models.close(other.key);
    store.setState({ selection: initialState.selection });
    await fill(key, model);
  }

  const openConverted = (files: readonly CheckpointFile[]) =>
    attempt(store, async () => {
      store.setState({ busy: 'converting' });
      try {
        const { checkpoints: form } = store.getState();
        const { manifest, files: made } = await engine.convert(files, { form }, () => {}, new AbortController().signal);
        given.set(manifest.id, files);
        await open({ id: manifest.id, manifest, files: made }, 'active');
      } finally {
        if (store.getState().busy === 'converting') store.setState({ busy: 'idle' });
      }
    });

  return {
    openModel: (id) =>
      attempt(store, async () => {
        const there = slotOf(id);
        if (!there) return open(inCatalog(id), 'active');
        store.setState({ modelIsAsked: true });
        models.toFront(there.key);
      }),
    addModel: (id) =>
      attempt(store, async () => {
        if (!slotOf(id)) await open(inCatalog(id), 'further');
      }),
    suitModel: (medium) =>
      quietly(store, async () => {
        const { modelIsAsked, slots } = store.getState();
        const model = surroundings.catalog.find(({ manifest }) => manifest.medium === medium);
        if (!model || modelIsAsked || slots.some(({ manifest }) => manifest.medium === medium)) return;
        if (slots.length > 0) await openInstead(model);
        else await fill(models.place(model.manifest, model.files, 'front'), model);
      }),
    openModelFiles: (files: ModelFiles, provider?: Provider) =>
      attempt(store, async () => {
        const manifest = await readManifest(files);
        await open({ id: manifest.id, manifest, files }, 'active', provider);
      }),
    openCheckpoint: (files) => openConverted(files.map((file) => ({ name: file.name, content: file }))),
    setCheckpointForm: (change) => store.setState(({ checkpoints }) => ({ checkpoints: { ...checkpoints, ...change } })),
    canConvertAgain: (slot) => givenFor(slot) !== undefined,
    convertAgain: async (slot) => {
      const files = givenFor(slot);
      if (files) await openConverted(files);
    },
    closeModel: (slot) => models.close(slot),
    retryModel: (slot, provider) =>
      attempt(store, async () => {
        if (!findSlot(store.getState(), slot)) return;
        parts.alive.revive(provider);
        await models.open(slot, provider);
        await catchUp();
      }),
    setPrecision: (slot, precision) =>
      attempt(store, async () => {
        const model = findSlot(store.getState(), slot)?.model;
        if (!model || model.precision === precision) return;
        await models.open(slot, model.device.provider, precision);
        await catchUp();
      }),
    storedModels: async () => (await attempt(store, () => engine.storedModels())) ?? [],
    deleteStoredModel: (id) => attempt(store, () => engine.deleteStoredModel(id)),
  };
}

/** What the model's files show of the present sample, while the model opens. */
function showGhost({ store, surroundings, ghosts, sources }: Parts, key: number, model: CatalogModel): void {
  const { source } = store.getState();
  const sample = surroundings.samples.find(({ id }) => id === source?.sample);
  void ghosts.showEntries(key, model);
  if (!source || !sample) return;
  const show = sample.kind === 'clip' ? ghosts.showClip : ghosts.showResult;
  void show(key, model, sample, source.key, () => sources.overtaken(source.key)).then(() => {
    if (source.clip) void ghosts.fillFrames(source.key);
  });
}
