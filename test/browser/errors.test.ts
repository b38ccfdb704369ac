import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIST } from '../../src/cli/project.ts';
import type { Answer } from '../../src/cli/server.ts';
import { act, drop, type Seen, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

/** What the server does to the weights of a model while a test runs. */
let fault: ((content: Buffer) => Answer) | undefined;
let stage: Stage;
let visit: Visit;
let calm: Seen;

beforeAll(async () => {
  stage = await setStage(
    {},
    { answer: (path) => (fault && /assets\/weights-.*\.safetensors$/.test(path) ? fault(read(path)) : undefined) },
  );
  visit = await stage.visit({ query: 'model=toy&size=64x64' });
  await untilLive(visit);
  calm = await visit.state();
});
afterAll(() => stage?.close());

const read = (path: string) => readFileSync(join(DIST, path));
const damaged = (content: Buffer) => {
  const copy = Buffer.from(content);
  copy[copy.length - 5]! ^= 1;
  return copy;
};

/** The sentence in the error bar; then it is dismissed. */
async function sentence(code: string): Promise<string> {
  await until(visit, ({ error }, wanted) => error?.code === wanted, code);
  const alert = visit.page.getByRole('alert');
  const text = (await alert.textContent()) ?? '';
  await alert.getByRole('button', { name: 'Dismiss' }).click();
  await until(visit, ({ error }) => error === undefined, undefined);
  return text;
}

/** Picture, tokens and selection are as they were. */
async function expectNothingLost(): Promise<void> {
  const { source, slots, selection } = await visit.state();
  expect({ source, selection }).toEqual({ source: calm.source, selection: calm.selection });
  expect(slots[0]).toMatchObject({ id: 'toy', phase: 'ready', tokens: calm.slots[0]!.tokens });
}

describe('a model that cannot be had', () => {
  test.each<[string, string, (content: Buffer) => Answer]>([
    ['is not there', 'model-http', () => ({ status: 404, body: 'no' })],
    [
      'is a web page instead',
      'model-web-page',
      () => ({ status: 200, type: 'text/html', body: '<!doctype html><title>Sign in</title>' }),
    ],
    ['is cut off', 'model-truncated', (content) => ({ status: 200, body: content.subarray(0, content.length >> 1) })],
    ['has another hash', 'model-hash', (content) => ({ status: 200, body: damaged(content) })],
  ])('%s: the file is named, what was there stays', async (_, code, answer) => {
    fault = answer;
    await act(visit, 'openModel', 'vqvae-f8');
    expect(await sentence(code)).toMatch(/weights\.safetensors/);
    await expectNothingLost();
    fault = undefined;
  });

  test('has no network: the file is named, what was there stays', async () => {
    await visit.page.context().setOffline(true);
    await act(visit, 'openModel', 'vqvae-f8');
    expect(await sentence('model-offline')).toMatch(/\.(onnx|safetensors)/);
    await visit.page.context().setOffline(false);
    await expectNothingLost();
  });
});

describe('files that are no pictures', () => {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  test.each([
    ['text named .png', 'shopping.png', 'image/png', base64('milk\nbread\n'), /media-(text|unknown)/],
    ['nothing at all', 'empty.jpg', 'image/jpeg', '', /media-empty/],
    [
      'a picture that breaks off',
      'broken.webp',
      'image/webp',
      read('samples/wall.webp').subarray(0, 300).toString('base64'),
      /media-undecodable/,
    ],
    [
      'a film that is only its beginning',
      'film.mp4',
      'video/mp4',
      Buffer.from([0, 0, 0, 24, ...Buffer.from('ftypisom'), 0, 0, 2, 0, ...Buffer.from('isomiso2')]).toString('base64'),
      /clip-truncated/,
    ],
  ])('%s', async (_, name, type, content, code) => {
    await drop(visit, [{ name, type, base64: content }]);
    await until(visit, ({ error }) => error !== undefined, undefined);
    const { error } = await visit.state();
    expect(error?.code).toMatch(code);
    expect(await sentence(error!.code)).toContain(name);
    await expectNothingLost();
  });

  test('tokens that the codebook does not have', async () => {
    await act(visit, 'openTokenText', '0 1 2 99999');
    expect(await sentence('tokens-range')).toContain('99');
    await expectNothingLost();
  });
});

describe('an engine that breaks', () => {
  beforeAll(async () => {
    await visit.close();
    visit = await stage.visit({ query: 'model=toy&size=64x64' });
    await untilLive(visit);
    calm = await visit.state();
  });

  type Fault = 'killWorker' | 'loseDevice' | 'failNextRun';
  const cause = (kind: Fault) => visit.page.evaluate((name) => window.tokenscopeTest!.host.test![name](), kind);

  test.each<[string, Fault]>([
    ['its worker is killed', 'killWorker'],
    ['its device is lost', 'loseDevice'],
  ])('%s: a fresh one takes over, and nothing of the visitor’s is lost', async (_, kind) => {
    const model = await visit.page.evaluate(() => window.tokenscopeTest!.store.getState().slots[0]!.model!.id);
    await cause(kind);
    await until(visit, ({ notices }) => notices.length > 0, undefined);
    await until(visit, ({ slots }) => slots[0]?.phase === 'ready', undefined);
    await untilLive(visit);
    await expectNothingLost();
    // Ids begin anew in a fresh worker; what counts is that it answers.
    expect(model).toBeGreaterThan(0);
    await act(visit, 'openSample', 'face');
    await untilLive(visit);
    await act(visit, 'openSample', 'parrots');
    await untilLive(visit);
    for (const { key } of await visit.page.evaluate(() => [
      ...(window.tokenscopeTest!.store.getState() as unknown as { notices: { key: number }[] }).notices,
    ])) {
      await act(visit, 'dismissNotice', key);
    }
    calm = await visit.state();
  });

  test('it runs out of memory: it says so, or heals itself, and goes on', async () => {
    await cause('failNextRun');
    await act(visit, 'openSample', 'wall');
    await until(visit, ({ error, notices }) => error !== undefined || notices.length > 0, undefined);
    await act(visit, 'dismissError');
    await act(visit, 'openSample', 'sails');
    await until(visit, ({ source }) => source?.name === 'sails', undefined);
    await untilLive(visit);
  });
});

test('500 files at once become a set that can be run and stopped', { timeout: 120_000 }, async () => {
  const small = read('samples/wall-small.webp').toString('base64');
  const files = Array.from({ length: 500 }, (_, i) => ({ name: `picture ${i}.webp`, type: 'image/webp', base64: small }));
  await drop(visit, [
    ...files.slice(0, 250),
    { name: 'shopping.png', type: 'image/png', base64: btoa('milk') },
    ...files.slice(251),
  ]);
  await until(visit, ({ tray }) => tray.items.length === 500, undefined);
  await visit.page.evaluate(() => void window.tokenscopeTest!.actions.runTray());
  await until(visit, ({ tray }) => (tray.run?.done ?? 0) >= 20, undefined);
  await act(visit, 'stopTray');
  await until(visit, ({ tray }) => tray.run?.running === false, undefined);
  expect((await visit.state()).error).toBeUndefined();
});

test('nothing of all this was an uncaught error', () => {
  expect(visit.complaints).toEqual([]);
});
