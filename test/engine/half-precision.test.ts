import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { DEFAULT_FRAMING } from '../../src/core/framing.ts';
import type { Manifest } from '../../src/core/manifest.ts';
import type { Picture } from '../../src/core/picture.ts';
import { cellCount, latentVector } from '../../src/core/token-grid.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { ModelStore } from '../../src/engine/model-store.ts';
import type { ModelFiles, Precision } from '../../src/engine/protocol.ts';
import type { Runtime } from '../../src/engine/runtime.ts';
import { floatsOf, readTensors, readTrained } from '../convert/tokenscope-2d.ts';
import { roundHalves } from '../onnx/round-halves.ts';
import { nodeRuntime } from './node-runtime.ts';
import { tinyModel } from './tiny-model.ts';

/** Nothing is kept. */
const store: ModelStore = {
  read: async () => undefined,
  write: async () => {},
  remove: async () => {},
  remember: async () => {},
  list: async () => [],
  delete: async () => {},
};
const never = new AbortController().signal;
const root = join(import.meta.dirname, '../..');
const fixtures = join(root, 'test/fixtures');

function start(shaderF16: boolean, rounded = false) {
  const runtime = nodeRuntime(undefined, { shaderF16 });
  const rounding: Runtime = { ...runtime, createSession: (graph, options) => runtime.createSession(roundHalves(graph), options) };
  return createEngine({ runtime: Promise.resolve(rounded ? rounding : runtime), store: Promise.resolve(store) });
}

function embedded(id: string): ModelFiles {
  const folder = join(root, 'models', id);
  return Object.fromEntries(readdirSync(folder).map((name) => [name, new Blob([readFileSync(join(folder, name))])]));
}

async function converted(name: string): Promise<ModelFiles> {
  const { manifest, files } = (await convertCheckpoint(await readTrained(join(fixtures, 'tokenscope-2d', name))))!;
  const named = [...files].map(([file, { size }]) => ({ name: file, bytes: size }));
  const whole: Manifest = { manifest: 1, id: name, title: name, files: named, source: { licence: 'MIT' }, ...manifest };
  const blobs = [...files];
  return { ...Object.fromEntries(blobs), 'manifest.json': new Blob([JSON.stringify(whole)]) };
}

/** Smooth colours with a fine pattern. */
function pattern(side: number): Picture {
  const data = Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => {
    const [x, y, c] = [Math.floor(i / 4) % side, Math.floor(i / 4 / side), i % 4];
    return c === 3 ? 255 : 128 + 90 * Math.sin(x / 9 + c) * Math.cos(y / 7) + ((x ^ y) & 1 ? 12 : -12);
  });
  return { data, height: side, width: side };
}

/** The middle of the photograph that the model's fixture at full size was made with. */
async function photograph(id: string, side: number): Promise<Picture> {
  const tensors = await readTensors(join(fixtures, 'full-size', `${id}.safetensors`));
  const { data, dims } = await floatsOf(tensors, 'input');
  const [, , height, width] = dims as [number, number, number, number];
  const start = ((height - side) >> 1) * width + ((width - side) >> 1);
  const pixels = Uint8ClampedArray.from({ length: side * side * 4 }, (_, i) => {
    const at = start + Math.floor(i / 4 / side) * width + (Math.floor(i / 4) % side);
    return i % 4 === 3 ? 255 : (data as Float32Array)[(i % 4) * height * width + at]!;
  });
  return { data: pixels, height: side, width: side };
}

/** A picture through a model in one precision. */
async function run(files: ModelFiles, picture: Picture, precision: Precision, rounded = false) {
  const engine = start(true, rounded);
  const model = await engine.openModel(files, { precision }, () => {}, never);
  const id = await engine.openPicture(picture);
  const framing = { ...DEFAULT_FRAMING, height: picture.height, width: picture.width };
  const encoded = await engine.encode(model.id, id, framing, never);
  return { ...encoded, engine, model };
}

/** Half precision beside full precision, on the same picture; both decode the tokens of full precision. */
async function compare(files: ModelFiles, picture: Picture, rounded: boolean) {
  const full = await run(files, picture, 'float32');
  const half = await run(files, picture, 'float16', rounded);
  expect([full.model.precision, half.model.precision]).toEqual(['float32', 'float16']);
  const a = await full.engine.decode(full.model.id, full.grid, never);
  const b = await half.engine.decode(half.model.id, full.grid, never);
  const { psnr } = await full.engine.measure(a.reconstruction, b.reconstruction, full.grid, full.model.codebookSize);
  const wrong = { cells: cellCount(full.grid.shape), different: 0, clear: 0 };
  for (const [cell, token] of full.grid.tokens.entries()) {
    const other = half.grid.tokens[cell]!;
    if (other === token) continue;
    wrong.different++;
    const row = await full.engine.distances(full.model.id, latentVector(full.latents!, cell));
    if (row[other]! - row[token]! > 1e-2 * (1 + row[token]!)) wrong.clear++;
  }
  const largest = full.latents!.data.reduce((most, value, i) => Math.max(most, Math.abs(value - half.latents!.data[i]!)), 0);
  return { check: half.model.check, psnr: psnr as number, largest, ...wrong };
}

function expectClose({ psnr, cells, different, clear }: Awaited<ReturnType<typeof compare>>): void {
  expect(psnr).toBeGreaterThanOrEqual(40);
  expect(clear).toBe(0);
  expect(different).toBeLessThanOrEqual(0.03 * cells);
}

describe.each([
  ['as ONNX Runtime computes it here', false],
  ['every result rounded to a half', true],
])('half precision beside full precision: %s', { timeout: 60_000 }, (_, rounded) => {
  test('the toy', async () => {
    const result = await compare(embedded('toy'), pattern(64), rounded);
    expectClose(result);
    expect(result.check).toMatchObject({ passed: true, mismatched: 0 });
    expect(result.largest > 0).toBe(rounded);
  });

  test.each(['plain-relu', 'group-attention'])('our own network, %s', async (name) => {
    const result = await compare(await converted(name), pattern(64), rounded);
    expectClose(result);
    expect(result.largest).toBeGreaterThan(0);
  });

  test.runIf(existsSync(join(root, 'models/vqgan-f8')))('the embedded VQGAN', async () => {
    const result = await compare(embedded('vqgan-f8'), await photograph('vqgan-f8', 128), rounded);
    expectClose(result);
    expect(result.check).toMatchObject({ passed: true, mismatched: 0 });
  });
});

test('half precision is refused where the device has none', async () => {
  const opening = start(false).openModel(tinyModel(), { precision: 'float16' }, () => {}, never);
  await expect(opening).rejects.toMatchObject({ code: 'half-precision' });
});
