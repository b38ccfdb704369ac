import { expect, test } from 'vitest';
import { setFigures, trayTable } from '../../src/app/tray-figures.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { file, makePlayground } from './make-playground.ts';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('several files become a set: the first opens, a run measures all, and what fails has its row', async () => {
  const { start, now, actions, engine } = makePlayground();
  await start({});
  await actions.openFiles([file('nonsense', '.DS_Store'), file('nonsense', 'a.png'), file('grey 10'), file('grey 200')]);
  expect(now().tray.items.map(({ name }) => name)).toEqual(['a.png', 'grey-10.png', 'grey-200.png']);
  expect(now().source!.name).toBe('grey-10.png');
  expect(now().error).toBeUndefined();
  const before = now().slots[0]!.visit.pictures;
  await actions.runTray();
  const run = now().tray.run!;
  expect(run).toMatchObject({ running: false, done: 3, total: 3 });
  expect(run.rows[0]!.error).toMatchObject({ code: 'media-unknown' });
  expect(run.rows[1]!.measures).toHaveProperty('psnr');
  expect(now().slots[0]!.visit.pictures).toBe(before + 2);
  expect(engine.openPictures.size).toBe(1);
  const figures = setFigures(run);
  expect(figures).toMatchObject({ tokens: 2048, used: 2, dead: 62 });
  expect(figures.perplexity).toBeCloseTo(2, 6);
  const { header, lines } = trayTable(run);
  expect(lines.every((line) => line.length === header.length)).toBe(true);
  expect(lines[0]!.at(-1)).toBe('media-unknown');
});

test('a run can be stopped, and a new one begins anew', async () => {
  const { start, now, actions } = makePlayground((method) => (method === 'measure' ? wait(5) : undefined));
  await start({});
  await actions.openFiles(Array.from({ length: 30 }, (_, i) => file(`grey ${i}`)));
  const running = actions.runTray();
  await expect.poll(() => now().tray.run?.done ?? 0).toBeGreaterThan(1);
  actions.stopTray();
  await running;
  expect(now().tray.run).toMatchObject({ running: false });
  expect(now().tray.run!.done).toBeLessThan(30);
  actions.clearTray();
  expect(now().tray).toEqual({ items: [], run: undefined });
});

test('looking at something else while the set runs disturbs neither', async () => {
  const { start, now, actions } = makePlayground();
  await start({});
  await actions.openFiles(Array.from({ length: 12 }, (_, i) => file(`grey ${i}`)));
  const running = actions.runTray();
  await actions.openFiles([file('grey 99')]);
  await running;
  expect(now().source!.name).toBe('grey-99.png');
  expect(now().slots[0]!.result!.of.source).toBe(now().source!.key);
  expect(now().tray.run!.rows.filter((row) => row.measures)).toHaveLength(12);
});

test('a picture that was under way when the engine died is run again', async () => {
  const { start, now, actions, host } = makePlayground();
  await start({});
  await actions.openFiles([file('grey 1'), file('grey 2'), file('grey 3')]);
  const encode = host.engine.encode;
  let died = false;
  host.engine.encode = (...args) => {
    if (died || now().tray.run?.done !== 1) return encode(...args);
    died = true;
    const lost = new TokenscopeError('device-lost', { reason: 'driver' });
    host.crash(lost);
    return Promise.reject(lost);
  };
  await actions.runTray();
  expect(died).toBe(true);
  expect(now().tray.run!.rows.map((row) => row.error)).toEqual([undefined, undefined, undefined]);
  expect(now().tray.run!.rows.every((row) => row.measures)).toBe(true);
});

test('without an open model a run says so', async () => {
  const { now, actions } = makePlayground();
  await actions.runTray();
  expect(now().error).toMatchObject({ code: 'model-not-open' });
});
