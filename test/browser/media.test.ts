import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../src/cli/browser.ts';
import { type Site, serveSite } from '../../src/cli/server.ts';
import { securityPolicy } from '../../src/cli/site-plugins.ts';
import type { OpenOptions } from '../../src/media/opened-picture.ts';
import type { Look, MediaPage } from './media-page/page.ts';

const fixtures = resolve(import.meta.dirname, '../fixtures/media');
const folder = mkdtempSync(join(tmpdir(), 'tokenscope-media-'));
const elsewhere: string[] = [];
let site: Site;
let browser: Browser;
let page: Page;

// The reading room alone on a page of its own, under the policy of the real one.
beforeAll(async () => {
  const root = resolve(import.meta.dirname, 'media-page');
  const output = { outDir: folder, emptyOutDir: true, target: 'esnext', chunkSizeWarningLimit: 4000 };
  const worker = { format: 'es' } as const;
  await build({ configFile: false, root, base: './', logLevel: 'error', plugins: [securityPolicy()], worker, build: output });
  site = await serveSite({ root: folder });
  browser = await launchBrowser({ camera: true });
  page = await browser.newPage();
  page.on('request', (request) => {
    if (!request.url().startsWith(site.url) && !/^(blob|data):/.test(request.url())) elsewhere.push(request.url());
  });
  await page.goto(site.url);
  await page.waitForFunction(() => 'mediaPage' in window);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(name: string, options: OpenOptions = {}, keep = 1): Promise<Look> {
  const base64 = readFileSync(join(fixtures, name)).toString('base64');
  return page.evaluate(
    ([base64, name, options, keep]) =>
      (window as unknown as { mediaPage: MediaPage }).mediaPage.open(base64, name, keep, options),
    [base64, name, options, keep] as const,
  );
}

const CORNERS = [
  [200, 30, 20, 255],
  [20, 160, 40, 255],
  [30, 40, 190, 255],
  [250, 250, 250, 255],
];

/** The four colours within `tolerance`; lossy formats and inks miss by a little. */
function expectCorners({ corners, error }: Look, tolerance: number, colours = CORNERS): void {
  expect(error).toBeUndefined();
  const worst = Math.max(...colours.flat().map((value, i) => Math.abs(value - corners!.flat()[i]!)));
  expect(worst, JSON.stringify(corners)).toBeLessThanOrEqual(tolerance);
}

describe('a picture file', () => {
  it.each([
    ...['corners.png', 'corners.webp', 'corners.bmp', 'deep.png', 'palette.png', 'animated.gif'].map(
      (name) => [name, 0] as const,
    ),
    ...['corners.tif', 'deep.tif', 'lzw.tif', 'palette.tif', 'pages.tif', 'styled.svg'].map((name) => [name, 0] as const),
    ...['corners.jpg', 'progressive.jpg', 'cmyk.jpg', 'corners.avif', 'corners.heic'].map((name) => [name, 3] as const),
  ])('%s has its colours', async (name, tolerance) => {
    const look = await open(name);
    expectCorners(look, tolerance);
    expect([look.size, look.decoded]).toEqual([
      [24, 16],
      [24, 16],
    ]);
  });

  it.each([...[2, 3, 4, 5, 6, 7, 8].map((orientation) => `turned-${orientation}.jpg`), 'turned-6.png'])(
    '%s stands upright',
    async (name) => {
      const look = await open(name);
      expectCorners(look, 3);
      expect(look.size).toEqual([24, 16]);
    },
  );

  it('turned and reduced keeps its shape', async () => {
    const look = await open('turned-6.jpg', { maximumSide: 12 });
    expectCorners(look, 12);
    expect(look).toMatchObject({ size: [24, 16], decoded: [12, 8], remarks: ['sources.notice.reduced'] });
  });

  it('keeps its numbers without its colour profile, and its look with it', async () => {
    const [ignored] = (await open('display-p3.png')).corners!;
    const [applied] = (await open('display-p3.png', { colourManaged: true })).corners!;
    expect([ignored, applied]).toEqual([
      [234, 51, 34, 255],
      [255, 0, 0, 255],
    ]);
  });

  it.each(['alpha.png', 'alpha.tif'])('%s keeps its transparency', async (name) => {
    expectCorners(await open(name), 1, [[0, 0, 0, 0], [20, 160, 40, 128], ...CORNERS.slice(2)]);
  });

  it.each([
    ['sized.svg', [48, 32], []],
    ['viewbox.svg', [512, 341], ['sources.notice.svgSize']],
    ['sizeless.svg', [512, 512], ['sources.notice.svgSize']],
    ['dot.png', [1, 1], []],
    ['animated.gif', [24, 16], ['sources.notice.firstFrame']],
    ['pages.tif', [24, 16], ['sources.notice.firstPage']],
    ['deep.png', [24, 16], ['sources.notice.sixteenBit']],
  ])('%s has its size and says what is special', async (name, size, remarks) => {
    expect(await open(name)).toMatchObject({ size, decoded: size, remarks });
  });

  it('of 10,000 × 10,000 pixels is reduced while it is decoded', async () => {
    expect(await open('huge.png')).toMatchObject({
      size: [10_000, 10_000],
      decoded: [4096, 4096],
      remarks: ['sources.notice.reduced'],
    });
  });

  it('never reaches for anything elsewhere', () => {
    expect(elsewhere).toEqual([]);
  });
});

describe('what is no picture', () => {
  it.each([
    ['clip.mp4', 'media-video', {}],
    ['document.pdf', 'media-pdf', {}],
    ['not-a-picture.png', 'media-text', {}],
    ['tiled.tif', 'media-unsupported', { format: 'TIFF (tiles)' }],
  ])('%s is refused as %s', async (name, error, parameters) => {
    expect(await open(name)).toEqual({ error, parameters: { file: name, ...parameters } });
  });

  it('is refused when it is empty', async () => {
    expect(await open('dot.png', {}, 0)).toEqual({ error: 'media-empty', parameters: { file: 'dot.png' } });
  });

  it.each(['png', 'jpg', 'webp', 'avif', 'bmp', 'heic', 'tif'])('is refused when a .%s was cut off', async (ending) => {
    const name = `corners.${ending}`;
    expect(await open(name, {}, 0.6)).toMatchObject({ error: 'media-undecodable', parameters: { file: name } });
  });

  it('is refused when a drawing was cut off', async () => {
    expect(await open('styled.svg', {}, 0.7)).toMatchObject({ error: 'media-undecodable', parameters: { format: 'SVG' } });
  });
});

describe('the camera', () => {
  const film = (frames: number) =>
    page.evaluate((frames) => (window as unknown as { mediaPage: MediaPage }).mediaPage.film(frames), frames);

  it('gives frame after frame, and again after it was let go', async () => {
    expect(await film(3)).toHaveLength(3);
    expect(await film(1)).toEqual([expect.stringMatching(/^\d+ × \d+$/)]);
  });

  it('that is missing is named', async () => {
    const other = await launchBrowser();
    try {
      const bare = await other.newPage();
      await bare.goto(site.url);
      await bare.waitForFunction(() => 'mediaPage' in window);
      const seen = await bare.evaluate(() => (window as unknown as { mediaPage: MediaPage }).mediaPage.film(1));
      expect(seen).toEqual(['camera-missing']);
    } finally {
      await other.close();
    }
  });
});
