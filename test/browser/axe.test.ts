import axe, { type AxeResults } from 'axe-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { act, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

let stage: Stage;
let visit: Visit;
beforeAll(async () => {
  stage = await setStage();
  visit = await stage.visit({ context: { reducedMotion: 'reduce' } });
  await untilLive(visit);
  await visit.page.evaluate(axe.source);
});
afterAll(() => stage?.close());

const places = ['pipeline', 'compare', 'codebook'] as const;

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  test.each(places)('%s', async (place) => {
    await act(visit, 'setTheme', theme);
    await act(visit, 'goTo', place);
    await until(visit, (state, wanted) => state.place === wanted, place);
    await visit.page.getByRole('main').waitFor();
    expect(await violations()).toEqual([]);
  });
});

test('the pipeline with the quantizer open, in Chinese', async () => {
  await act(visit, 'setTheme', 'light');
  await act(visit, 'goTo', 'pipeline');
  await act(visit, 'setQuantizerOpen', true);
  await act(visit, 'setLanguage', 'zh');
  await visit.page.locator('#quantizer-detail').waitFor();
  expect(await violations()).toEqual([]);
  await act(visit, 'setLanguage', 'en');
});

test.each([
  ['opening', 'o'],
  ['saving', 's'],
  ['cutting', 'f'],
  ['keys', 'Shift+?'],
])('the dialog for %s', async (_, key) => {
  await act(visit, 'goTo', 'pipeline');
  await visit.page.locator('body').press(key);
  await visit.page.getByRole('dialog').waitFor();
  expect(await violations()).toEqual([]);
  await visit.page.keyboard.press('Escape');
  await visit.page.getByRole('dialog').waitFor({ state: 'hidden' });
});

test('a phone', async () => {
  await visit.page.setViewportSize({ width: 390, height: 844 });
  const found: string[] = [];
  for (const place of places) {
    await act(visit, 'goTo', place);
    await until(visit, (state, wanted) => state.place === wanted, place);
    found.push(...(await violations()));
    const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) found.push(`${place} is ${wide} px wider than the screen`);
  }
  expect(found).toEqual([]);
});

describe('a clip', () => {
  beforeAll(async () => {
    await visit.close();
    const query = 'place=clip&sample=conveyor&model=toy&size=32x32';
    visit = await stage.visit({ query, context: { reducedMotion: 'reduce' } });
    await until(visit, ({ slots }) => slots[0]?.clip?.recorded === false && slots[0].clip.summary !== undefined, undefined);
    await visit.page.evaluate(axe.source);
  });

  test.each(['light', 'dark'] as const)('beside its tokens, %s', async (theme) => {
    await act(visit, 'setTheme', theme);
    for (const names of [
      ['side by side', 'planes'],
      ['split', 'what changes'],
      ['difference', 'stack', 'usage'],
    ]) {
      for (const name of names) await visit.page.getByRole('main').getByRole('radio', { name, exact: true }).check();
      expect(await violations()).toEqual([]);
    }
  });

  test('of which a piece is used, in Chinese', async () => {
    await act(visit, 'setClipWindow', { start: 0.5, duration: 1 });
    await visit.page.getByRole('slider', { name: 'Start of the piece' }).waitFor();
    await act(visit, 'setLanguage', 'zh');
    expect(await violations()).toEqual([]);
    await act(visit, 'setLanguage', 'en');
  });

  test('the dialog for saving it', async () => {
    await visit.page.getByRole('main').getByRole('button', { name: 'Save', exact: true }).click();
    await visit.page.getByRole('dialog').waitFor();
    expect(await violations()).toEqual([]);
    await visit.page.keyboard.press('Escape');
  });

  test('on a phone', async () => {
    await visit.page.setViewportSize({ width: 390, height: 844 });
    expect(await violations()).toEqual([]);
    expect(await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
});

async function violations(): Promise<string[]> {
  // Late parts and fonts may still be moving.
  await visit.page.waitForTimeout(400);
  const results = await visit.page.evaluate<AxeResults>(() => (window as unknown as { axe: typeof axe }).axe.run());
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
  );
}
