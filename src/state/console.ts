import { planeOfFrame } from '../core/clip-plan.ts';
import type { Picture } from '../core/picture.ts';
import type { ModelFiles } from '../engine/protocol.ts';
import type { Actions } from './actions.ts';
import { isWhole } from './clip-run.ts';
import type { Playground } from './hooks.ts';
import type { Slot, State, Store } from './store.ts';

type Shape3 = [number, number, number];
type Shape4 = [number, number, number, number];

/** `window.tokenscope`; its types, written for the people who use it, are in public/tokenscope.d.ts. */
export function consoleOf({ store, actions, samples }: Playground) {
  const result = () => store.getState().slots[0]?.result;
  const clip = () => store.getState().slots[0]?.clip;

  return {
    async openModel(model: string | File[] | URL) {
      await said(store, openAnyModel(actions, model));
      const slot = await until(store, (state) => state.slots[0]?.phase === 'ready' && state.slots[0]);
      return { id: slot.manifest.id, provider: slot.model!.device.provider };
    },
    async open(source: File | Blob | URL | string | ImageBitmap): Promise<void> {
      const sample = samples.find(({ id }) => id === source);
      await said(store, sample ? actions.openSample(sample.id) : openAnySource(actions, source));
      await until(store, ({ slots, source: opened }) => {
        const { clip: whole, result: made = whole } = slots[0] ?? {};
        const of = whole?.of ?? made?.of;
        // Of a clip everything has to be through.
        return of?.source === opened?.key && made?.recorded === false && (!whole || isWhole(whole));
      });
    },
    tokens() {
      const grid = clip()?.grid ?? result()?.grid;
      if (!grid) return undefined;
      const { t, h, w } = grid.shape;
      return { tokens: grid.tokens.slice(), shape: [t, h, w] as Shape3 };
    },
    latents() {
      const slot = store.getState().slots[0];
      const latents = slot?.clip ? actions.clipLatents(slot.key) : result()?.latents;
      if (!latents) return undefined;
      const { t, h, w } = latents.shape;
      return { latents: latents.data.slice(), shape: [latents.d, t, h, w] as Shape4 };
    },
    async decode(
      { tokens, shape: [t, h, w] }: { tokens: ArrayLike<number>; shape: Shape3 },
      { keep = true }: { keep?: boolean } = {},
    ): Promise<ImageData[]> {
      const grid = { tokens: Int32Array.from(tokens), shape: { t, h, w } };
      if (keep) await said(store, actions.openTokens(grid, 'tokens'));
      if (!keep) return ((await said(store, actions.decodeFrames(grid))) ?? []).map(imageOf);
      const whole = result()?.reconstruction?.picture;
      return clip()?.reconstruction.map(imageOf) ?? (whole ? [imageOf(whole)] : []);
    },
    frames() {
      const shown = clip();
      if (!shown) return undefined;
      const { frames, reconstruction, plan } = shown;
      const planes = reconstruction.map((_, frame) => planeOfFrame(plan, frame));
      return { source: frames.map(imageOf), reconstruction: reconstruction.map(imageOf), planes };
    },
    state: () => describe(store.getState()),
    async bench() {
      const report = await said(store, actions.bench());
      if (!report) throw new Error('No model and picture to time.');
      const { provider, adapter, encodeMs, decodeMs, overhead } = report;
      return { provider, adapter, encodeMs, decodeMs, overhead };
    },
  };
}

async function openAnyModel(actions: Actions, model: string | File[] | URL): Promise<void> {
  if (typeof model === 'string') return actions.openModel(model);
  if (Array.isArray(model)) return actions.openModelFiles(Object.fromEntries(model.map((file) => [file.name, file])));
  return actions.openModelFiles(await filesAt(model));
}

/** A model folder by the address of its manifest: the other files lie beside it. */
async function filesAt(address: URL): Promise<ModelFiles> {
  const blob = await (await fetch(address)).blob();
  const { files = [] } = JSON.parse(await blob.text()) as { files?: { name: string }[] };
  return { 'manifest.json': blob, ...Object.fromEntries(files.map(({ name }) => [name, new URL(name, address).href])) };
}

function openAnySource(actions: Actions, source: File | Blob | URL | string | ImageBitmap): Promise<void> {
  if (typeof source === 'string' || source instanceof URL) return actions.openUrl(new URL(source, document.baseURI).href);
  if (source instanceof ImageBitmap) return actions.openBitmap(source, 'bitmap');
  return actions.openFiles([source instanceof File ? source : new File([source], 'picture', { type: source.type })]);
}

/** The page's verbs never throw; a script wants to know. */
async function said<T>(store: Store, verb: Promise<T>): Promise<T> {
  const value = await verb;
  const { error } = store.getState();
  if (error) throw error;
  return value;
}

/** Resolves with the first truthy answer; rejects with the error the page shows meanwhile. */
function until<T>(store: Store, ask: (state: State) => T | false | undefined): Promise<T> {
  return new Promise((resolve, reject) => {
    const look = (state: State) => {
      const answer = ask(state);
      if (!answer && !state.error) return false;
      unsubscribe();
      if (answer) resolve(answer);
      else reject(state.error);
      return true;
    };
    let unsubscribe = () => {};
    if (!look(store.getState())) unsubscribe = store.subscribe(look);
  });
}

function imageOf({ data, width, height }: Picture): ImageData {
  return new ImageData(data.slice(), width, height);
}

/** Plain values only, so that it survives JSON. */
function describe(state: State): Record<string, unknown> {
  const { place, language, theme, palette, source, framing, selection, busy, camera, device, error, notices, tray } = state;
  return {
    ...{ place, language, theme, palette, framing, selection, busy, camera, device, notices },
    source: source && { ...source, grid: undefined, ...(source.clip ? { clip: { ...source.clip, times: undefined } } : {}) },
    playhead: state.playhead,
    models: state.slots.map(describeSlot),
    tray: { items: tray.items.length, done: tray.run?.done, running: tray.run?.running },
    error: error && { code: error.code, parameters: error.parameters },
  };
}

function describeSlot({ manifest, phase, progress, result, clip, error, visit }: Slot): Record<string, unknown> {
  const used = result?.counts.reduce((sum, count) => sum + Number(count > 0), 0);
  return {
    ...{ id: manifest.id, phase, progress },
    recorded: result?.recorded,
    grid: (clip ?? result)?.grid.shape,
    clip: clip && { ...clip.plan, windows: clip.windowsDone, running: clip.running, measures: clip.summary },
    measures: result?.measures?.values,
    timings: result?.timings,
    usage: result && { used, of: result.counts.length },
    visit: { pictures: visit.pictures },
    error: error && { code: error.code, parameters: error.parameters },
  };
}
