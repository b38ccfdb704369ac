import { frameRuleOf, framesOfPlanes, planesOfFrames, planVolume, runFrames } from '../src/core/clip-plan.ts';
import { TokenscopeError } from '../src/core/errors.ts';
import { type Framing, modelSize, place, type Size } from '../src/core/framing.ts';
import type { Manifest } from '../src/core/manifest.ts';
import type { Picture } from '../src/core/picture.ts';
import { cellCount, type GridShape, type Latents, latentVector, type TokenGrid } from '../src/core/token-grid.ts';
import type {
  CatalogModel,
  DeviceFacts,
  Encoded,
  Engine,
  EngineHost,
  ModelId,
  Nearest,
  OpenModel,
  PictureId,
} from '../src/engine/protocol.ts';
import { measureClip } from '../src/metrics/clip/index.ts';
import { measureAll } from '../src/metrics/index.ts';
import { measureFrames } from '../src/metrics/parts/frames.ts';
import { measurePlanes } from '../src/metrics/parts/planes.ts';

/**
 * An engine without a GPU. Its tokenizer is a cube of 4 × 4 × 4 colours: a cell's latent vector is the mean colour of its
 * 8 × 8 patch (and its brightness), the token is the nearest colour, the reconstruction paints it. Everything it answers
 * can be worked out by hand.
 */

const SIDE = 4;
const K = SIDE ** 3;
const D = 4;
const PATCH = 8;

export const fakeManifest: Manifest = {
  manifest: 1,
  id: 'fake',
  title: 'Colour cube, 64 entries',
  medium: 'image',
  architecture: 'custom',
  quantizer: { kind: 'vq', codebookSize: K, entryDimension: D, score: 'l2' },
  size: { reduction: PATCH, multipleOf: PATCH, minimum: 16, maximum: 1024, preferred: [256, 256] },
  pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
  graphs: {
    encoder: {
      file: 'encoder.onnx',
      input: 'pixels',
      output: 'latents',
      layout: 'NCHW',
      carries: 'latents',
      latentLayout: 'NDHW',
    },
    decoder: {
      file: 'decoder.onnx',
      input: 'latents',
      output: 'pixels',
      layout: 'NCHW',
      carries: 'latents',
      latentLayout: 'NDHW',
    },
  },
  codebook: { file: 'codebook.safetensors', tensor: 'codebook' },
  files: [
    { name: 'encoder.onnx', bytes: 1000 },
    { name: 'decoder.onnx', bytes: 1000 },
  ],
  source: { licence: 'MIT' },
};

/** Two models, so that Compare has two rows. */
export const fakeCatalog: readonly CatalogModel[] = ['fake', 'fake-two'].map((id) => {
  const manifest = { ...fakeManifest, id, title: `${fakeManifest.title} (${id})` };
  return { id, manifest, files: { 'manifest.json': new Blob([JSON.stringify(manifest)]) } };
});

/** The same for clips: a latent vector is the mean over a plane's frames, and every frame of a plane comes back the same. */
export function fakeVideoModel(rule: 'grouped' | 'causal'): CatalogModel {
  const id = `fake-${rule}`;
  const frames = { rule, reduction: 4, window: rule === 'grouped' ? 16 : 17 };
  const manifest: Manifest = { ...fakeManifest, id, title: id, medium: 'video', size: { ...fakeManifest.size, frames } };
  return { id, manifest, files: { 'manifest.json': new Blob([JSON.stringify(manifest)]) } };
}

export const fakeDevice: DeviceFacts = {
  provider: 'wasm',
  why: 'no-webgpu',
  adapter: 'none',
  shaderF16: false,
  threads: 1,
  isolated: false,
  build: 'wasm',
  maxTextureSide: 8192,
};

/** Entry `e` is a corner of the cube, in [-1, 1]; its fourth component is the brightness. */
const entries = Float32Array.from({ length: K * D }, (_, i) => {
  const e = Math.floor(i / D);
  const level = [e >> 4, (e >> 2) & 3, e & 3].map((digit) => (digit / (SIDE - 1)) * 2 - 1);
  return level[i % D] ?? (level[0]! + level[1]! + level[2]!) / 3;
});

function distanceTo(latent: ArrayLike<number>, entry: number): number {
  let sum = 0;
  for (let i = 0; i < D; i++) sum += (latent[i]! - entries[entry * D + i]!) ** 2;
  return sum;
}

function nearestTo(latent: ArrayLike<number>, count: number): number[] {
  const order = Array.from({ length: K }, (_, e) => e);
  const row = order.map((e) => distanceTo(latent, e));
  return order.sort((a, b) => row[a]! - row[b]! || a - b).slice(0, count);
}

/** Nearest-pixel framing: crude, but with the real geometry. */
function frame(picture: Picture, framing: Framing, size: Size): Picture {
  const { from, to } = place(picture, framing, size);
  const data = new Uint8ClampedArray(size.width * size.height * 4);
  for (let y = 0, o = 0; y < size.height; y++) {
    for (let x = 0; x < size.width; x++, o += 4) {
      data.set([...framing.background, 255], o);
      const u = (x + 0.5 - to.x) / to.width;
      const v = (y + 0.5 - to.y) / to.height;
      if (u < 0 || u >= 1 || v < 0 || v >= 1) continue;
      const column = Math.min(picture.width - 1, Math.floor(from.x + u * from.width));
      const row = Math.min(picture.height - 1, Math.floor(from.y + v * from.height));
      const start = (row * picture.width + column) * 4;
      data.set(picture.data.subarray(start, start + 3), o);
    }
  }
  return { data, height: size.height, width: size.width };
}

function latentsOf({ data, height, width }: Picture): Latents {
  const shape = { t: 1, h: height / PATCH, w: width / PATCH };
  const cells = cellCount(shape);
  const latents = new Float32Array(D * cells);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor(y / PATCH) * shape.w + Math.floor(x / PATCH);
      for (let c = 0; c < 3; c++) {
        const value = (data[(y * width + x) * 4 + c]! / 127.5 - 1) / PATCH ** 2;
        latents[c * cells + cell]! += value;
        latents[3 * cells + cell]! += value / 3;
      }
    }
  }
  return { data: latents, d: D, shape };
}

function quantize(latents: Latents): { grid: TokenGrid; nearest: Nearest } {
  const cells = cellCount(latents.shape);
  const count = 8;
  const nearest = { count, entries: new Int32Array(cells * count), distances: new Float32Array(cells * count) };
  for (let i = 0; i < cells; i++) {
    const latent = latentVector(latents, i);
    const found = nearestTo(latent, count);
    nearest.entries.set(found, i * count);
    nearest.distances.set(
      found.map((e) => distanceTo(latent, e)),
      i * count,
    );
  }
  return { grid: { shape: latents.shape, tokens: nearest.entries.filter((_, i) => i % count === 0) }, nearest };
}

function paint(shape: GridShape, colour: (cell: number, channel: number) => number): Picture {
  const width = shape.w * PATCH;
  const height = shape.h * PATCH;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0, o = 0; y < height; y++) {
    for (let x = 0; x < width; x++, o += 4) {
      const cell = Math.floor(y / PATCH) * shape.w + Math.floor(x / PATCH);
      for (let c = 0; c < 3; c++) data[o + c] = (colour(cell, c) + 1) * 127.5;
    }
  }
  return { data, height, width };
}

/** Frames of one run: planes of means. */
function latentsOfFrames(manifest: Manifest, given: readonly Picture[]): Latents {
  const rule = frameRuleOf(manifest);
  const run = runFrames(rule, given.length);
  const frames = Array.from({ length: run }, (_, i) => latentsOf(given[Math.min(i, given.length - 1)]!));
  const { shape } = frames[0]!;
  const area = cellCount(shape);
  const t = planesOfFrames(rule, run);
  const data = new Float32Array(D * t * area);
  for (let plane = 0, from = 0; plane < t; plane++) {
    const to = framesOfPlanes(rule, plane + 1);
    for (const { data: values } of frames.slice(from, to)) {
      for (let d = 0; d < D; d++) {
        for (let i = 0; i < area; i++) data[(d * t + plane) * area + i]! += values[d * area + i]! / (to - from);
      }
    }
    from = to;
  }
  return { data, d: D, shape: { ...shape, t } };
}

async function readPicture(picture: ImageBitmap | Picture): Promise<Picture> {
  if ('data' in picture) return picture;
  const { width, height } = picture;
  const context = new OffscreenCanvas(width, height).getContext('2d')!;
  context.drawImage(picture, 0, 0);
  picture.close();
  return { data: context.getImageData(0, 0, width, height).data, height, width };
}

export interface FakeEngine extends Engine {
  /** Names of the methods called, in order. */
  readonly calls: string[];
  readonly openModels: ReadonlyMap<ModelId, OpenModel>;
  readonly openPictures: ReadonlyMap<PictureId, Picture>;
  /** Forgets everything, as a fresh worker has. */
  forget(): void;
}

/** `before` runs at the start of every call: return a promise to delay it, throw to make it fail. */
export function fakeEngine(before: (method: keyof Engine) => unknown = () => {}): FakeEngine {
  const calls: string[] = [];
  const models = new Map<ModelId, OpenModel>();
  const pictures = new Map<PictureId, Picture>();
  let lastId = 0;

  async function enter(method: keyof Engine, signal?: AbortSignal): Promise<void> {
    calls.push(method);
    await before(method);
    signal?.throwIfAborted();
  }

  function model(id: ModelId): OpenModel {
    const found = models.get(id);
    if (!found) throw new TokenscopeError('model-not-open', { model: String(id) });
    return found;
  }

  function picture(id: PictureId): Picture {
    const found = pictures.get(id);
    if (!found) throw new TokenscopeError('internal', { message: `no picture ${id}` });
    return found;
  }

  const neverAsked = async (method: string): Promise<never> => {
    throw new TokenscopeError('internal', { message: `the fake engine has no ${method}` });
  };

  const engine: Engine = {
    async device() {
      await enter('device');
      return fakeDevice;
    },
    async openModel(files, options, onProgress, signal) {
      await enter('openModel', signal);
      onProgress({ stage: 'download', loaded: 1000, total: 2000, cached: false });
      onProgress({ stage: 'prepare' });
      const file = files['manifest.json'];
      const manifest: Manifest = file instanceof Blob ? JSON.parse(await file.text()) : fakeManifest;
      const device = options.provider
        ? { ...fakeDevice, provider: options.provider, why: 'asked' as const, shaderF16: options.provider === 'webgpu' }
        : fakeDevice;
      const { precision = 'float32' } = options;
      const opened = { id: ++lastId, manifest, device, precision, codebookSize: K, entryDimension: D, openMs: 1 };
      models.set(opened.id, opened);
      return opened;
    },
    proposeModel: () => neverAsked('proposeModel'),
    diagnoseScaling: () => neverAsked('diagnoseScaling'),
    compareProviders: () => neverAsked('compareProviders'),
    packModel: () => neverAsked('packModel'),
    unpackZip: () => neverAsked('unpackZip'),
    lookUpModel: () => neverAsked('lookUpModel'),
    inspectModel: () => neverAsked('inspectModel'),
    fetchFiles: () => neverAsked('fetchFiles'),
    storedFolder: async () => undefined,
    async convert(_files, _options, _onProgress, signal) {
      await enter('convert', signal);
      const files = { 'manifest.json': new Blob([JSON.stringify(fakeManifest)]) };
      return {
        manifest: fakeManifest,
        files,
        report: { used: [], ignored: [], referred: 0, copied: 0, relaid: 0 },
        milliseconds: 1,
      };
    },
    async closeModel(id) {
      await enter('closeModel');
      models.delete(id);
    },
    async openPicture(given) {
      await enter('openPicture');
      pictures.set(++lastId, await readPicture(given));
      return lastId;
    },
    async closePicture(id) {
      await enter('closePicture');
      pictures.delete(id);
    },
    async framePicture(id, framing, size) {
      await enter('framePicture');
      return frame(picture(id), framing, size);
    },
    async frameOnce(given, framing, sizes) {
      await enter('frameOnce');
      const read = await readPicture(given);
      return sizes.map((size) => frame(read, framing, size));
    },
    async encodeFrames(id, frames, signal) {
      await enter('encodeFrames', signal);
      const latents = latentsOfFrames(model(id).manifest, frames);
      return { model: id, latents, ...quantize(latents), timings: { prepareMs: 1, encodeMs: 2, quantizeMs: 1 } };
    },
    async encode(id, pictureId, framing, signal): Promise<Encoded> {
      await enter('encode', signal);
      const { manifest } = model(id);
      const source = frame(picture(pictureId), framing, modelSize(framing, manifest.size));
      const latents = latentsOfFrames(manifest, [source]);
      const timings = { prepareMs: 1, encodeMs: 2, quantizeMs: 1 };
      return { model: id, picture: pictureId, framing, source, latents, ...quantize(latents), timings };
    },
    async decode(id, grid, signal) {
      await enter('decode', signal);
      const { manifest } = model(id);
      const wrong = grid.tokens.find((token) => token < 0 || token >= K);
      if (wrong !== undefined) throw new TokenscopeError('tokens-range', { token: wrong, size: K });
      const rule = frameRuleOf(manifest);
      const area = grid.shape.h * grid.shape.w;
      const frames = planVolume(grid.shape.t, rule).windows.flatMap(({ firstPlane, planes }) =>
        Array.from({ length: planes }, (_, p) => {
          const plane = paint(grid.shape, (cell, c) => entries[grid.tokens[(firstPlane + p) * area + cell]! * D + c]!);
          return Array.from({ length: framesOfPlanes(rule, p + 1) - (p > 0 ? framesOfPlanes(rule, p) : 0) }, () => plane);
        }).flat(),
      );
      return { model: id, reconstruction: frames[0]!, frames, timings: { decodeMs: 2, finishMs: 1 } };
    },
    async decodeLatents(id, latents, signal) {
      await enter('decodeLatents', signal);
      model(id);
      const cells = cellCount(latents.shape);
      const reconstruction = paint(latents.shape, (cell, c) => latents.data[c * cells + cell]!);
      return { model: id, reconstruction, frames: [reconstruction], timings: { decodeMs: 2, finishMs: 1 } };
    },
    async measure(source, reconstruction, grid, codebookSize, frames = 1) {
      await enter('measure');
      return measureAll({ source, reconstruction, grid, codebookSize, frames });
    },
    async measureFrames(source, reconstruction, pairBefore) {
      await enter('measureFrames');
      return measureFrames(source, reconstruction, pairBefore);
    },
    async measurePlanes(grid, tokensBefore) {
      await enter('measurePlanes');
      return measurePlanes(grid, tokensBefore);
    },
    async measureClip(sample) {
      await enter('measureClip');
      return measureClip(sample);
    },
    async distances(id, latent) {
      await enter('distances');
      model(id);
      return Float32Array.from({ length: K }, (_, e) => distanceTo(latent, e));
    },
    async neighbours(id, entry, count) {
      await enter('neighbours');
      model(id);
      const vector = entries.subarray(entry * D, entry * D + D);
      const found = nearestTo(vector, count + 1).filter((e) => e !== entry);
      return { entries: Int32Array.from(found), distances: Float32Array.from(found, (e) => distanceTo(vector, e)) };
    },
    async entryGeometry(id) {
      await enter('entryGeometry');
      model(id);
      return Float32Array.from({ length: K * 3 }, (_, i) => {
        const at = Math.floor(i / 3) * D;
        return (entries[at + (i % 3 === 0 ? 3 : i % 3)]! + 1) / 2;
      });
    },
    async entries(id, from, to) {
      await enter('entries');
      model(id);
      return entries.slice(from * D, to * D);
    },
    async drawEntries(id, wanted, signal) {
      await enter('drawEntries', signal);
      model(id);
      const each = Array.from(wanted, (e) => paint({ t: 1, h: 1, w: 1 }, (_, c) => entries[e * D + c]!).data);
      const drawn = new Uint8ClampedArray(each.length * PATCH * PATCH * 4);
      for (const [i, data] of each.entries()) drawn.set(data, i * data.length);
      return { side: PATCH, pictures: drawn };
    },
    async storedModels() {
      await enter('storedModels');
      return [];
    },
    async deleteStoredModel() {
      await enter('deleteStoredModel');
    },
    async bench(id, _picture, _framing, runs, signal) {
      await enter('bench', signal);
      model(id);
      return { provider: 'wasm', adapter: 'none', runs, encodeMs: 4, decodeMs: 3, bareMs: 6, overhead: 1 / 6 };
    },
  };
  return {
    ...engine,
    calls,
    openModels: models,
    openPictures: pictures,
    forget() {
      models.clear();
      pictures.clear();
    },
  };
}

/** The page's hold on a fake engine; `crash` does what a dying worker does, apart from rejecting calls under way. */
export function fakeHost(engine: FakeEngine): EngineHost & { crash(reason: TokenscopeError): void } {
  const listeners = new Set<(reason: TokenscopeError) => void>();
  return {
    engine,
    onRestart(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    restart: () => engine.forget(),
    test: undefined,
    crash(reason) {
      engine.forget();
      for (const listener of listeners) listener(reason);
    },
  };
}
