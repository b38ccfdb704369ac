import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wrappedModel } from '../engine/onnx/wrapped-model.ts';
import { drop, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

/** ONNX files dropped on the built site: the sheet, the scaling doctor, the model, its folder as a zip file. */
let stage: Stage;
let visit: Visit;
beforeAll(async () => {
  stage = await setStage();
  visit = await stage.visit({ query: 'model=toy&size=64x64', context: { reducedMotion: 'reduce' } });
  await untilLive(visit);
});
afterAll(() => stage?.close());

const { file, manifest: wrong } = wrappedModel();
const dropped = async (names: readonly string[]) =>
  Promise.all(
    names.map(async (name) => ({
      name,
      type: '',
      base64: Buffer.from(await file(name).arrayBuffer()).toString('base64'),
    })),
  );
const GRAPHS = ['encoder.onnx', 'decoder.onnx'] as const;
const WHOLE = [...GRAPHS, 'weights.safetensors', 'codebook.safetensors'] as const;
const sheet = () => visit.page.getByRole('dialog', { name: 'Open ONNX files' });
let zip: Buffer;

describe('a pair whose numbers nobody wrote down: 0 to 255, blue first', () => {
  test('without its weights names the file that is missing', async () => {
    await drop(visit, await dropped(GRAPHS));
    const alert = sheet().getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('weights.safetensors');
    await visit.page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'hidden' });
  });

  test('shows what was found and why, and the doctor finds its numbers', async () => {
    await drop(visit, await dropped(WHOLE));
    await sheet().getByText('8 × 8 pixels').waitFor({ timeout: 100_000 });
    expect(await sheet().getByLabel('What encoder.onnx is').inputValue()).toBe('encoder');
    await sheet().getByText('Test cards').waitFor({ timeout: 110_000 });
    const chosen = sheet().locator('[aria-pressed=true]');
    expect(await chosen.getAttribute('aria-label')).toContain('[0, 255] BGR');
    await visit.page.evaluate(axe.source);
    const { violations } = await visit.page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });

  test('is saved as a model folder and opened', async () => {
    await sheet().getByLabel('Name').fill('Blue first');
    const [download] = await Promise.all([
      visit.page.waitForEvent('download'),
      sheet().getByRole('button', { name: 'Save as model folder (.zip)' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('blue-first.zip');
    zip = readFileSync((await download.path())!);
    await sheet().getByRole('button', { name: 'Open this model' }).click();
    await until(visit, ({ slots }) => slots[0]?.manifest.id === 'blue-first' && slots[0].phase === 'ready', undefined, 100_000);
    await untilLive(visit);
    const seen = await visit.page.evaluate(() => {
      const { manifest, result } = window.tokenscopeTest!.store.getState().slots[0]!;
      return { pixels: manifest.pixels, psnr: Number(result!.measures!.values.psnr) };
    });
    expect(seen.pixels).toEqual({ range: [0, 255], outputRange: [0, 255], channels: 'bgr' });
    expect(seen.psnr).toBeGreaterThan(18);
  });

  test('comes back from the zip file, and is remembered when its files are dropped again', async () => {
    const before = await visit.page.evaluate(() => window.tokenscopeTest!.store.getState().slots[0]!.model!.id);
    await drop(visit, [{ name: 'blue-first.zip', type: '', base64: zip.toString('base64') }]);
    await until(visit, ({ slots }, id) => slots[0]!.phase === 'ready' && slots[0]!.model!.id !== id, before, 100_000);
    await drop(visit, await dropped(WHOLE));
    await sheet().getByText('As you chose it last time.').waitFor({ timeout: 100_000 });
    expect(await sheet().getByLabel('Name').inputValue()).toBe('Blue first');
    await visit.page.keyboard.press('Escape');
  });

  test('with a manifest that names another range it opens as that says, and the range that brings back more is told', async () => {
    const files = wrong.files.filter(({ name }) => WHOLE.some((part) => part === name));
    const manifest = { ...wrong, id: 'wrong-range', title: 'Wrong range', files };
    const base64 = Buffer.from(JSON.stringify(manifest)).toString('base64');
    await drop(visit, [...(await dropped(WHOLE)), { name: 'manifest.json', type: '', base64 }]);
    await until(visit, ({ slots }) => slots[0]?.manifest.id === 'wrong-range' && slots[0].phase === 'ready', undefined, 100_000);
    const told = visit.page.getByText('The manifest of Wrong range says [−1, 1] for pixels, but [0, 255], BGR brings back');
    await told.waitFor({ timeout: 110_000 });
    await visit.page
      .getByRole('button', { name: 'VQ-VAE' })
      .or(visit.page.getByRole('button', { name: 'Wrong range' }))
      .first()
      .click();
    await visit.page.getByRole('button', { name: 'Look at its graphs anew' }).click();
    await sheet().getByText('8 × 8 pixels').waitFor({ timeout: 100_000 });
    await visit.page.keyboard.press('Escape');
  });

  test('nobody saw an error of the page', () => expect(visit.complaints).toEqual([]));
});

test('a Git LFS pointer is told from a model', async () => {
  const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n';
  await drop(visit, [{ name: 'encoder.onnx', type: '', base64: Buffer.from(pointer).toString('base64') }]);
  const alert = sheet().getByRole('alert');
  await alert.waitFor();
  expect(await alert.textContent()).toContain('Git LFS');
  await visit.page.keyboard.press('Escape');
});

test('one file of a single channel, 28 × 28 only, opens too', async () => {
  const path = join(import.meta.dirname, '../fixtures/onnx/dropped/grey/mnist_vqvae.onnx');
  await drop(visit, [{ name: 'mnist_vqvae.onnx', type: '', base64: readFileSync(path).toString('base64') }]);
  await sheet().getByText('28 × 28 only').waitFor({ timeout: 60_000 });
  // A correction that leads nowhere can be taken back.
  await sheet().getByLabel('Order of the axes going in').selectOption('NHWC');
  await sheet().getByRole('button', { name: 'Take the last change back' }).click({ timeout: 60_000 });
  await sheet().getByText('28 × 28 only').waitFor({ timeout: 60_000 });
  await sheet().getByRole('button', { name: 'Open this model' }).click();
  await until(visit, ({ slots }) => slots[0]?.manifest.id === 'mnist-vqvae' && slots[0].phase === 'ready', undefined, 60_000);
  await untilLive(visit);
  const shape = await visit.page.evaluate(() => window.tokenscopeTest!.store.getState().slots[0]!.result!.grid.shape);
  expect(shape).toEqual({ t: 1, h: 7, w: 7 });
});
