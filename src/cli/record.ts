import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { Manifest, RecordedResult } from '../core/manifest.ts';
import { packTokens } from '../core/token-bits.ts';
import { openBuiltPage, openModel, TOY, waitForClip, waitForResult } from './page.ts';
import { ROOT } from './project.ts';
import { changeManifest } from './write-figures.ts';

/** WebP without loss: recorded pictures give the very numbers of a live run, and neighbours in the atlas do not bleed into each other. */
const LOSSLESS = 1;
/** Clips are many pictures: they may lose what their label *recorded* answers for. Tried in this order until it fits. */
const CLIP_QUALITIES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
const CLIP_BYTES = 400_000;
const ATLAS_COLUMNS = 32;
/** Larger codebooks draw their entries when they are looked at. */
const ATLAS_ENTRIES = 4_096;

/**
 * Runs the embedded models (all, or those named) on every sample in the built page, and writes what the page shows before a model is open:
 * recorded results and the pictures of all entries. The site has to be built again afterwards.
 */
export async function recordModels(wanted: readonly string[] = []): Promise<void> {
  const { page, close } = await openBuiltPage();
  try {
    const { models, samples } = await page.evaluate(() => {
      const { catalog, samples } = window.tokenscopeTest!;
      const models = catalog.map(({ id, manifest }) => ({ id, clips: manifest.medium === 'video' }));
      return { models, samples: samples.map(({ id, kind }) => ({ id, clip: kind === 'clip' })) };
    });
    for (const { id, clips } of models.filter((model) => (wanted.length > 0 ? wanted.includes(model.id) : model.id !== TOY))) {
      // Each on what it was made for.
      const own = samples.filter(({ clip }) => clip === clips).map((sample) => sample.id);
      await recordModel(page, id, own, clips ? recordClip : recordSample);
    }
  } finally {
    await close();
  }
}

type Record = (page: Page, id: string, sample: string) => Promise<RecordedResult>;

async function recordModel(page: Page, id: string, samples: readonly string[], record: Record): Promise<void> {
  await openModel(page, id);
  const recorded: RecordedResult[] = [];
  for (const sample of samples) recorded.push(await record(page, id, sample));
  const atlas = await recordAtlas(page, id);
  const manifest = changeManifest(id, (before) => ({ ...before, ...(atlas && { atlas }), recorded }));
  const pictures = [...recorded.map(({ reconstruction }) => reconstruction), ...(atlas ? [atlas.file] : [])];
  changeManifest(id, (before) => ({ ...before, files: withFiles(manifest, pictures) }));
  process.stdout.write(`${id}: ${recorded.length} samples${atlas ? ', entries' : ''}\n`);
}

async function recordSample(page: Page, id: string, sample: string): Promise<RecordedResult> {
  await page.evaluate((name) => window.tokenscopeTest!.actions.openSample(name), sample);
  await waitForResult(page, sample);
  const made = await page.evaluate(async (quality) => {
    const [slot] = window.tokenscopeTest!.store.getState().slots;
    const { grid, reconstruction } = slot!.result!;
    const { data, width, height } = reconstruction!.picture;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
    const bytes = await (await canvas.convertToBlob({ type: 'image/webp', quality })).arrayBuffer();
    const { codebookSize, device } = slot!.model!;
    const { t, h, w } = grid.shape;
    return {
      shape: t > 1 ? [t, h, w] : [h, w],
      tokens: [...grid.tokens],
      codebookSize,
      provider: device.provider,
      picture: [...new Uint8Array(bytes)],
    };
  }, LOSSLESS);
  const file = `recorded-${sample}.webp`;
  writeFileSync(join(ROOT, 'models', id, file), Uint8Array.from(made.picture));
  const tokens = packTokens(made.tokens, made.codebookSize);
  return { sample, grid: made.shape, tokens, reconstruction: file, on: made.provider };
}

/** The frames of the reconstruction side by side in one picture, lossy so that it stays small. */
async function recordClip(page: Page, id: string, sample: string): Promise<RecordedResult> {
  await page.evaluate((name) => void window.tokenscopeTest!.actions.openSample(name), sample);
  await waitForClip(page, sample);
  const made = await page.evaluate(
    async ({ most, qualities }) => {
      const [slot] = window.tokenscopeTest!.store.getState().slots;
      const { grid, reconstruction } = slot!.clip!;
      const { width, height } = reconstruction[0]!;
      const columns = Math.ceil(Math.sqrt(reconstruction.length));
      const canvas = new OffscreenCanvas(columns * width, Math.ceil(reconstruction.length / columns) * height);
      const context = canvas.getContext('2d')!;
      for (const [i, { data }] of reconstruction.entries()) {
        context.putImageData(new ImageData(data, width, height), (i % columns) * width, Math.floor(i / columns) * height);
      }
      let bytes = new ArrayBuffer(0);
      for (const quality of qualities) {
        bytes = await (await canvas.convertToBlob({ type: 'image/webp', quality })).arrayBuffer();
        if (bytes.byteLength <= most) break;
      }
      const { codebookSize, device } = slot!.model!;
      const { t, h, w } = grid.shape;
      const picture = [...new Uint8Array(bytes)];
      return {
        shape: [t, h, w],
        tokens: [...grid.tokens],
        codebookSize,
        provider: device.provider,
        picture,
        frames: reconstruction.length,
      };
    },
    { most: CLIP_BYTES, qualities: CLIP_QUALITIES },
  );
  const file = `recorded-${sample}.webp`;
  writeFileSync(join(ROOT, 'models', id, file), Uint8Array.from(made.picture));
  const tokens = packTokens(made.tokens, made.codebookSize);
  return { sample, grid: made.shape, tokens, reconstruction: file, frames: made.frames, on: made.provider };
}

async function recordAtlas(page: Page, id: string): Promise<Manifest['atlas']> {
  const made = await page.evaluate(
    async ({ columns, most, quality }) => {
      const { host, store } = window.tokenscopeTest!;
      const model = store.getState().slots[0]!.model!;
      if (model.codebookSize > most || model.codebookSize === 0) return undefined;
      const entries = Int32Array.from({ length: model.codebookSize }, (_, entry) => entry);
      const { side, pictures } = await host.engine.drawEntries(model.id, entries, new AbortController().signal);
      const canvas = new OffscreenCanvas(columns * side, Math.ceil(entries.length / columns) * side);
      const context = canvas.getContext('2d')!;
      for (const entry of entries) {
        const data = pictures.slice(entry * side * side * 4, (entry + 1) * side * side * 4);
        context.putImageData(new ImageData(data, side, side), (entry % columns) * side, Math.floor(entry / columns) * side);
      }
      const bytes = await (await canvas.convertToBlob({ type: 'image/webp', quality })).arrayBuffer();
      return { cell: side, picture: [...new Uint8Array(bytes)] };
    },
    { columns: ATLAS_COLUMNS, most: ATLAS_ENTRIES, quality: LOSSLESS },
  );
  if (!made) return undefined;
  const file = 'entries.webp';
  writeFileSync(join(ROOT, 'models', id, file), Uint8Array.from(made.picture));
  return { file, cell: made.cell, columns: ATLAS_COLUMNS };
}

/** The manifest's list with the pictures as they are now. */
function withFiles({ id, files }: Manifest, pictures: readonly string[]): Manifest['files'] {
  const others = files.filter(({ name }) => !/^recorded-.*\.webp$|^entries\.webp$/.test(name));
  const listed = pictures.map((name) => {
    const content = readFileSync(join(ROOT, 'models', id, name));
    return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
  });
  return [...others, ...listed];
}
