import type { CheckpointFile, Loaded, ModelFiles, RemoteChoice, RemoteModel } from '../engine/protocol.ts';
import type { Actions, RemoteOffer } from './actions.ts';
import { answered, attempt } from './attempt.ts';
import { readManifest } from './models.ts';
import type { Parts } from './parts.ts';
import { findSlot } from './slots.ts';

type RemoteVerbs =
  | 'askForModel'
  | 'lookUpModel'
  | 'inspectModel'
  | 'fetchModel'
  | 'openStoredModel'
  | 'packModel'
  | 'canPackModel';

/** Verbs about models that lie elsewhere: asked for, shown with what they cost, fetched, kept, saved. */
export function remoteActions(parts: Parts, verbs: Pick<Actions, 'openModelFiles' | 'openOnnx'>): Pick<Actions, RemoteVerbs> {
  const { store, engine, models, surroundings } = parts;
  let lastKey = 0;

  /** Gives what to do once everything is here. */
  async function bring({ model, choice, facts }: RemoteOffer, onProgress: (progress: Loaded) => void, signal: AbortSignal) {
    if (facts.folder) {
      const { files } = facts.folder;
      return () => verbs.openModelFiles(files);
    }
    if (choice.kind === 'onnx') {
      const files = await engine.fetchFiles(choice.files, onProgress, signal);
      return async () => verbs.openOnnx(files);
    }
    const files = choice.files.map(({ name, url }): CheckpointFile => ({ name, content: url, whole: facts.whole }));
    const options = { form: store.getState().checkpoints, identity: identityOf(model, choice) };
    const converted = await engine.convert(files, options, onProgress, signal);
    return () => verbs.openModelFiles(converted.files);
  }

  /** The model's own files, where they are on this machine or on this site. */
  async function filesAtHand(slot: number): Promise<ModelFiles | undefined> {
    const files = models.filesOf(slot);
    const entries = Object.entries(files ?? {});
    if (!files || !entries.every(([, content]) => content instanceof Blob || isOwn(content))) return undefined;
    const manifest = files['manifest.json'];
    const listed = manifest instanceof Blob ? (await readManifest(files)).files.map(({ name }) => name) : undefined;
    const wanted = entries.filter(([name]) => !listed || name === 'manifest.json' || listed.includes(name));
    const read = wanted.map(async ([name, content]) => {
      return [name, content instanceof Blob ? content : await surroundings.fetchFile(content)] as const;
    });
    return Object.fromEntries(await Promise.all(read));
  }

  return {
    askForModel: (address) => store.setState({ wanted: address === undefined ? undefined : { key: ++lastKey, address } }),
    lookUpModel: (address, signal) => answered(() => engine.lookUpModel(address, signal)),
    inspectModel: (choice, signal) => answered(() => engine.inspectModel(choice, signal)),
    fetchModel: (offer, onProgress, signal) => answered(() => bring(offer, onProgress, signal)),
    openStoredModel: async (id) => {
      const files = await attempt(store, () => engine.storedFolder(id));
      if (!files) return false;
      void verbs.openModelFiles(files);
      return true;
    },
    canPackModel: (slot) => {
      const contents = Object.values(models.filesOf(slot) ?? {});
      const phase = findSlot(store.getState(), slot)?.phase;
      return phase === 'ready' && contents.length > 0 && contents.every((content) => content instanceof Blob || isOwn(content));
    },
    packModel: (slot) =>
      attempt(store, async () => {
        const files = await filesAtHand(slot);
        return files && engine.packModel(files, new AbortController().signal);
      }),
  };
}

function identityOf({ repository, page, licence }: RemoteModel, { id, title }: RemoteChoice) {
  return { id, title: titleOf(repository, title), licence, repository: page };
}

/** File names that say nothing. */
const PLAIN_FILE = /\/?((diffusion_)?(pytorch|flax)_)?model\.\w+$/;

/** The repository's name says more than its owner's; a file alone is its own name. */
function titleOf(repository: string | undefined, file: string): string {
  const name = repository?.split('/')[1];
  if (!name) return file.slice(0, 120);
  return [name, file.replace(PLAIN_FILE, '')].filter(Boolean).join(' · ').slice(0, 120);
}

/** A file of this site: it has come from there once, and costs nobody else anything. */
function isOwn(address: string): boolean {
  const base = globalThis.location?.href;
  return base === undefined ? !/^\w+:/.test(address) : new URL(address, base).origin === new URL(base).origin;
}
