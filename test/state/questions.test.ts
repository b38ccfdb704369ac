import { expect, test } from 'vitest';
import { makePlayground } from './make-playground.ts';

const cell = { t: 0, row: 1, column: 1 };

test('entry pictures arrive in batches, once for each entry', async () => {
  const { start, now, actions, count } = makePlayground();
  await start({});
  const { key } = now().slots[0]!;
  actions.wantEntryPictures(key, [1, 2, 3]);
  actions.wantEntryPictures(key, [2, 3, 4]);
  await expect.poll(() => now().slots[0]!.entryPictures?.known[4]).toBe(1);
  expect(now().slots[0]!.entryPictures).toMatchObject({ side: 8 });
  const calls = count('drawEntries');
  expect(calls).toBeLessThanOrEqual(2);
  actions.wantEntryPictures(key, [1, 4]);
  expect(count('drawEntries')).toBe(calls);
});

test('entries asked for before the model is open are drawn when it is', async () => {
  let open = () => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { start, now, actions } = makePlayground((method) => (method === 'openModel' ? opening : undefined));
  const started = start({});
  actions.wantEntryPictures(now().slots[0]!.key, [5]);
  open();
  await started;
  await expect.poll(() => now().slots[0]!.entryPictures?.known[5]).toBe(1);
});

test('the distance row is the engine’s; a recorded result has none', async () => {
  const { start, now, actions } = makePlayground();
  await start({});
  const { key, result } = now().slots[0]!;
  const row = await actions.distances(key, cell);
  expect(row).toHaveLength(64);
  const token = result!.grid.tokens[33]!;
  expect(Math.min(...row!)).toBe(row![token]);
  expect(await actions.distances(999, cell)).toBeUndefined();
});

test('the preview is the whole picture, no larger than asked', async () => {
  const { start, actions } = makePlayground();
  expect(await actions.previewSource(16)).toBeUndefined();
  await start({});
  expect(await actions.previewSource(16)).toMatchObject({ width: 16, height: 16 });
  expect(await actions.previewSource(512)).toMatchObject({ width: 32, height: 32 });
});
