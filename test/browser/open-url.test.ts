import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FarServer, farServer } from './far-server.ts';
import { act, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

const checkpoint = readFileSync(join(import.meta.dirname, '../fixtures/published/taming_vqgan_zip/model.ckpt'));
const other = { type: 'file', path: 'unet/diffusion_pytorch_model.safetensors', size: 1 };

let stage: Stage;
let far: FarServer;
let visit: Visit;
beforeAll(async () => {
  stage = await setStage();
  far = await farServer({
    'model.ckpt': { content: checkpoint },
    'closed.ckpt': { content: checkpoint, shared: false },
    'whole.ckpt': { content: checkpoint, ranges: false },
  });
  // Its own size, for these small graphs; nothing of the hub is really asked.
  visit = await stage.visit({ query: 'model=toy&size=32x32' });
  await visit.page.route('https://huggingface.co/**', (route) => {
    const { pathname } = new URL(route.request().url());
    const headers = { 'access-control-allow-origin': '*' };
    const json = (body: object) => route.fulfill({ headers, contentType: 'application/json', body: JSON.stringify(body) });
    if (pathname.includes('/tree/')) return json([{ type: 'file', path: 'vqvae/model.ckpt', size: checkpoint.length }, other]);
    if (pathname.startsWith('/api/')) return json({ cardData: { license: 'mit' } });
    return route.fulfill({ status: 404, headers });
  });
  await untilLive(visit);
  await visit.page.evaluate(axe.source);
  visit.page.setDefaultTimeout(12_000);
});
afterAll(async () => {
  await stage?.close();
  await far?.close();
});

const dialog = () => visit.page.getByRole('dialog', { name: 'Open a model' });

/** As a visitor comes here: by the models' menu, then the field for addresses. */
async function lookAt(address: string): Promise<void> {
  const { page } = visit;
  if (await dialog().isVisible()) {
    await page.keyboard.press('Escape');
    await dialog().waitFor({ state: 'hidden' });
  }
  await page.locator('header [aria-haspopup="dialog"]').first().click();
  await page.getByRole('button', { name: 'Open any model …' }).click();
  await dialog().getByLabel('From the network').fill(address);
  await dialog().getByRole('button', { name: 'Look' }).click();
}

/** What axe finds wrong, with where. */
async function violations(): Promise<string[]> {
  const { violations: found } = await visit.page.evaluate(
    () => (window as unknown as { axe: typeof axe }).axe.run() as Promise<AxeResults>,
  );
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

function untilOpen(id: string): Promise<void> {
  return until(visit, ({ slots }, wanted) => slots[0]?.manifest.id === wanted && slots[0].phase === 'ready', id);
}

test('every way to open a model can be read and reached, in both languages and themes', async () => {
  await visit.page.locator('header [aria-haspopup="dialog"]').first().click();
  await visit.page.getByRole('button', { name: 'Open any model …' }).click();
  await dialog().waitFor();
  expect(await violations()).toEqual([]);
  await act(visit, 'setTheme', 'dark');
  await act(visit, 'setLanguage', 'zh');
  expect(await violations()).toEqual([]);
  await act(visit, 'setTheme', 'light');
  await act(visit, 'setLanguage', 'en');
  expect(visit.complaints).toEqual([]);
});

describe('a checkpoint on another server', () => {
  let id = '';

  test('is fetched when the visitor has agreed to its size; what broke off is not fetched again', async () => {
    await lookAt(`${far.url}model.ckpt`);
    const agree = dialog().getByRole('button', { name: 'Fetch and open' });
    await agree.waitFor();
    expect(await violations()).toEqual([]);
    expect(await dialog().textContent()).toMatch(/127\.0\.0\.1.*model\.ckpt.*2\.2 MB.*taming-vqgan/);
    const head = far.sent();
    expect(head).toBeLessThan(300_000);

    far.failAfter(1_000_000);
    await agree.click();
    await dialog().getByRole('alert').waitFor();
    far.failAfter(undefined);
    const broken = far.sent();
    await dialog().getByRole('button', { name: 'Try again' }).click();
    await until(
      visit,
      ({ slots }) => slots[0]?.manifest.architecture === 'taming-vqgan' && slots[0].phase === 'ready',
      undefined,
    );
    await untilLive(visit);
    id = (await visit.state()).slots[0]!.id;
    expect(far.sent() - broken).toBeLessThan(checkpoint.length - 300_000);
    expect((await visit.state()).slots[0]!.tokens.length).toBeGreaterThan(0);
  });

  test('opens from this machine the next time', async () => {
    await act(visit, 'openModel', 'toy');
    await untilOpen('toy');
    // It is written behind what is shown.
    await expect
      .poll(() => visit.page.evaluate(async () => (await window.tokenscopeTest!.host.engine.storedModels()).length))
      .toBe(2);
    await lookAt(`${far.url}model.ckpt`);
    const asked = far.asked.length;
    await dialog().getByRole('button', { name: 'Open', exact: true }).click();
    await untilOpen(id);
    expect(far.asked.length).toBe(asked);
  });

  test('is fetched again where another form of it is chosen than is kept', async () => {
    await act(visit, 'setCheckpointForm', { weights: 'half' });
    await lookAt(`${far.url}model.ckpt`);
    const anew = dialog().getByRole('button', { name: 'Fetch again, as chosen' });
    await anew.waitFor();
    expect(await dialog().getByRole('status').textContent()).toContain('opened another way');
    expect(await violations()).toEqual([]);
    await anew.click();
    await dialog().getByRole('button', { name: 'Fetch and open' }).click();
    await until(visit, ({ slots }) => slots[0]?.manifest.conversion?.weights === 'half' && slots[0].phase === 'ready', undefined);
    expect((await visit.state()).slots[0]!.id).toBe(id);
    const keptForm = async () => {
      const models = await visit.page.evaluate(() => window.tokenscopeTest!.host.engine.storedModels());
      return models.find((model) => model.id === id)?.form;
    };
    await expect.poll(keptForm).toEqual({ weights: 'half', graph: 'plain' });
    await act(visit, 'setCheckpointForm', { weights: 'stored' });
  });

  test('that other pages may not read is named, with a way to go on', async () => {
    await lookAt(`${far.url}closed.ckpt`);
    await dialog().getByRole('alert').waitFor();
    expect(await dialog().getByRole('alert').textContent()).toContain('(CORS)');
    expect(await dialog().getByRole('link').getAttribute('href')).toBe(`${far.url}closed.ckpt`);
  });

  test('that comes only whole says so before it is fetched', async () => {
    const before = far.sent();
    await lookAt(`${far.url}whole.ckpt`);
    await dialog().getByRole('button', { name: 'Fetch and open' }).waitFor();
    expect(await dialog().getByRole('status').textContent()).toContain('All 2.2 MB');
    expect(far.asked.filter((request) => request.startsWith('whole.ckpt'))).toHaveLength(1);
    expect(before).toBeGreaterThan(0);
  });
});

test('a repository of the hub shows its likeliest file, licence and size; a missing file is named', async () => {
  await lookAt('owner/name');
  await dialog().getByRole('alert').waitFor();
  const text = await dialog().textContent();
  expect(text).toMatch(/huggingface\.co.*owner\/name.*model\.ckpt.*2\.2 MB.*mit/);
  expect(await dialog().getByRole('alert').textContent()).toContain('404');
  expect(await dialog().getByRole('combobox').inputValue()).toBe('vqvae/model.ckpt');
  expect(visit.complaints.filter((line) => !/request to (http:\/\/127|https:\/\/huggingface)|CORS policy/.test(line))).toEqual(
    [],
  );
});
