import { expect, test } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import { file, makePlayground, recordedTokens } from './make-playground.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('the page opens with the first model and sample: a whole live result, measured and counted', async () => {
  const { start, now } = makePlayground();
  await start({});
  const [slot] = now().slots;
  expect(slot).toMatchObject({ phase: 'ready', manifest: { id: 'fake' }, visit: { pictures: 1 } });
  expect(slot!.result).toMatchObject({ recorded: false, grid: { shape: { h: 32, w: 32 } } });
  expect(slot!.result!.measures!.of).toBe(slot!.result!.reconstruction!.picture);
  expect(slot!.result!.reconstruction!.of).toBe(slot!.result!.grid);
  expect(now()).toMatchObject({ busy: 'idle', error: undefined, source: { sample: 'one', width: 32 } });
});

test('the recorded result is on screen before the model is open, and the live run takes its place', async () => {
  let open = () => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { start, now } = makePlayground((method) => (method === 'openModel' ? opening : undefined));
  const started = start({});
  await wait(20);
  const ghost = now().slots[0]!.result!;
  expect(ghost).toMatchObject({ recorded: true, timings: undefined, nearest: undefined });
  expect(Array.from(ghost.grid.tokens.slice(0, 4))).toEqual(recordedTokens);
  expect(ghost.latents).toMatchObject({ d: 4 });
  expect(now().slots[0]!.visit.pictures).toBe(0);
  open();
  await started;
  expect(now().slots[0]!.result!.recorded).toBe(false);
});

test('a dropped picture replaces the sample; a bad file leaves everything as it was', async () => {
  const { start, now, actions } = makePlayground();
  await start({});
  await actions.openFiles([file('grey 50')]);
  const { source, slots } = now();
  expect(source).toMatchObject({ name: 'grey-50.png', kind: 'file' });
  expect(slots[0]!.result!.of.source).toBe(source!.key);
  await actions.openFiles([file('nonsense', 'cat.png')]);
  expect(now().error).toMatchObject({ code: 'media-unknown', parameters: { file: 'cat.png' } });
  expect(now().source).toBe(source);
  expect(now().slots[0]!.result).toBe(slots[0]!.result);
  expect(now().busy).toBe('idle');
});

test('a hundred quick changes cost a run or two, and the newest wins', async () => {
  const { start, now, actions, count, engine } = makePlayground();
  await start({});
  const before = count('encode');
  for (let i = 0; i < 100; i++) actions.setFraming({ width: 64 + 8 * i, height: 64 });
  await expect.poll(() => now().slots[0]!.result!.of.framing.width).toBe(64 + 8 * 99);
  expect(count('encode') - before).toBeLessThanOrEqual(2);
  engine.calls.length = 0;
  await Promise.all(Array.from({ length: 100 }, (_, i) => actions.openFiles([file(`grey ${i}`)])));
  expect(now().source!.name).toBe('grey-99.png');
  expect(now().slots[0]!.result!.of.source).toBe(now().source!.key);
  expect(count('encode')).toBeLessThanOrEqual(2);
});

test('an answer for an old picture is thrown away', async () => {
  let calls = 0;
  const { start, actions, store } = makePlayground((method) => (method === 'encode' && calls++ === 1 ? wait(30) : undefined));
  await start({});
  const seen = new Set<number>();
  store.subscribe(({ slots }) => seen.add(slots[0]!.result!.of.source));
  const first = actions.openFiles([file('grey 1')]);
  await wait(5);
  const second = actions.openFiles([file('grey 2')]);
  await Promise.all([first, second]);
  const newest = store.getState().source!.key;
  expect(store.getState().slots[0]!.result!.of.source).toBe(newest);
  expect(seen.has(newest - 1)).toBe(false);
});

test('another model takes over when it is ready, with the same source, and the old one is closed', async () => {
  const { start, now, actions, engine, store } = makePlayground();
  await start({});
  const { source } = now();
  const shown = new Set<unknown>();
  store.subscribe(({ slots }) => shown.add(slots[0]?.result?.grid));
  await actions.openModel('fake-two');
  expect(shown.has(undefined)).toBe(false);
  expect(now().slots.map((slot) => slot.manifest.id)).toEqual(['fake-two']);
  expect(now().source).toBe(source);
  expect(now().slots[0]!.result!.of.source).toBe(source!.key);
  expect(engine.openModels.size).toBe(1);
});

test('two models stand side by side; one that is open only moves to the front', async () => {
  const { start, now, actions, count } = makePlayground();
  await start({ models: ['fake', 'fake-two', 'unknown'] });
  expect(now().slots.map((slot) => slot.manifest.id)).toEqual(['fake', 'fake-two']);
  expect(now().slots.every((slot) => slot.result?.recorded === false)).toBe(true);
  await actions.openModel('fake-two');
  expect(now().slots.map((slot) => slot.manifest.id)).toEqual(['fake-two', 'fake']);
  expect(count('openModel')).toBe(2);
  actions.closeModel(now().slots[0]!.key);
  expect(now().slots.map((slot) => slot.manifest.id)).toEqual(['fake']);
});

test('a model that cannot be opened leaves the other one standing', async () => {
  let opened = 0;
  const { start, now, actions } = makePlayground((method) => {
    if (method === 'openModel' && ++opened === 2) throw new TokenscopeError('model-offline', { file: 'encoder.onnx' });
  });
  await start({});
  await actions.openModel('fake-two');
  expect(now().error).toMatchObject({ code: 'model-offline' });
  expect(now().slots).toMatchObject([{ manifest: { id: 'fake' }, phase: 'ready' }]);
  expect(now().slots[0]!.result).toBeDefined();
});

test('without any model the failure stays on its slot, the recorded result too, until it is tried again', async () => {
  let failing = true;
  const { start, now, actions } = makePlayground((method) => {
    if (method === 'openModel' && failing) throw new TokenscopeError('model-offline', { file: 'encoder.onnx' });
  });
  await start({});
  await wait(10);
  expect(now().slots[0]).toMatchObject({ phase: 'failed', error: { code: 'model-offline' }, result: { recorded: true } });
  failing = false;
  await actions.retryModel(now().slots[0]!.key);
  expect(now().slots[0]).toMatchObject({ phase: 'ready', error: undefined, result: { recorded: false } });
});

test('one model that fails to run does not stop the other', async () => {
  const runs = new Map<string, number>();
  const { start, now, actions } = makePlayground((method) => {
    runs.set(method, (runs.get(method) ?? 0) + 1);
    if (method === 'encode' && runs.get(method) === 3) throw new TokenscopeError('internal', { message: 'broken kernel' });
  });
  await start({ models: ['fake', 'fake-two'] });
  const kept = now().slots[0]!.result;
  await actions.openFiles([file('grey 9')]);
  expect(now().error).toMatchObject({ code: 'internal' });
  expect(now().slots[0]).toMatchObject({ phase: 'ready', error: { code: 'internal' } });
  expect(now().slots[0]!.result).toBe(kept);
  expect(now().slots[1]!.result!.of.source).toBe(now().source!.key);
});

test('after a crash the same models open on WASM, the same file is read again, and nothing leaves the screen', async () => {
  const { start, now, actions, host, engine, store } = makePlayground();
  await start({});
  await actions.openFiles([file('grey 70')]);
  const { source } = now();
  const grids = new Set<unknown>();
  store.subscribe(({ slots }) => grids.add(slots[0]!.result?.grid));
  host.crash(new TokenscopeError('device-lost', { reason: 'driver' }));
  expect(now().slots[0]).toMatchObject({ phase: 'opening', model: undefined });
  await expect.poll(() => now().slots[0]!.phase).toBe('ready');
  await expect.poll(() => now().slots[0]!.result!.of.model).toBe([...engine.openModels.keys()][0]);
  expect(now().slots[0]!.model!.device).toMatchObject({ provider: 'wasm', why: 'asked' });
  expect(now().source).toBe(source);
  expect(grids.has(undefined)).toBe(false);
  expect(now().notices).toMatchObject([{ text: 'shell.notice.recovered', parameters: { code: 'device-lost' } }]);
  expect(now().error).toBeUndefined();
});

test('an engine that dies again before anything ran is given up with a message', async () => {
  const { start, now, host, actions } = makePlayground();
  await start({});
  const lost = new TokenscopeError('worker-crashed', { reason: 'out of luck' });
  host.crash(lost);
  host.crash(lost);
  await wait(10);
  expect(now().error).toBe(lost);
  expect(now().slots[0]).toMatchObject({ phase: 'failed', error: { code: 'worker-crashed' }, result: { recorded: false } });
  await actions.retryModel(now().slots[0]!.key, 'wasm');
  expect(now().slots[0]).toMatchObject({ phase: 'ready', error: undefined, result: { recorded: false } });
  expect(now().error).toBeUndefined();
});

test('a worker that never starts leaves the recorded result and a message', async () => {
  const lost = new TokenscopeError('worker-crashed', { reason: 'it could not start' });
  const { start, now } = makePlayground((method) => {
    if (method !== 'closePicture') throw lost;
  });
  await start({});
  expect(now().error).toBe(lost);
  expect(now().slots[0]).toMatchObject({ phase: 'failed', error: lost, result: { recorded: true } });
});

test('out of memory restarts the engine and runs once more on WASM', async () => {
  let encodes = 0;
  const { start, now, actions } = makePlayground((method) => {
    if (method === 'encode' && ++encodes === 2) throw new TokenscopeError('out-of-memory', { what: 'encoder.onnx' });
  });
  await start({});
  await actions.openFiles([file('grey 7')]);
  await expect.poll(() => now().slots[0]!.result!.of.source).toBe(now().source!.key);
  expect(now().slots[0]!.model!.device.provider).toBe('wasm');
  expect(now().error).toBeUndefined();
});

test('tokens become a picture; tokens the model does not have are refused', async () => {
  const { start, now, actions } = makePlayground();
  await start({});
  await actions.openTokenText('1 2 3 63');
  expect(now().source).toMatchObject({ kind: 'tokens' });
  expect(now().slots[0]!.result).toMatchObject({ source: undefined, latents: undefined, measures: undefined });
  expect(now().slots[0]!.result!.reconstruction!.picture.width).toBe(16);
  const kept = now().slots[0]!.result;
  await actions.openTokenText('1 2 3 64');
  expect(now().error).toMatchObject({ code: 'tokens-range', parameters: { token: 64, size: 64 } });
  expect(now().slots[0]!.result).toBe(kept);
});

test('the camera shows frame after frame until something else is opened', async () => {
  const { start, now, actions, count } = makePlayground();
  await start({});
  const before = count('encode');
  await actions.startCamera();
  expect(now().camera.running).toBe(false);
  expect(count('encode') - before).toBe(5);
  expect(now().source!.kind).toBe('camera');
});

test('every model, picture and frame that was opened is closed again', async () => {
  const { start, actions, engine } = makePlayground();
  await start({});
  await actions.startCamera();
  await actions.openFiles([file('grey 1')]);
  await actions.openSample('two');
  await actions.openModel('fake-two');
  expect(engine.openModels.size).toBe(1);
  expect(engine.openPictures.size).toBe(1);
});

test('reading with colour profiles reads the file again and runs again', async () => {
  const managed: boolean[] = [];
  const { surroundings } = await import('./make-playground.ts');
  const { start, now, actions } = makePlayground(undefined, {
    readFile(blob, name, options) {
      managed.push(options.colourManaged);
      return surroundings.readFile(blob, name, options);
    },
  });
  await start({});
  const { key } = now().source!;
  actions.setColourManaged(true);
  await expect.poll(() => now().slots[0]!.result!.of.source).toBe(key + 1);
  expect(managed).toEqual([false, true]);
});
