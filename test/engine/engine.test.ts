import { describe, expect, test } from 'vitest';
import type { TokenscopeError } from '../../src/core/errors.ts';
import { DEFAULT_FRAMING, type Framing } from '../../src/core/framing.ts';
import type { Picture } from '../../src/core/picture.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { ModelStore } from '../../src/engine/model-store.ts';
import type { OpenProgress } from '../../src/engine/protocol.ts';
import { nodeRuntime } from './node-runtime.ts';
import { tinyCodebook, tinyModel, tinyTokenModel } from './tiny-model.ts';

const store: ModelStore = {
  read: async () => undefined,
  write: async () => {},
  remove: async () => {},
  remember: async () => {},
  list: async () => [],
  delete: async () => {},
};

function start(onBroken?: (error: TokenscopeError) => void) {
  const runtime = nodeRuntime(onBroken);
  return { runtime, engine: createEngine({ runtime: Promise.resolve(runtime), store: Promise.resolve(store) }) };
}

const never = new AbortController().signal;
const framing: Framing = { ...DEFAULT_FRAMING, height: 8, width: 8 };

/** A picture of 2 × 2 patches, each one corner of the colour cube. */
function patches(tokens: readonly number[], columns: number): Picture {
  const width = columns * 2;
  const height = (tokens.length / columns) * 2;
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    const token = tokens[Math.floor(i / width / 2) * columns + Math.floor((i % width) / 2)]!;
    for (let c = 0; c < 3; c++) data[i * 4 + c] = tinyCodebook[token * 3 + c]! > 0 ? 255 : 0;
  }
  return { data, height, width };
}

const tokens = [0, 1, 2, 3, 4, 5, 6, 7, 7, 6, 5, 4, 3, 2, 1, 0];

async function open(variant: Parameters<typeof tinyModel>[0] = {}) {
  const { engine, runtime } = start();
  const seen: OpenProgress['stage'][] = [];
  const model = await engine.openModel(tinyModel(variant), {}, ({ stage }) => void seen.push(stage), never);
  const picture = await engine.openPicture(patches(tokens, 4));
  return { engine, runtime, model, picture, seen };
}

describe.each([
  ['NCHW', {}],
  ['NHWC4', { channelsLast: true }],
  ['weights outside', { external: true }],
])('a picture becomes tokens and comes back: %s', (_, variant) => {
  test('with latents, runners-up and distances', async () => {
    const { engine, model, picture, seen } = await open(variant);
    expect(seen.filter((stage, i) => stage !== seen[i - 1])).toEqual(['download', 'prepare', 'check']);
    expect(model).toMatchObject({ codebookSize: 8, entryDimension: 3, check: { passed: true, mismatched: 0, cells: 4 } });

    const { grid, latents, nearest, source } = await engine.encode(model.id, picture, framing, never);
    expect(grid.shape).toEqual({ t: 1, h: 4, w: 4 });
    expect([...grid.tokens]).toEqual(tokens);
    expect(source).toEqual(patches(tokens, 4));
    expect(latents).toMatchObject({ d: 3, shape: { t: 1, h: 4, w: 4 } });
    expect([...latents!.data.subarray(0, 8)]).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
    expect(nearest!.count).toBe(8);
    // One flipped component is 2² away, two are 8, three are 12; ties in order of index.
    expect([...nearest!.entries.subarray(0, 8)]).toEqual([0, 1, 2, 4, 3, 5, 6, 7]);
    expect([...nearest!.distances.subarray(0, 8)]).toEqual([0, 4, 4, 4, 8, 8, 8, 12]);

    const { reconstruction } = await engine.decode(model.id, grid, never);
    expect(reconstruction).toEqual(patches(tokens, 4));
    const bypassed = await engine.decodeLatents(model.id, latents!, never);
    expect(bypassed.reconstruction).toEqual(patches(tokens, 4));
  });

  test('entries are drawn alone, in batches', async () => {
    const { engine, model } = await open(variant);
    const { side, pictures } = await engine.drawEntries(model.id, Int32Array.of(7, 4, 0), never);
    expect(side).toBe(2);
    const first = Array.from({ length: 3 }, (_, i) => [...pictures.subarray(i * 16, i * 16 + 4)]);
    expect(first).toEqual([
      [255, 255, 255, 255],
      [255, 0, 0, 255],
      [0, 0, 0, 255],
    ]);
  });
});

test('lfq: signs instead of a table', async () => {
  const { codebook: _, ...rest } = JSON.parse(await (tinyModel()['manifest.json'] as Blob).text());
  const lfq = { ...rest, quantizer: { kind: 'lfq', bits: 3, firstBit: 'most' } };
  const { engine } = start();
  const model = await engine.openModel({ ...tinyModel(), 'manifest.json': new Blob([JSON.stringify(lfq)]) }, {}, () => {}, never);
  const picture = await engine.openPicture(patches(tokens, 4));
  const { grid, nearest } = await engine.encode(model.id, picture, framing, never);
  expect([...grid.tokens]).toEqual(tokens);
  expect(nearest!.count).toBe(8);
  expect((await engine.decode(model.id, grid, never)).reconstruction).toEqual(patches(tokens, 4));
});

test('a quantizer inside the graphs: tokens in and out, and what is not there is said', async () => {
  const { engine } = start();
  const model = await engine.openModel(tinyTokenModel(), {}, () => {}, never);
  expect(model).toMatchObject({ codebookSize: 8, entryDimension: 0 });
  const picture = await engine.openPicture(patches(tokens, 4));
  const { grid, latents, nearest } = await engine.encode(model.id, picture, framing, never);
  expect(grid).toEqual({ shape: { t: 1, h: 4, w: 4 }, tokens: Int32Array.from(tokens) });
  expect([latents, nearest]).toEqual([undefined, undefined]);
  expect((await engine.decode(model.id, grid, never)).reconstruction).toEqual(patches(tokens, 4));
  expect([...(await engine.drawEntries(model.id, Int32Array.of(4), never)).pictures.subarray(0, 3)]).toEqual([255, 0, 0]);
  await expect(engine.distances(model.id, Float32Array.of(0))).rejects.toMatchObject({ code: 'internal' });
});

test('latents that are no numbers are an error that names the graph', async () => {
  const { engine } = start();
  const files = tinyModel({ external: true });
  const broken = new Blob([new Float32Array((files['weights.safetensors'] as Blob).size / 4).fill(Number.NaN)]);
  const model = await engine.openModel({ ...files, 'weights.safetensors': broken }, { check: false }, () => {}, never);
  const picture = await engine.openPicture(patches(tokens, 4));
  await expect(engine.encode(model.id, picture, framing, never)).rejects.toMatchObject({
    code: 'model-corrupt',
    parameters: { file: 'encoder.onnx' },
  });
});

test('what is asked about entries', async () => {
  const { engine, model } = await open();
  expect([...(await engine.distances(model.id, Float32Array.of(1, 1, 1)))]).toEqual([12, 8, 8, 4, 8, 4, 4, 0]);
  const near = await engine.neighbours(model.id, 7, 3);
  expect([...near.entries]).toEqual([3, 5, 6]);
  expect([...near.distances]).toEqual([4, 4, 4]);
  expect([...(await engine.entries(model.id, 4, 6))]).toEqual([1, -1, -1, 1, -1, 1]);
  expect([...(await engine.entries(model.id, 6, 99))]).toHaveLength(6);
  expect(await engine.entryGeometry(model.id)).toHaveLength(24);
});

test('all metrics of the shelf are measured', async () => {
  const { engine } = await open();
  const source = patches(tokens, 4);
  const grid = { shape: { t: 1, h: 4, w: 4 }, tokens: Int32Array.from(tokens) };
  const measures = await engine.measure(source, source, grid, 8);
  expect(measures).toMatchObject({ bits: 48, usage: 100 });
});

test('bench counts the bare runs apart', async () => {
  const { engine, model, picture } = await open();
  const result = await engine.bench(model.id, picture, framing, 3, never);
  expect(result).toMatchObject({ provider: 'wasm', runs: 3 });
  expect(result.bareMs).toBeGreaterThan(0);
  expect(result.encodeMs + result.decodeMs).toBeGreaterThan(result.bareMs);
});

describe('failures are named', () => {
  test('a token beyond the codebook', async () => {
    const { engine, model } = await open();
    const grid = { shape: { t: 1, h: 1, w: 2 }, tokens: Int32Array.of(3, 8) };
    const failure = { code: 'tokens-range', parameters: { token: 8, size: 8 } };
    await expect(engine.decode(model.id, grid, never)).rejects.toMatchObject(failure);
    const negative = { ...grid, tokens: Int32Array.of(-1, 0) };
    await expect(engine.decode(model.id, negative, never)).rejects.toMatchObject({ code: 'tokens-range' });
  });

  test('a model that is not open', async () => {
    const { engine, model, picture } = await open();
    await engine.closeModel(model.id);
    await expect(engine.encode(model.id, picture, framing, never)).rejects.toMatchObject({ code: 'model-not-open' });
    await expect(engine.distances(99, Float32Array.of(0))).rejects.toMatchObject({ code: 'model-not-open' });
  });

  test('a graph that is none', async () => {
    const { engine } = start();
    const files = tinyModel();
    const size = (files['encoder.onnx'] as Blob).size;
    const broken = { ...files, 'encoder.onnx': new Blob([new Uint8Array(size).fill(255)]) };
    await expect(engine.openModel(broken, {}, () => {}, never)).rejects.toMatchObject({
      code: 'model-corrupt',
      parameters: { file: 'encoder.onnx' },
    });
  });

  test('tokens that differ from the training framework', async () => {
    const { engine } = start();
    const failure = { code: 'model-check-failed', parameters: { provider: 'wasm', mismatched: 1 } };
    await expect(engine.openModel(tinyModel({ checkTokens: [7, 4, 2, 0] }), {}, () => {}, never)).rejects.toMatchObject(failure);
    const unchecked = await engine.openModel(tinyModel({ checkTokens: [7, 4, 2, 0] }), { check: false }, () => {}, never);
    expect(unchecked.check).toBeUndefined();
  });

  test('the GPU asked for where there is none', async () => {
    const { engine } = start();
    const asked = engine.openModel(tinyModel(), { provider: 'webgpu' }, () => {}, never);
    await expect(asked).rejects.toMatchObject({ code: 'webgpu-failed' });
  });

  test('out of memory; the engine is not broken by it, and the next run works', async () => {
    const spent: string[] = [];
    const { engine, runtime } = start(({ code }) => spent.push(code));
    const model = await engine.openModel(tinyModel(), {}, () => {}, never);
    const grid = { shape: { t: 1, h: 1, w: 1 }, tokens: Int32Array.of(1) };
    runtime.failNextRun();
    await expect(engine.decode(model.id, grid, never)).rejects.toMatchObject({ code: 'out-of-memory' });
    expect(spent).toEqual([]);
    expect((await engine.decode(model.id, grid, never)).reconstruction.width).toBe(2);
  });
});

test('of a hundred decodes at once, two run, and the newest counts', async () => {
  const { engine, model } = await open();
  const decode = (token: number) => engine.decode(model.id, { shape: { t: 1, h: 1, w: 1 }, tokens: Int32Array.of(token) }, never);
  const all = await Promise.allSettled(Array.from({ length: 100 }, (_, i) => decode(i % 8)));
  const done = all.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  expect(done).toHaveLength(2);
  expect([...done[1]!.reconstruction.data.subarray(0, 3)]).toEqual([0, 255, 255]);
});

test('an abort while the model opens leaves nothing behind', async () => {
  const { engine } = start();
  const controller = new AbortController();
  const opening = engine.openModel(tinyModel(), {}, ({ stage }) => stage === 'prepare' && controller.abort(), controller.signal);
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  expect((await engine.openModel(tinyModel(), {}, () => {}, never)).id).toBe(1);
});
