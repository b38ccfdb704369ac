import { frameRuleOf, planVolume } from '../core/clip-plan.ts';
import { TokenscopeError } from '../core/errors.ts';
import { modelSize, type Size } from '../core/framing.ts';
import type { Quantizer } from '../core/quantizer.ts';
import type { GridShape } from '../core/token-grid.ts';
import { measureClip } from '../metrics/clip/index.ts';
import { measureAll } from '../metrics/index.ts';
import { measureFrames } from '../metrics/parts/frames.ts';
import { measurePlanes } from '../metrics/parts/planes.ts';
import { type BenchRun, benchRun, summarize } from './bench.ts';
import { runCheck } from './check.ts';
import { drawRun, planDrawing } from './draw-entries.ts';
import { distanceRow, entryRows, nearestEntries } from './entries.ts';
import { entryGeometry } from './entry-geometry.ts';
import { type FolderStore, openFolderStore } from './folder-store.ts';
import type { Model } from './model.ts';
import { fetchModel, type ModelContents } from './model-files.ts';
import { type ModelStore, openModelStore } from './model-store.ts';
import { onnxVerbs } from './onnx/verbs.ts';
import { openModelSessions, type Target } from './open-model.ts';
import { type OpenPicture, openPicture } from './picture.ts';
import type { CheckResult, DeviceFacts, Engine, OpenModel, Provider } from './protocol.ts';
import { createQueue } from './queue.ts';
import { remoteVerbs } from './remote/verbs.ts';
import type { Runtime } from './runtime.ts';

export interface EngineParts {
  /** Started by the caller, so that it starts while the first files are on their way. */
  readonly runtime: Promise<Runtime>;
  /** Hears the time a job may take when it starts, and undefined when it has ended. */
  watch?(seconds: number | undefined): void;
  readonly store?: Promise<ModelStore>;
  readonly folders?: Promise<FolderStore>;
  readonly fetch?: typeof fetch;
}

const OPEN_SECONDS = 240;
/** For a picture of 256 × 256; larger ones have more in proportion. */
const RUN_SECONDS = 120;

/** The real engine: opened models and pictures by id, every run through one queue. */
export function createEngine(parts: EngineParts): Engine {
  const {
    runtime,
    watch,
    store = openModelStore(),
    folders = openFolderStore(),
    fetch = globalThis.fetch.bind(globalThis),
  } = parts;
  const queue = createQueue(watch);
  const models = new Map<number, Model>();
  const pictures = new Map<number, OpenPicture>();
  let lastId = 0;

  function modelOf(id: number): Model {
    const model = models.get(id);
    if (!model) throw new TokenscopeError('model-not-open', { model: String(id) });
    return model;
  }

  function quantizerOf(id: number): Quantizer {
    const { quantizer, manifest } = modelOf(id);
    if (!quantizer) throw new TokenscopeError('internal', { message: `the quantizer of ${manifest.id} is inside its graphs` });
    return quantizer;
  }

  function entriesOf(id: number): Quantizer {
    return modelOf(id).entries ?? quantizerOf(id);
  }

  function pictureOf(id: number): OpenPicture {
    const picture = pictures.get(id);
    if (!picture) throw new TokenscopeError('internal', { message: `picture ${id} is not open` });
    return picture;
  }

  async function openSessions(contents: ModelContents, target: Target, signal: AbortSignal): Promise<Model> {
    const started = await runtime;
    const run = async () => {
      const model = await openModelSessions(contents, started, target);
      // The caller has gone meanwhile: nobody would ever close it.
      if (signal.aborted) await model.release();
      signal.throwIfAborted();
      return model;
    };
    return queue.add({ run, seconds: OPEN_SECONDS }, signal);
  }

  async function check(model: Model, { manifest, file }: ModelContents, signal: AbortSignal): Promise<CheckResult | undefined> {
    if (!manifest.check) return undefined;
    const content = file(manifest.check.file);
    const result = await queue.add({ run: () => runCheck(model, content), seconds: OPEN_SECONDS }, signal);
    if (result.passed) return result;
    const { mismatched, difference } = result;
    throw new TokenscopeError('model-check-failed', { provider: model.provider, mismatched, difference });
  }

  async function releaseModel(model: Model): Promise<void> {
    await queue.add({ run: () => model.release(), seconds: OPEN_SECONDS });
  }

  return {
    ...onnxVerbs(runtime, queue),
    ...remoteVerbs({ fetch, store, folders }),
    device: async () => (await runtime).facts,

    async openModel(files, options, onProgress, signal): Promise<OpenModel> {
      const start = performance.now();
      const contents = await fetchModel(files, { store: await store, signal, onProgress, fetch });
      onProgress({ stage: 'prepare' });
      const { facts } = await runtime;
      const { provider = facts.provider, precision = 'float32' } = options;
      const device = factsFor(facts, provider);
      if (precision === 'float16' && !device.shaderF16) {
        throw new TokenscopeError('half-precision', { file: contents.manifest.title, reason: 'the device has no shader-f16' });
      }
      const model = await openSessions(contents, { provider, precision }, signal);
      try {
        if (options.check !== false) onProgress({ stage: 'check' });
        const checked = options.check === false ? undefined : await check(model, contents, signal);
        signal.throwIfAborted();
        models.set(++lastId, model);
        const { manifest, codebookSize, entries } = model;
        const entryDimension = entries?.entryDimension ?? manifest.quantizer.entryDimension ?? 0;
        const openMs = performance.now() - start;
        const about = { id: lastId, manifest, device, precision: model.precision };
        return { ...about, codebookSize, entryDimension, openMs, ...(checked && { check: checked }) };
      } catch (error) {
        await releaseModel(model);
        throw error;
      }
    },

    async closeModel(id) {
      const model = models.get(id);
      models.delete(id);
      if (model) await releaseModel(model);
    },

    async openPicture(picture) {
      pictures.set(++lastId, openPicture(picture));
      return lastId;
    },
    async closePicture(id) {
      pictures.get(id)?.close();
      pictures.delete(id);
    },
    framePicture: async (id, framing, size) => pictureOf(id).frame(framing, size),
    async frameOnce(picture, framing, sizes) {
      const opened = openPicture(picture);
      try {
        return sizes.map((size) => opened.frame(framing, size));
      } finally {
        opened.close();
      }
    },

    async encode(id, pictureId, framing, signal) {
      const model = modelOf(id);
      const size = modelSize(framing, model.manifest.size);
      const run = async () => {
        const start = performance.now();
        const source = pictureOf(pictureId).frame(framing, size);
        const framed = performance.now() - start;
        const { timings, ...encoded } = await modelOf(id).encode([source]);
        const all = { ...timings, prepareMs: timings.prepareMs + framed };
        return { model: id, picture: pictureId, framing, source, ...encoded, timings: all };
      };
      return queue.add({ run, kind: `encode ${id}`, seconds: secondsFor(size, frameRuleOf(model.manifest).window) }, signal);
    },

    async encodeFrames(id, frames, signal) {
      const { manifest } = modelOf(id);
      const run = async () => ({ model: id, ...(await modelOf(id).encode(frames)) });
      const seconds = secondsFor(frames[0] ?? { height: 0, width: 0 }, frameRuleOf(manifest).window);
      return queue.add({ run, kind: `encode ${id}`, seconds }, signal);
    },

    async decode(id, grid, signal) {
      const seconds = volumeSeconds(modelOf(id), grid.shape);
      const run = async () => ({ model: id, ...(await modelOf(id).decode(grid)) });
      return queue.add({ run, kind: `decode ${id}`, seconds }, signal);
    },

    async decodeLatents(id, latents, signal) {
      const seconds = volumeSeconds(modelOf(id), latents.shape);
      const run = async () => ({ model: id, ...(await modelOf(id).decodeLatents(latents)) });
      return queue.add({ run, kind: `decode ${id}`, seconds }, signal);
    },

    measure: async (source, reconstruction, grid, codebookSize, frames = 1) =>
      measureAll({ source, reconstruction, grid, codebookSize, frames }),
    measureFrames: async (source, reconstruction, before) => measureFrames(source, reconstruction, before),
    measurePlanes: async (grid, before) => measurePlanes(grid, before),
    measureClip: async (sample) => measureClip(sample),

    distances: async (id, latent) => distanceRow(quantizerOf(id), latent),
    neighbours: async (id, entry, count) => nearestEntries(entriesOf(id), entry, count),
    entryGeometry: async (id) => entryGeometry(entriesOf(id)),
    entries: async (id, from, to) => entryRows(entriesOf(id), from, to),

    async drawEntries(id, entries, signal) {
      const plan = planDrawing(modelOf(id));
      const bytes = plan.side * plan.side * 4;
      const pictures = new Uint8ClampedArray(entries.length * bytes);
      for (let from = 0; from < entries.length; from += plan.perRun) {
        const some = entries.subarray(from, from + plan.perRun);
        const run = () => drawRun(modelOf(id), some, plan);
        pictures.set(await queue.add({ run, background: true, seconds: RUN_SECONDS }, signal), from * bytes);
      }
      return { side: plan.side, pictures };
    },

    async bench(id, pictureId, framing, runs, signal) {
      const started = await runtime;
      const { provider, manifest } = modelOf(id);
      const seconds = 2 * secondsFor(modelSize(framing, manifest.size), frameRuleOf(manifest).window);
      const run = () => benchRun(modelOf(id), pictureOf(pictureId), framing, started);
      const done: BenchRun[] = [];
      // The first one warms up and does not count.
      for (let i = 0; i <= runs; i++) done.push(await queue.add({ run, seconds }, signal));
      return { provider, adapter: factsFor(started.facts, provider).adapter, ...summarize(done.slice(1)) };
    },
  };
}

function secondsFor({ height, width }: Size, frames = 1): number {
  return RUN_SECONDS * Math.max(1, (height * width * frames) / 65_536);
}

function volumeSeconds({ manifest }: Model, { t, h, w }: GridShape): number {
  const { reduction } = manifest.size;
  const rule = frameRuleOf(manifest);
  // The last window may be filled up.
  const frames = planVolume(t, rule).windows.length * rule.window;
  return secondsFor({ height: h * reduction, width: w * reduction }, frames);
}

/** A model may be on WASM although the GPU works. */
function factsFor(facts: DeviceFacts, provider: Provider): DeviceFacts {
  return provider === facts.provider ? facts : { ...facts, provider, why: 'asked', adapter: '', shaderF16: false };
}
