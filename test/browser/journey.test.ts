import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../src/cli/project.ts';
import { drop, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

/** What a newcomer does, in this order, on one page. Each test goes on where the one before ended. */
let stage: Stage;
let visit: Visit;
beforeAll(async () => {
  stage = await setStage({ camera: true });
  visit = await stage.visit({ context: { permissions: ['camera', 'clipboard-read', 'clipboard-write'] } });
});
afterAll(() => stage?.close());

test('something is there before anything has run', async () => {
  await until(
    visit,
    ({ slots }) => slots[0]?.result?.recorded === true && slots[0].result.reconstruction !== undefined,
    undefined,
  );
  await visit.page.getByText('recorded', { exact: true }).first().waitFor();
  expect(await visit.page.getByRole('heading', { level: 1 }).textContent()).toContain('1,024 tokens');
});

test('then it is live, with the same tokens', async () => {
  const before = (await visit.state()).slots[0]!.tokens;
  await untilLive(visit);
  const { slots, device } = await visit.state();
  expect(device?.provider).toBe('wasm');
  const different = slots[0]!.tokens.filter((token, cell) => token !== before[cell]).length;
  expect(different).toBeLessThanOrEqual(before.length * 0.005);
  await expect.poll(() => visit.page.getByText('recorded', { exact: true }).count()).toBe(0);
});

test('a photo dropped on the page becomes tokens', async () => {
  const photo = readFileSync(join(ROOT, 'public/samples/lighthouse.webp')).toString('base64');
  const before = (await visit.state()).slots[0]!.tokens;
  await drop(visit, [{ name: 'my photo.webp', type: 'image/webp', base64: photo }]);
  await until(visit, ({ source }) => source?.name === 'my photo.webp', undefined);
  await untilLive(visit);
  expect((await visit.state()).slots[0]!.tokens).not.toEqual(before);
});

test('pointing at a cell selects it everywhere; its token is the one in the grid', async () => {
  await moveTo(visit.page.getByRole('application', { name: /^Token grid/ }), 4 / 32, 20 / 32);
  await until(visit, ({ selection }) => selection.cell.column === 4 && selection.cell.row === 20, undefined);
  const { selection, slots } = await visit.state();
  expect(selection.entry).toBe(slots[0]!.tokens[20 * 32 + 4]);
  await visit.page.getByText(String(selection.entry), { exact: true }).first().waitFor();
});

test('arrow keys walk from cell to cell', async () => {
  const grid = visit.page.getByRole('application', { name: /^Token grid/ });
  await grid.focus();
  const { column, row } = (await visit.state()).selection.cell;
  await grid.press('ArrowRight');
  await grid.press('ArrowDown');
  await until(visit, ({ selection: { cell } }, at) => cell.column === at.column && cell.row === at.row, {
    column: column + 1,
    row: row + 1,
  });
});

test('the quantizer opens to the arithmetic with the real numbers', async () => {
  await visit.page.getByRole('button', { name: 'open the quantizer' }).click();
  await until(visit, ({ quantizerOpen }) => quantizerOpen, undefined);
  await visit.page.locator('#quantizer-detail').waitFor();
});

test('the codebook is scrubbed by keys', async () => {
  await visit.page.getByRole('link', { name: 'Codebook' }).click();
  await until(visit, ({ place }) => place === 'codebook', undefined);
  const canvas = visit.page.getByRole('application', { name: /entries of the codebook$/ });
  await canvas.focus();
  const before = (await visit.state()).selection.entry;
  for (let i = 0; i < 5; i++) await canvas.press('ArrowRight');
  await until(visit, ({ selection }, entry) => selection.entry !== entry, before);
  expect((await visit.state()).selection.entry).toBeGreaterThanOrEqual(0);
});

test('compare splits, blinks and takes a second model beside the first', { timeout: 180_000 }, async () => {
  await visit.page.getByRole('link', { name: 'Compare' }).click();
  await until(visit, ({ place }) => place === 'compare', undefined);
  const split = visit.page.getByRole('slider', { name: /source and reconstruction meet/ }).first();
  await split.focus();
  await split.press('ArrowRight');
  await until(visit, ({ compare }) => compare.split > 0.5, undefined);
  await visit.page.getByRole('radio', { name: 'difference' }).check();
  await until(visit, ({ compare }) => compare.mode === 'difference', undefined);
  await visit.page.getByRole('button', { name: 'Add a model' }).click();
  await visit.page.getByRole('button', { name: /^VQ-VAE f8/ }).click();
  await until(visit, ({ slots }) => slots[1]?.result?.recorded === false && !!slots[1].result.measures, undefined, 120_000);
  const models = (await visit.state()).slots.map(({ id }) => id);
  expect(models).toEqual(['vqgan-f8', 'vqvae-f8']);
});

test('one word switches the language, another the theme', async () => {
  await visit.page.getByRole('button', { name: '中文' }).click();
  await until(visit, ({ language }) => language === 'zh', undefined);
  await visit.page.getByRole('link', { name: '码本' }).waitFor();
  expect(await visit.page.evaluate(() => document.documentElement.lang)).toBe('zh');
  await visit.page.getByRole('button', { name: '深色' }).click();
  await until(visit, ({ theme }) => theme === 'dark', undefined);
});

test('the link brings all of it back', { timeout: 180_000 }, async () => {
  await visit.page.goto(
    `${stage.site.url}?test&place=compare&model=vqvae-f8&sample=wall&cell=3,7&lang=zh&theme=dark&palette=hash&compare=side`,
  );
  await untilLive(visit, 120_000);
  const { place, language, theme, selection, source, slots } = await visit.state();
  expect({ place, language, theme, name: source?.name, model: slots[0]?.id }).toEqual({
    place: 'compare',
    language: 'zh',
    theme: 'dark',
    name: 'wall',
    model: 'vqvae-f8',
  });
  expect(selection.cell).toMatchObject({ row: 3, column: 7 });
  const written = new URL(visit.page.url()).searchParams;
  expect(Object.fromEntries(written)).toMatchObject({ place: 'compare', model: 'vqvae-f8', sample: 'wall', palette: 'hash' });
});

test('the camera runs as fast as it can, and stops', async () => {
  await visit.page.goto(`${stage.site.url}?test&model=toy&size=32x32`);
  await untilLive(visit);
  await visit.page.evaluate(
    () => void (window.tokenscopeTest!.actions as unknown as { startCamera(): Promise<void> }).startCamera(),
  );
  await until(
    visit,
    ({ camera, slots }) => camera.running && camera.framesPerSecond > 0 && slots[0]?.result?.recorded === false,
    undefined,
  );
  await visit.page.evaluate(() => (window.tokenscopeTest!.actions as unknown as { stopCamera(): void }).stopCamera());
  await until(visit, ({ camera }) => !camera.running, undefined);
});

test('the console has the same verbs', async () => {
  const seen = await visit.page.evaluate(async () => {
    const { tokenscope } = window;
    await tokenscope.open('parrots');
    const { tokens, shape } = tokenscope.tokens()!;
    const changed = Int32Array.from(tokens, () => tokens[0]!);
    const [picture] = await tokenscope.decode({ tokens: changed, shape }, { keep: false });
    return {
      shape,
      state: tokenscope.state(),
      width: picture!.width,
      same: tokenscope.tokens()!.tokens.length === tokens.length,
    };
  });
  expect(seen).toMatchObject({ same: true, state: { place: 'pipeline' } });
  expect(seen.width).toBeGreaterThan(0);
});

test('nobody saw an error on the way, and nothing left the machine', () => {
  expect(visit.complaints).toEqual([]);
});

/** Puts the pointer at a fraction of an element. */
async function moveTo(element: Locator, x: number, y: number): Promise<void> {
  const box = (await element.boundingBox())!;
  await visit.page.mouse.move(box.x + (x + 0.5 / 32) * box.width, box.y + (y + 0.5 / 32) * box.height);
}
