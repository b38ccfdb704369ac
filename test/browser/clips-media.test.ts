import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../src/cli/browser.ts';
import { type Site, serveSite } from '../../src/cli/server.ts';
import { securityPolicy } from '../../src/cli/site-plugins.ts';
import type { ClipsPage, SeenClip } from './clips-page/page.ts';

const folder = mkdtempSync(join(tmpdir(), 'tokenscope-clips-'));
/** A name that browsers do not trust without https: there they hide WebCodecs. */
const UNTRUSTED = 'clips.test';
const elsewhere: string[] = [];
let site: Site;
let browser: Browser;
let page: Page;

// The clips of the reading room alone on a page of its own, under the policy of the real one.
beforeAll(async () => {
  const root = resolve(import.meta.dirname, 'clips-page');
  const output = { outDir: folder, emptyOutDir: true, target: 'esnext', chunkSizeWarningLimit: 4000 };
  const worker = { format: 'es' } as const;
  await build({ configFile: false, root, base: './', logLevel: 'error', plugins: [securityPolicy()], worker, build: output });
  cpSync(resolve(import.meta.dirname, '../fixtures/clips'), join(folder, 'clips'), { recursive: true });
  site = await serveSite({ root: folder });
  browser = await launchBrowser({ flags: [`--host-resolver-rules=MAP ${UNTRUSTED} 127.0.0.1`] });
  page = await visit(site.url);
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function visit(address: string): Promise<Page> {
  const opened = await browser.newPage();
  opened.on('request', (request) => {
    if (!request.url().startsWith(new URL(address).origin) && !/^(blob|data):/.test(request.url())) elsewhere.push(request.url());
  });
  await opened.goto(address);
  await opened.waitForFunction(() => 'clipsPage' in window);
  return opened;
}

/** Calls a function of the page. */
function ask<K extends keyof ClipsPage>(name: K, ...args: Parameters<ClipsPage[K]>): Promise<Awaited<ReturnType<ClipsPage[K]>>> {
  return askOn(page, name, ...args);
}

function askOn<K extends keyof ClipsPage>(where: Page, name: K, ...args: Parameters<ClipsPage[K]>) {
  return where.evaluate(
    ([name, args]) => {
      const { clipsPage } = window as unknown as { clipsPage: Record<string, (...args: unknown[]) => unknown> };
      return clipsPage[name]!(...args);
    },
    [name, args] as const,
  ) as Promise<Awaited<ReturnType<ClipsPage[K]>>>;
}

const LACKING = 'this browser lacks the codec';
const GREYS = Array.from({ length: 18 }, (_, i) => 8 + 13 * i);

/** Within 2 of what the pattern says; lossy formats miss by a little. */
function expectGreys({ frames, error }: SeenClip, expected: readonly number[]): void {
  expect(error).toBeUndefined();
  expect(frames!.map(({ tick }) => tick)).toEqual(expected.map((_, i) => i));
  const greys = frames!.map(({ grey }) => grey);
  const worst = Math.max(...greys.map((grey, i) => Math.abs(grey - expected[i]!)));
  expect(worst, greys.join()).toBeLessThanOrEqual(2);
}

const FILMS = [
  ['h264.mp4', 'H.264', 'MP4'],
  ['h264.mov', 'H.264', 'QuickTime'],
  ['h264.mkv', 'H.264', 'Matroska'],
  ['vp8.webm', 'VP8', 'WebM'],
  ['vp9.webm', 'VP9', 'WebM'],
  ['av1.mp4', 'AV1', 'MP4'],
  ['ten-bit.webm', 'VP9', 'WebM'],
  ['live.webm', 'VP9', 'WebM'],
  ['h264.ts', 'H.264', 'MPEG-TS'],
] as const;
const ANIMATIONS = ['animated.gif', 'animated.png', 'animated.webp', 'animated.avif'];

describe('a clip', () => {
  it.for(FILMS)('%s gives every frame at its time', async ([name, codec, container], { skip }) => {
    const look = await ask('open', name);
    // Browsers differ in the codecs they may ship; what is said then is tested below.
    skip(look.error === 'clip-codec', LACKING);
    expectGreys(look, GREYS);
    expect(look.facts).toMatchObject({
      width: 64,
      height: 48,
      duration: expect.closeTo(1.5, 9),
      rate: 12,
      frames: 18,
      exact: true,
      codec,
      container,
    });
    expect(look.frames!.every(({ time }, i) => Math.abs(time - i / 12) < 0.002)).toBe(true);
    expect(look.frames![0]).toMatchObject({ block: 'top left', size: [64, 48] });
  });

  it.each(ANIMATIONS)('%s gives every frame at its time', async (name) => {
    const look = await ask('open', name);
    expectGreys(look, GREYS);
    expect(look.facts).toMatchObject({ width: 64, height: 48, frames: 18, exact: true });
    expect(look.facts!.rate).toBeCloseTo(12, 0);
  });

  it('of one file says what is special', async () => {
    expect((await ask('open', 'ten-bit.webm')).remarks).toEqual(['sources.notice.clipDeep']);
    const varying = await ask('open', 'varying.mp4');
    expect(varying.remarks).toEqual(['sources.notice.clipVarying']);
    // Frame i stands at i² · 10 ms: the second one after 10 ms.
    expect(varying.facts!.fastest).toBe(100);
    expect((await ask('open', 'h264.mp4')).remarks).toEqual([]);
  });

  it('stands upright when its file says that it was turned', async () => {
    const look = await ask('open', 'turned.mp4');
    expect(look.facts).toMatchObject({ width: 48, height: 64 });
    expect(look.frames![0]).toMatchObject({ block: 'top right', size: [48, 64] });
  });

  it('that does not say how its colours are meant has those of standard television', async () => {
    // 0, 190, 0 by BT.601; by BT.709 the green would be 161.
    const { frames } = await ask('open', 'no-colours.webm');
    for (const [i, value] of [0, 190, 0].entries()) expect(Math.abs(frames![0]!.colour[i]! - value)).toBeLessThanOrEqual(3);
  });

  it('keeps odd sides', async () => {
    const look = await ask('open', 'odd.mp4');
    expectGreys(look, GREYS);
    expect(look.frames![0]!.size).toEqual([63, 47]);
  });

  it.each(['h264.mp4', 'vp9.webm', 'animated.png'])('%s gives a window at a rate of its own', async (name) => {
    // Ticks at 0.5, 0.7, 0.9, 1.1 s show the frames that began before them.
    const look = await ask('open', name, { start: 0.5, duration: 0.8, rate: 5 }, 16);
    expectGreys(
      look,
      [6, 8, 10, 13].map((i) => GREYS[i]!),
    );
    expect(look.frames![0]!.size).toEqual([16, 12]);
    // Faster than the clip: frames are shown again.
    expectGreys(
      await ask('open', name, { start: 1.25, duration: 9, rate: 24 }),
      [15, 15, 16, 16, 17, 17].map((i) => GREYS[i]!),
    );
  });

  it('recorded live, without an index and with clusters that have no key frame, begins anywhere', async () => {
    for (const start of [11, 13, 17]) {
      const look = await ask('open', 'live.webm', { start: start / 12, duration: 1, rate: 12 });
      expectGreys(look, GREYS.slice(start));
    }
  });

  it('of two gigabytes opens fast', async () => {
    const look = await ask('huge');
    expectGreys(look, GREYS);
    expect(look.bytes).toBeGreaterThan(2 ** 31);
    expect(look.took).toBeLessThan(3000);
  });

  it('of varying rate shows at each tick the frame that stands there', async () => {
    const look = await ask('open', 'varying.mp4', { start: 0, duration: 2.9, rate: 10 });
    const shown = Array.from({ length: 29 }, (_, k) => Math.floor(Math.sqrt(k * 10 + 1e-6)));
    expectGreys(
      look,
      shown.map((i) => GREYS[i]!),
    );
    expect(look.frames!.map(({ time }) => time)).toEqual(shown.map((i) => Math.round(i * i * 10) / 1000));
  });

  it('gives small frames for its ruler', async () => {
    const frames = await ask('thumbnails', 'h264.mp4', 4, 32);
    expectGreys(
      { frames },
      [2, 6, 11, 15].map((i) => GREYS[i]!),
    );
    expect(frames[0]!.size).toEqual([32, 24]);
  });

  it.each(['mp4', 'webm'] as const)('of an hour (%s) opens fast and only its window is decoded', async (container) => {
    const look = await ask('long', 3600, container, 1801);
    expectGreys(look, [GREYS[1]!, GREYS[2]!]);
    expect(look.facts).toMatchObject({ duration: 3600, rate: 1, frames: 3600, exact: false });
    expect(look.took).toBeLessThan(3000);
  });

  it('becomes a picture when it is one', async () => {
    expect(await ask('read', 'one-frame.mp4')).toEqual({ kind: 'picture', remarks: ['sources.notice.clipOneFrame'] });
    expect(await ask('read', 'animated.gif')).toEqual({ kind: 'clip', remarks: [] });
  });

  it('is made of numbered pictures', async () => {
    const look = await ask('sequence', 11);
    expectGreys(
      look,
      Array.from({ length: 11 }, (_, i) => 20 + 20 * i),
    );
    expect(look).toMatchObject({ facts: { rate: 25, frames: 11 }, remarks: ['sources.notice.clipSequence'] });
    const unequal = await ask('sequence', 4, 2);
    // Refused at once: nothing was opened that would have to be taken away again.
    expect(unequal).toEqual({ error: 'clip-sequence', parameters: { file: 'frame-2.png', sizes: expect.any(String) } });
  });
});

describe('frames', () => {
  it('are all closed, and few are open at a time', async () => {
    const whole = await ask('watch', 'h264.mp4', 1000);
    expect(whole).toMatchObject({ live: 0, read: 72 });
    expect(whole.most).toBeLessThan(20);
    expect(await ask('watch', 'h264.mp4', 3)).toMatchObject({ live: 0, read: 3 });
  });

  it('stop coming when the reading is aborted, and another reading works', async () => {
    expect(await ask('abort', 'h264.mp4')).toEqual(['AbortError', 18]);
    expect(await ask('abort', 'animated.gif')).toEqual(['AbortError', 18]);
  });

  it('stop coming when the clip is closed', async () => {
    expect(await ask('closed', 'h264.mp4')).toBe('AbortError');
  });
});

describe('a clip that cannot be read is named', () => {
  it.each([
    ['audio-only.mp4', 'clip-no-video'],
    ['encrypted.mp4', 'clip-encrypted'],
    ['no-index.mov', 'clip-truncated'],
  ])('%s as %s', async (file, error) => {
    expect(await ask('open', file)).toEqual({ error, parameters: { file } });
  });

  it.each([
    ['old.avi', 'AVI'],
    ['theora.ogv', 'Ogg'],
  ])('%s with its format', async (file, format) => {
    expect(await ask('open', file)).toEqual({ error: 'clip-format', parameters: { file, format } });
  });

  it.for([
    ['hevc.mp4', 'HEVC'],
    ['mpeg4.mp4', 'MPEG-4 Part 2'],
    ['mpeg2.ts', 'MPEG-2'],
  ] as const)('%s with its codec, and with what would work', async ([file, codec], { skip }) => {
    const look = await ask('open', file);
    skip(!look.error, 'this browser has the codec');
    expect(look).toMatchObject({ error: 'clip-codec', parameters: { codec: expect.stringContaining(codec) } });
    expect(look.parameters).toMatchObject({ works: expect.stringContaining('VP9') });
  });

  it.each([
    ['h264.mp4', 0.05, 'clip-truncated'],
    ['h264.mp4', 0.5, 'clip-truncated'],
    ['vp9.webm', 0.5, 'clip-truncated'],
    ['vp9.webm', 0.02, 'clip-damaged'],
    ['animated.webp', 0.5, 'media-undecodable'],
    ['animated.png', 0.5, 'clip-undecodable'],
  ])('%s of which %d is left, as %s', async (file, keep, error) => {
    expect(await ask('open', file, undefined, undefined, keep)).toMatchObject({ error, parameters: { file } });
  });

  it('unless a part of it is there, which is then told', async () => {
    const look = await ask('open', 'h264.mp4', undefined, undefined, 0.95);
    expectGreys(look, GREYS.slice(0, 14));
    expect(look.remarks).toEqual(['sources.notice.clipCut']);
  });

  it.each(['h264.mp4', 'vp9.webm', 'animated.gif', 'animated.webp'])('%s, wherever it is damaged', async (name) => {
    const ends = await ask('damaged', name, 8);
    expect(ends).toHaveLength(8);
    for (const end of ends) expect(end).toMatch(/^(?:read|clip-\w+|media-undecodable)/);
  });

  it('when the window begins after its end', async () => {
    expect(await ask('open', 'h264.mp4', { start: 2, duration: 1, rate: 12 })).toEqual({
      error: 'clip-nothing',
      parameters: { file: 'h264.mp4', from: '2.00', seconds: '1.50' },
    });
  });
});

describe('without WebCodecs', () => {
  let bare: Page;

  beforeAll(async () => {
    const address = new URL(site.url);
    address.hostname = UNTRUSTED;
    bare = await visit(address.href);
    expect(await bare.evaluate(() => 'VideoDecoder' in window || 'ImageDecoder' in window)).toBe(false);
  });

  it.for(['h264.mp4', 'vp9.webm'])('%s is read by playing it', async (name, { skip }) => {
    const look = await askOn(bare, 'open', name);
    skip(look.error === 'clip-codec', LACKING);
    expectGreys(look, GREYS);
    expect(look.remarks).toEqual(['sources.notice.clipPlayed']);
  });

  it('a GIF is read by a library, and so it is where the browser could', async () => {
    expectGreys(await askOn(bare, 'open', 'animated.gif'), GREYS);
    expectGreys(await ask('gif', 'animated.gif'), [...GREYS, GREYS[17]!]);
  });

  it('another animation gives its first frame, and that is told', async () => {
    expect(await askOn(bare, 'read', 'animated.webp')).toEqual({ kind: 'picture', remarks: ['sources.notice.firstFrame'] });
  });

  it('films cannot be written, GIFs can', async () => {
    await expect(askOn(bare, 'save', 'mp4', 3, 12, 64, 48)).rejects.toThrow('clip-no-encoder');
    expectGreys((await askOn(bare, 'save', 'gif', 3, 12, 64, 48)).again, [20, 40, 60]);
  });
});

describe('a saved clip', () => {
  const greys = Array.from({ length: 11 }, (_, i) => 20 + 20 * i);

  it.each([
    ['mp4', 12],
    ['webm', 30],
    ['gif', 25],
  ] as const)('%s holds the frames it was made of', async (format, rate) => {
    const { again, progress, ...saved } = await ask('save', format, 11, rate, 64, 48);
    expectGreys(again, greys);
    expect(again.facts).toMatchObject({ width: 64, height: 48, frames: 11, rate });
    expect(again.facts!.duration).toBeCloseTo(11 / rate, 1);
    expect(again.frames![0]!.block).toBe('top left');
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(saved.format === format || saved.remarks.includes('sources.notice.clipOtherFormat')).toBe(true);
  });

  it('gets even sides, and says so', async () => {
    const { again, remarks } = await ask('save', 'mp4', 3, 12, 63, 47);
    expect(again.facts).toMatchObject({ width: 64, height: 48 });
    expect(remarks).toContain('sources.notice.clipPadded');
  });

  it('as GIF keeps its time where it cannot keep its rate, and says so', async () => {
    const { again, remarks } = await ask('save', 'gif', 10, 100, 63, 47);
    expectGreys(again, [20, 60, 100, 140, 180]);
    expect(again.facts).toMatchObject({ duration: 0.1, rate: 50 });
    expect(remarks).toEqual(['sources.notice.clipGifRate']);
  });

  it.each(['mp4', 'gif'] as const)('%s can be aborted while it is written', async (format) => {
    expect(await ask('abortSave', format)).toBe('AbortError');
  });
});

describe('the page', () => {
  it('asked nobody else', () => {
    expect(elsewhere).toEqual([]);
  });
});
