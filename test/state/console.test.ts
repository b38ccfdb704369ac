/// <reference path="../../public/tokenscope.d.ts" />
import { beforeAll, expect, test } from 'vitest';
import { consoleOf } from '../../src/state/console.ts';
import { createPlayground } from '../../src/state/playground.ts';
import { fakeEngine, fakeHost } from '../fake-engine.ts';
import { file, surroundings } from './make-playground.ts';

beforeAll(() => {
  // What the browser has and Node has not.
  Object.assign(globalThis, {
    ImageBitmap: class {},
    ImageData: function picture(this: object, data: unknown, width: number, height: number) {
      Object.assign(this, { data, width, height });
    },
  });
});

async function openConsole() {
  const playground = createPlayground(fakeHost(fakeEngine()), surroundings);
  await playground.start({});
  // The types written for visitors hold for the real thing.
  const typed: TokenscopeConsole = consoleOf(playground);
  return { ...playground, console: typed };
}

test('tokens and latents are copies with their shapes', async () => {
  const { console, store } = await openConsole();
  const { tokens, shape } = console.tokens()!;
  expect(shape).toEqual([1, 32, 32]);
  tokens.fill(-1);
  expect(store.getState().slots[0]!.result!.grid.tokens[0]).not.toBe(-1);
  expect(console.latents()!.shape).toEqual([4, 1, 32, 32]);
});

test('a source opens by sample, by file, and says when it does not', async () => {
  const { console, store } = await openConsole();
  await console.open('two');
  expect(store.getState().source!.sample).toBe('two');
  await console.open(file('grey 33'));
  expect(store.getState().slots[0]!.result!.of.source).toBe(store.getState().source!.key);
  await expect(console.open(file('nonsense'))).rejects.toMatchObject({ code: 'media-unknown' });
});

test('a clip opens when all of it is through; its frames and tokens can be taken away', async () => {
  const { console, store } = await openConsole();
  await console.open(file('clip 0 85 170@10'));
  expect(console.tokens()!.shape).toEqual([3, 16, 16]);
  const { source, reconstruction, planes } = console.frames()!;
  expect(source.map(({ data }) => data[0])).toEqual([0, 85, 170]);
  expect(reconstruction.map(({ data }) => data[0])).toEqual([0, 85, 170]);
  expect(planes).toEqual([0, 1, 2]);
  const { latents, shape } = console.latents()!;
  expect(shape).toEqual([4, 3, 16, 16]);
  // Channel by channel, and in each plane after plane: the slice at the playhead is plane 0.
  const first = store.getState().slots[0]!.result!.latents!.data;
  expect([...latents.slice(3 * 256, 4 * 256)]).toEqual([...first.slice(256, 512)]);
  latents.fill(9);
  expect(console.latents()!.latents[0]).not.toBe(9);
  expect(console.state()).toMatchObject({ models: [{ clip: { frames: 3, running: false, measures: { stayed: 0 } } }] });
  const two = { tokens: [0, 0, 0, 0, 63, 63, 63, 63], shape: [2, 2, 2] as [number, number, number] };
  expect(await console.decode(two, { keep: false })).toHaveLength(2);
  expect(store.getState().source!.clip).toBeDefined();
  expect((await console.decode(two)).map(({ data }) => data[0])).toEqual([0, 255]);
  expect(console.frames()!.source).toEqual([]);
  await console.open('two');
  expect(console.frames()).toBeUndefined();
});

test('a model opens by id, and an unknown one is refused', async () => {
  const { console } = await openConsole();
  expect(await console.openModel('fake-two')).toEqual({ id: 'fake-two', provider: 'wasm' });
  await expect(console.openModel('nothing')).rejects.toMatchObject({ code: 'model-missing-file' });
});

test('any grid decodes, with or without becoming the page’s', async () => {
  const { console, store } = await openConsole();
  const grid = { tokens: [0, 63, 21, 42], shape: [1, 2, 2] as [number, number, number] };
  const [picture] = await console.decode(grid, { keep: false });
  expect(picture).toMatchObject({ width: 16, height: 16 });
  expect(store.getState().source!.kind).toBe('sample');
  await console.decode(grid);
  expect([...console.tokens()!.tokens]).toEqual(grid.tokens);
  await expect(console.decode({ ...grid, tokens: [0, 1, 2, 64] })).rejects.toMatchObject({ code: 'tokens-range' });
});

test('the state survives JSON, and bench gives its five figures', async () => {
  const { console } = await openConsole();
  const state = JSON.parse(JSON.stringify(console.state()));
  expect(state).toMatchObject({ place: 'pipeline', models: [{ id: 'fake', recorded: false, usage: { of: 64 } }] });
  expect(Object.keys(await console.bench())).toEqual(['provider', 'adapter', 'encodeMs', 'decodeMs', 'overhead']);
});
