import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runPublished } from '../../src/cli/published.ts';
import { act, drop, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

const checkpoint = readFileSync(join(import.meta.dirname, '../fixtures/published/taming_vqgan_zip/model.ckpt'));

let stage: Stage;
let visit: Visit;

beforeAll(async () => {
  stage = await setStage();
  visit = await stage.visit({ query: 'model=toy&size=64x64' });
  await untilLive(visit);
});
afterAll(() => stage?.close());

const dialog = () => visit.page.getByRole('dialog', { name: 'Open a model' });

async function openDialog(): Promise<void> {
  await visit.page.locator('header [aria-haspopup="dialog"]').first().click();
  await visit.page.getByRole('button', { name: 'Open any model …' }).click();
  await dialog().waitFor();
  await dialog().locator('summary', { hasText: 'How checkpoints are opened' }).click();
}

/** What the list of models says of how the active one was converted. */
async function factsOnScreen(): Promise<string> {
  await visit.page.locator('header [aria-haspopup="dialog"]').first().click();
  const text = await visit.page.locator('[class*="models"]').first().textContent();
  await visit.page.keyboard.press('Escape');
  return text ?? '';
}

const untilOpened = (weights: string) =>
  until(visit, ({ slots }, wanted) => slots[0]?.manifest.conversion?.weights === wanted && slots[0].phase === 'ready', weights);

// Minutes of the software adapter, which now and then stops answering for good: a fresh browser for each try.
const onGpu = { skip: process.env.TOKENSCOPE_FULL === undefined, retry: 2, timeout: 150_000 };

test('the faster graph gives its authors’ tokens and pixels on WebGPU (software adapter)', onGpu, async () => {
  const other = await setStage({ gpu: 'software' });
  try {
    const there = await other.visit({ query: 'adapter=any&model=toy&size=32x32' });
    await until(there, ({ device }) => device !== undefined, undefined, 60_000);
    const form = { weights: 'stored', graph: 'fast' } as const;
    const { provider, check } = await runPublished(there.page, 'taming_vqgan_zip', 'webgpu', form);
    expect(provider).toBe('webgpu');
    expect(check).toMatchObject({ passed: true, mismatched: 0, nearTies: 0 });
  } finally {
    await other.close();
  }
});

test('half precision and the faster graph are chosen, and a dropped checkpoint is opened so', async () => {
  await openDialog();
  await dialog().getByRole('radio', { name: 'half precision' }).check();
  await dialog().getByRole('radio', { name: 'faster' }).check();
  expect(await dialog().locator('summary').first().textContent()).toContain('half precision · faster graph');
  await visit.page.keyboard.press('Escape');
  await drop(visit, [{ name: 'model.ckpt', type: '', base64: checkpoint.toString('base64') }]);
  await untilOpened('half');
  await untilLive(visit);
  const { slots, error } = await visit.state();
  expect(error).toBeUndefined();
  expect(slots[0]!.tokens).toHaveLength(256);
  expect(new Set(slots[0]!.tokens).size).toBeGreaterThan(1);
  const facts = await factsOnScreen();
  expect(facts).toMatch(/weights in half precision, a copy of \d+(\.\d)? [kM]Bfaster graph, \d+(\.\d)? [kM]B laid out anew/);
  await act(visit, 'setLanguage', 'zh');
  await expect.poll(factsOnScreen).toMatch(/半精度权重，复制 .*加速计算图，内存中重新排布/);
  await act(visit, 'setLanguage', 'en');
});

test('it opens again as it is stored, with one click', async () => {
  await openDialog();
  await dialog().getByRole('radio', { name: 'as stored' }).check();
  await dialog()
    .getByRole('button', { name: /^Open .* again this way$/ })
    .click();
  await untilOpened('stored');
  await untilLive(visit);
  expect((await visit.state()).slots).toHaveLength(1);
  expect(await factsOnScreen()).toMatch(/weights as stored \(.*\).*faster graph/);
});

test('the choice is remembered for the next visit', async () => {
  await visit.page.reload();
  await visit.page.waitForFunction(() => window.tokenscopeTest !== undefined);
  await until(visit, ({ checkpoints }) => checkpoints.weights === 'stored' && checkpoints.graph === 'fast', undefined);
  expect(visit.complaints).toEqual([]);
});
