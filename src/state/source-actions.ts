import { TokenscopeError } from '../core/errors.ts';
import { readTokenText } from '../core/token-file.ts';
import type { ModelFiles } from '../engine/protocol.ts';
import type { Actions } from './actions.ts';
import { attempt, quietly } from './attempt.ts';
import { isModelAddress, modelKind, pictureAmong } from './model-files.ts';
import type { Parts } from './parts.ts';
import type { Source } from './store.ts';

type SourceVerbs =
  | 'goTo'
  | 'openSample'
  | 'openFiles'
  | 'openUrl'
  | 'openBitmap'
  | 'openSequence'
  | 'openTrayAsClip'
  | 'openTrayItem'
  | 'removeTrayItem'
  | 'clearTray'
  | 'runTray'
  | 'stopTray'
  | 'openTokenText'
  | 'openTokens'
  | 'startCamera'
  | 'stopCamera'
  | 'setFraming'
  | 'setColourManaged';

/** So many files of a set are tried for a first picture. */
const TRIES = 5;

/** Verbs about what is looked at. */
export function sourceActions(
  parts: Parts,
  models: Pick<Actions, 'openFolder' | 'openCheckpoint' | 'openOnnx' | 'askForModel' | 'suitModel'>,
): Pick<Actions, SourceVerbs> {
  const { store, surroundings, sources, tray, camera, catchUp } = parts;

  /** A new source ends the camera; a failure while opening leaves everything as it was. */
  const opening = (work: (key: number) => Promise<void>) =>
    attempt(store, async () => {
      camera.stop();
      const key = sources.begin();
      try {
        await work(key);
      } finally {
        if (!sources.overtaken(key)) store.setState({ busy: 'idle' });
      }
      if (sources.overtaken(key)) return;
      const { source } = store.getState();
      const suits = source && source.kind !== 'tokens' && models.suitModel(source.clip ? 'video' : 'image');
      await Promise.all([suits, catchUp()]);
    });
  const openFile = (file: File, kind: Source['kind']) => opening((key) => sources.openFile(key, file, { name: file.name, kind }));

  /** The first file of a set that can be opened; what is wrong with the others is told in their rows. */
  const openFirst = (files: readonly File[]) =>
    opening(async (key) => {
      const tried = files.slice(0, TRIES);
      for (const file of tried) {
        const opened = sources.openFile(key, file, { name: file.name, kind: 'file' });
        if (file === tried.at(-1)) return opened;
        if (
          await opened.then(
            () => true,
            () => false,
          )
        )
          return;
      }
    });

  const openSequence = (files: readonly File[]) =>
    opening(async (key) => {
      const [first] = files;
      if (!first) return;
      const clip = await surroundings.openSequence(files, first.name);
      sources.openClip(key, clip, { name: first.name, kind: 'file' });
    });

  /** A zip file with a model in it, ours or somebody's ONNX files; any other is not for this page. */
  const openZip = async (file: File) => {
    const unpacked = await attempt(store, () => parts.engine.unpackZip(file, file.name));
    if (!unpacked) return;
    const paths = Object.keys(unpacked);
    const manifest = paths.find((path) => /(^|\/)manifest\.json$/.test(path));
    if (manifest !== undefined) return models.openFolder(insideOf(unpacked, manifest.slice(0, -'manifest.json'.length)));
    if (paths.some((path) => /\.onnx$/i.test(path))) return models.openOnnx(unpacked);
    return openFile(file, 'file');
  };

  const openSample = async (id: string) => {
    let suited: Promise<void> | undefined;
    await opening(async (key) => {
      const sample = surroundings.samples.find((candidate) => candidate.id === id);
      if (!sample) throw new TokenscopeError('media-fetch', { address: id });
      // Before it is read: its recorded result can be there at once.
      suited = models.suitModel(sample.kind === 'clip' ? 'video' : 'image');
      void showGhosts(parts, sample, key).then(parts.firstPaint.open);
      await parts.firstPaint.passed();
      const file = await surroundings.fetchFile(sample.file);
      await sources.openFile(key, file, { name: id, kind: 'sample', sample: id });
      if (!sources.overtaken(key)) void quietly(store, () => parts.ghosts.fillFrames(key));
    });
    await suited;
  };

  return {
    goTo: (place) => {
      const { source, modelIsAsked } = store.getState();
      store.setState({ place });
      const clip = surroundings.samples.find(({ kind }) => kind === 'clip');
      // As long as a visitor only looks around, there is something to see among clips too.
      if (place === 'clip' && clip && !modelIsAsked && source?.sample && !source.clip) void openSample(clip.id);
    },
    openSample,
    openFiles: async (files, remarks = []) => {
      const visible = files.filter((file) => !file.name.startsWith('.'));
      const kind = await modelKind(visible);
      if (kind === 'folder') return models.openFolder(folderOf(visible));
      if (kind === 'checkpoint') return models.openCheckpoint(visible);
      if (kind === 'onnx') {
        const picture = await pictureAmong(visible);
        models.openOnnx(byPath(visible));
        // Dropped with a model, it is what the model shall be tried on.
        return picture && openFile(picture, 'file');
      }
      if (kind === 'zip') return openZip(visible[0]!);
      const [first = files[0]] = visible;
      if (store.getState().place === 'clip' && areFrames(visible)) await openSequence(visible);
      else if (visible.length > 1) {
        tray.add(visible);
        await openFirst(visible);
      } else if (first) await openFile(first, 'file');
      parts.notices.tell(remarks);
    },
    openUrl: async (address) => {
      if (isModelAddress(address)) return models.askForModel(address);
      return opening(async (key) => {
        const file = await surroundings.fetchFile(address);
        if (!sources.overtaken(key)) await sources.openFile(key, file, { name: file.name, kind: 'url' });
      });
    },
    openBitmap: (bitmap, name) =>
      attempt(store, async () => {
        camera.stop();
        sources.openBitmap(bitmap, { name, kind: 'paste' });
        await catchUp();
      }),
    openSequence,
    openTrayAsClip: () => openSequence(tray.files()),
    openTrayItem: async (key) => {
      const file = tray.fileOf(key);
      if (file) await openFile(file, 'file');
    },
    removeTrayItem: tray.remove,
    clearTray: tray.clear,
    runTray: () => attempt(store, tray.run),
    stopTray: tray.stop,
    openTokenText: (text) =>
      attempt(store, async () => {
        const { grid } = readTokenText(text, 'tokens', store.getState().slots[0]?.result?.grid.shape);
        camera.stop();
        sources.openGrid(grid, 'tokens');
        await catchUp();
      }),
    openTokens: (grid, name) =>
      attempt(store, async () => {
        camera.stop();
        sources.openGrid(grid, name);
        await catchUp();
      }),
    startCamera: (options) => attempt(store, () => camera.start(options)),
    stopCamera: camera.stop,
    setFraming: (change) => {
      parts.clipRuns.resume();
      store.setState(({ framing }) => ({ framing: { ...framing, ...change } }));
      sources.refit();
      void attempt(store, catchUp);
    },
    setColourManaged: (colourManaged) => {
      store.setState({ colourManaged });
      sources.reread();
      void attempt(store, catchUp);
    },
  };
}

/** Whether pictures are counted through: given to the Clip place, these are the frames of a clip. */
function areFrames(files: readonly File[]): boolean {
  return files.length > 1 && files.every(({ name, type }) => type.startsWith('image/') && /\d/.test(name));
}

/** Recorded results of a sample in every slot whose model is not open yet. */
async function showGhosts(
  { store, surroundings, ghosts, sources }: Parts,
  sample: Parameters<typeof ghosts.showResult>[2],
  key: number,
): Promise<void> {
  const shown = store.getState().slots.map((slot) => {
    const model = surroundings.catalog.find(({ id }) => id === slot.manifest.id);
    if (!model || slot.phase === 'ready') return undefined;
    const show = sample.kind === 'clip' ? ghosts.showClip : ghosts.showResult;
    return show(slot.key, model, sample, key, () => sources.overtaken(key));
  });
  await Promise.all(shown);
}

/** Files by where they lay in what was dropped. */
function byPath(files: readonly File[]): Readonly<Record<string, Blob>> {
  return Object.fromEntries(files.map((file) => [file.webkitRelativePath || file.name, file]));
}

/** The files of one folder, without the folder's own name. */
function insideOf(files: Readonly<Record<string, Blob>>, folder: string): ModelFiles {
  const own = Object.entries(files).filter(([path]) => path.startsWith(folder));
  return Object.fromEntries(own.map(([path, content]) => [path.slice(folder.length), content]));
}

/** A model's folder as its files by name, without the folder's own name. */
function folderOf(files: readonly File[]): ModelFiles {
  return Object.fromEntries(files.map((file) => [file.name, file]));
}
