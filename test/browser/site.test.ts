import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DIST } from '../../src/cli/project.ts';
import { serveSite } from '../../src/cli/server.ts';
import { act, type Stage, setStage, until, untilLive } from './harness.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.close());

describe('security policy', () => {
  test('stands in the built page, before anything is loaded', () => {
    const html = readFileSync(join(DIST, 'index.html'), 'utf8');
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1]?.replaceAll('&#39;', "'") ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
    expect(html.indexOf('Content-Security-Policy')).toBeLessThan(html.search(/<script|<link/));
  });

  test('foreign script, frames and eval are refused', async () => {
    const visit = await stage.visit();
    const refused = await visit.page.evaluate(async () => {
      const seen = new Set<string>();
      document.addEventListener('securitypolicyviolation', (event) => seen.add(event.effectiveDirective));
      const add = (tag: string, attributes: object) =>
        document.body.append(Object.assign(document.createElement(tag), attributes));
      add('script', { src: 'https://example.com/a.js' });
      add('script', { textContent: 'window.bad = 1' });
      add('img', { src: 'https://example.com/a.png' });
      add('iframe', { src: 'https://example.com/' });
      setTimeout('window.bad = 2');
      // The four come when the browser gets to them; a busy one takes its time.
      for (let waited = 0; waited < 10_000 && seen.size < 4; waited += 100) {
        await new Promise((settle) => setTimeout(settle, 100));
      }
      return { seen: [...seen].sort(), bad: 'bad' in window };
    });
    expect(refused).toEqual({ seen: ['frame-src', 'img-src', 'script-src', 'script-src-elem'], bad: false });
    await visit.close();
  });
});

test('a whole run, in every place, breaks no rule of the policy and asks nobody else', async () => {
  const visit = await stage.visit();
  await untilLive(visit);
  for (const place of ['compare', 'codebook', 'pipeline'] as const) {
    await act(visit, 'goTo', place);
    await until(visit, (state, name) => state.place === name, place);
    await visit.page.waitForTimeout(300);
  }
  expect(visit.complaints).toEqual([]);
  await visit.close();
});

test('it is isolated where the host sends the headers', async () => {
  const visit = await stage.visit();
  expect(await visit.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await visit.close();
});

describe('as a plain static host serves it, under a path of its own', () => {
  test('one reload isolates it, and it works without a network afterwards', async () => {
    const plain = await serveSite({ root: DIST, headers: false, base: '/courses/tokens/' });
    const visit = await stage.visit({ site: plain, serviceWorker: true });
    await visit.page.waitForFunction(() => crossOriginIsolated, undefined, { timeout: 20_000 });
    await visit.page.waitForFunction(() => window.tokenscopeTest !== undefined);
    await untilLive(visit);
    await keptOffline(visit.page);

    await plain.close();
    await visit.page.reload();
    await visit.page.waitForFunction(() => window.tokenscopeTest !== undefined);
    expect(await visit.page.evaluate(() => crossOriginIsolated)).toBe(true);
    await untilLive(visit);
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });
});

test('with headers too it works without a network after the first visit', async () => {
  const site = await serveSite({ root: DIST });
  const visit = await stage.visit({ site, serviceWorker: true });
  await untilLive(visit);
  await keptOffline(visit.page);
  await site.close();
  await visit.page.reload();
  await visit.page.waitForFunction(() => window.tokenscopeTest !== undefined);
  await untilLive(visit);
  expect(visit.complaints).toEqual([]);
  await visit.close();
});

test('it can be installed', async () => {
  const visit = await stage.visit();
  const session = await visit.page.context().newCDPSession(visit.page);
  const { errors, data } = await session.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  const manifest = JSON.parse(data ?? '{}');
  expect(manifest).toMatchObject({ name: 'Tokenscope', start_url: './', display: 'standalone' });
  for (const { src } of manifest.icons) {
    expect((await visit.page.request.get(new URL(src, stage.site.url).href)).status()).toBe(200);
  }
  await visit.close();
});

/** Until the service worker has put away what the page needs: ONNX Runtime's binary among it, and nothing more to come. */
async function keptOffline(page: Page): Promise<void> {
  let before = 0;
  for (let round = 0; round < 60; round++) {
    const names = await page.evaluate(async () => (await (await caches.open('tokenscope-site')).keys()).map(({ url }) => url));
    if (names.length === before && names.some((name) => name.endsWith('.wasm'))) return;
    before = names.length;
    await page.waitForTimeout(700);
  }
  throw new Error('The service worker did not keep ONNX Runtime.');
}
