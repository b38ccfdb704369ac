import { describe, expect, test } from 'vitest';
import { DEFAULT_FRAMING, type Framing } from '../../src/core/framing.ts';
import type { Picture } from '../../src/core/picture.ts';
import type { TokenGrid } from '../../src/core/token-grid.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { ModelStore } from '../../src/engine/model-store.ts';
import { nodeRuntime } from './node-runtime.ts';
import { tinyCodebook } from './tiny-model.ts';
import { type TinyVideo, tinyVideoModel } from './tiny-video.ts';

const store: ModelStore = {
  read: async () => undefined,
  write: async () => {},
  remove: async () => {},
  remember: async () => {},
  list: async () => [],
  delete: async () => {},
};
const never = new AbortController().signal;

async function open(variant: TinyVideo = {}) {
  const engine = createEngine({ runtime: Promise.resolve(nodeRuntime()), store: Promise.resolve(store) });
  const model = await engine.openModel(tinyVideoModel(variant), {}, () => {}, never);
  return { engine, model };
}

/** 4 × 2 pixels: two patches, each a corner of the colour cube. */
function frame(left: number, right: number): Picture {
  const data = new Uint8ClampedArray(4 * 2 * 4).fill(255);
  for (let i = 0; i < 8; i++) {
    for (let c = 0; c < 3; c++) data[i * 4 + c] = tinyCodebook[(i % 4 < 2 ? left : right) * 3 + c]! > 0 ? 255 : 0;
  }
  return { data, height: 2, width: 4 };
}

/** Tokens of each plane, left and right. */
const planes = [
  [0, 1],
  [2, 3],
  [4, 5],
  [6, 7],
  [7, 0],
] as const;
const ofPlanes = (numbers: readonly number[]) => numbers.map((plane) => frame(planes[plane]![0], planes[plane]![1]));
const repeated = (counts: readonly number[]) => counts.flatMap((count, plane) => Array.from({ length: count }, () => plane));
const groupedClip = ofPlanes(repeated([4, 4, 4, 4]));
const causalClip = ofPlanes(repeated([1, 4, 4, 4, 4]));

const layouts = [
  ['NCTHW', 'NDTHW'],
  ['NTHWC', 'NTHWD'],
  ['TCHW', 'TDHW'],
  ['NTHWC4', 'NTHWD'],
] as const;

describe.each(layouts)('a window becomes planes and comes back: %s, %s', (pixels, latents) => {
  test('grouped: 16 frames are 4 planes', async () => {
    const { engine, model } = await open({ pixels, latents });
    expect(model.check).toMatchObject({ passed: true, mismatched: 0, nearTies: 0, cells: 2 });
    const encoded = await engine.encodeFrames(model.id, groupedClip, never);
    expect(encoded.grid).toEqual({ shape: { t: 4, h: 1, w: 2 }, tokens: Int32Array.from(planes.slice(0, 4).flat()) });
    // d × t × h × w: the red components of all planes come first.
    expect([...encoded.latents!.data.subarray(0, 8)]).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
    expect(encoded.latents).toMatchObject({ d: 3, shape: { t: 4, h: 1, w: 2 } });
    expect([...encoded.nearest!.entries.subarray(0, 8)]).toEqual([0, 1, 2, 4, 3, 5, 6, 7]);
    const decoded = await engine.decode(model.id, encoded.grid, never);
    expect(decoded.frames).toEqual(groupedClip);
    expect(decoded.reconstruction).toEqual(groupedClip[0]);
    expect((await engine.decodeLatents(model.id, encoded.latents!, never)).frames).toEqual(groupedClip);
  });

  test('causal: 17 frames are 1 + 4 planes', async () => {
    const { engine, model } = await open({ rule: 'causal', pixels, latents });
    expect(model.check).toMatchObject({ passed: true, cells: 2 });
    const { grid, latents: found } = await engine.encodeFrames(model.id, causalClip, never);
    expect(grid).toEqual({ shape: { t: 5, h: 1, w: 2 }, tokens: Int32Array.from(planes.flat()) });
    expect((await engine.decode(model.id, grid, never)).frames).toEqual(causalClip);
    expect((await engine.decodeLatents(model.id, found!, never)).frames).toEqual(causalClip);
  });
});

test.each(['int32', 'int64'] as const)('a quantizer inside the graphs: volumes of %s in and out', async (tokens) => {
  const { engine, model } = await open({ tokens });
  expect(model.check).toMatchObject({ passed: true });
  const { grid, latents } = await engine.encodeFrames(model.id, groupedClip, never);
  expect(grid).toEqual({ shape: { t: 4, h: 1, w: 2 }, tokens: Int32Array.from(planes.slice(0, 4).flat()) });
  expect(latents).toBeUndefined();
  expect((await engine.decode(model.id, grid, never)).frames).toEqual(groupedClip);
});

describe('a window that is not full', () => {
  test('grouped: the last frame is repeated', async () => {
    const { engine, model } = await open();
    const { grid } = await engine.encodeFrames(model.id, groupedClip.slice(0, 6), never);
    // Frames 5 and 6 are of plane 1, and so are their repetitions.
    expect([...grid.tokens]).toEqual([...planes[0], ...planes[1], ...planes[1], ...planes[1]]);
  });

  test('causal: up to the next 1 + 4 n, and one frame is one plane', async () => {
    const { engine, model } = await open({ rule: 'causal' });
    const six = await engine.encodeFrames(model.id, causalClip.slice(0, 6), never);
    expect([...six.grid.tokens]).toEqual([...planes[0], ...planes[1], ...planes[2]]);
    const one = await engine.encodeFrames(model.id, causalClip.slice(0, 1), never);
    expect(one.grid).toEqual({ shape: { t: 1, h: 1, w: 2 }, tokens: Int32Array.of(...planes[0]) });
    expect((await engine.decode(model.id, one.grid, never)).frames).toEqual([frame(...planes[0])]);
  });

  test('planes that fill no window are filled up, and their frames cut again', async () => {
    const { engine, model } = await open();
    const grid: TokenGrid = { shape: { t: 1, h: 1, w: 2 }, tokens: Int32Array.of(6, 1) };
    expect((await engine.decode(model.id, grid, never)).frames).toEqual(Array.from({ length: 4 }, () => frame(6, 1)));
  });

  test('more frames than a window are refused', async () => {
    const { engine, model } = await open();
    await expect(engine.encodeFrames(model.id, [...groupedClip, ...groupedClip], never)).rejects.toMatchObject({
      code: 'internal',
    });
  });
});

test('a volume of any length is decoded window by window', async () => {
  const { engine, model } = await open({ rule: 'causal' });
  const grid: TokenGrid = { shape: { t: 7, h: 1, w: 2 }, tokens: Int32Array.from([...planes.flat(), 3, 3, 1, 1]) };
  const { frames } = await engine.decode(model.id, grid, never);
  expect(frames).toEqual([...causalClip, frame(3, 3), ...Array.from({ length: 4 }, () => frame(1, 1))]);
});

test('a picture through a model of clips: repeated to a window, the first frame comes back', async () => {
  const { engine, model } = await open();
  const framing: Framing = { ...DEFAULT_FRAMING, height: 2, width: 4 };
  const picture = await engine.openPicture(frame(2, 5));
  const { grid, source } = await engine.encode(model.id, picture, framing, never);
  expect([...grid.tokens]).toEqual([2, 5, 2, 5, 2, 5, 2, 5]);
  expect(source).toEqual(frame(2, 5));
  expect((await engine.decode(model.id, grid, never)).reconstruction).toEqual(frame(2, 5));
  expect(await engine.bench(model.id, picture, framing, 1, never)).toMatchObject({ runs: 1, provider: 'wasm' });
});

test.each(['grouped', 'causal'] as const)('entries are drawn alone: %s', async (rule) => {
  const { engine, model } = await open({ rule });
  const { side, pictures } = await engine.drawEntries(model.id, Int32Array.of(7, 4), never);
  expect(side).toBe(2);
  expect([[...pictures.subarray(0, 4)], [...pictures.subarray(16, 20)]]).toEqual([
    [255, 255, 255, 255],
    [255, 0, 0, 255],
  ]);
});

test('a frame is framed once for several sizes', async () => {
  const { engine } = await open();
  const [small, large] = await engine.frameOnce(frame(7, 0), { ...DEFAULT_FRAMING, fit: 'stretch' }, [
    { height: 1, width: 2 },
    { height: 2, width: 4 },
  ]);
  expect(small).toMatchObject({ height: 1, width: 2 });
  expect(large).toEqual(frame(7, 0));
});

test('frames and planes are measured', async () => {
  const { engine } = await open();
  const measures = await engine.measureFrames([frame(0, 0), frame(0, 0)], [frame(0, 0), frame(7, 0)]);
  // Half of all values are 255 off: 10 log10(2).
  expect(measures.map(({ psnr }) => psnr)).toEqual([Number.POSITIVE_INFINITY, expect.closeTo(3.0103, 4)]);
  expect(measures[1]!.still).toEqual({ pixels: 8, source: 0, reconstruction: 4 * 255 });
  const grid: TokenGrid = { shape: { t: 2, h: 1, w: 2 }, tokens: Int32Array.of(1, 2, 1, 3) };
  expect(await engine.measurePlanes(grid, Int32Array.of(1, 2))).toEqual([
    { stayed: 1, used: 2, perplexity: 2 },
    { stayed: 0.5, used: 2, perplexity: 2 },
  ]);
});
