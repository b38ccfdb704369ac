import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clipSizes } from '../../src/app/clip-layout.ts';
import { ROOT } from '../../src/cli/project.ts';
import type { ClipPlan } from '../../src/core/clip-plan.ts';
import type { Playground } from '../../src/state/hooks.ts';
import { FIRST_VIEW, placePlanes } from '../../src/views/clip-volume-geometry.ts';
import { tinyVideoModel } from '../engine/tiny-video.ts';
import { act, drop, type Stage, setStage, until, type Visit } from './harness.ts';

/**
 * The Clip place as a visitor meets it, on one page; each part goes on where the one before ended. The fixtures' frame i is grey
 * 8 + 13 i (64 × 48, 18 frames, 12 a second) with a red block at the top left, and the toy model says whether a cell of 8 × 8
 * pixels is bright: below frame 10 its grey cells are token 0, from there on token 7.
 */
const FRAMES = 18;
const RATE = 12;
const GREYS = Array.from({ length: FRAMES }, (_, i) => 8 + 13 * i);
const BRIGHT = 10;

let stage: Stage;
let visit: Visit;
beforeAll(async () => {
  stage = await setStage();
  visit = await stage.visit({ query: 'model=toy&size=32x32', context: { viewport: { width: 1280, height: 900 } } });
});
afterAll(() => stage?.close());

const clipFile = (name: string) => readFileSync(join(ROOT, 'test/fixtures/clips', name));
const place = () => visit.page.getByRole('main');

/** What the page knows of the active model's clip, in plain values. */
interface SeenClip {
  readonly plan: ClipPlan;
  readonly done: number;
  readonly shape: { readonly t: number; readonly h: number; readonly w: number };
  readonly tokens: readonly number[];
  readonly frames: number;
  readonly reconstructed: number;
  readonly measures: readonly { readonly psnr: number }[];
  readonly planes: readonly { readonly used: number; readonly stayed?: number }[];
  readonly psnr: number | null | undefined;
  readonly window: { readonly start: number; readonly duration: number; readonly rate: number };
  readonly times: readonly number[];
  readonly playhead: number;
}

function seeClip(): Promise<SeenClip> {
  return visit.page.evaluate(() => {
    const { slots, source, playhead } = (window.tokenscopeTest as unknown as Playground).store.getState();
    const clip = slots[0]!.clip!;
    return {
      ...{ plan: clip.plan, done: clip.windowsDone, shape: clip.grid.shape, tokens: [...clip.grid.tokens], playhead },
      ...{ frames: clip.frames.length, reconstructed: clip.reconstruction.length, measures: clip.measures },
      planes: clip.planes.map(({ used, stayed }) => ({ used, ...(stayed === undefined ? {} : { stayed }) })),
      ...{ psnr: clip.summary?.['clip-psnr'], window: source!.clip!.window, times: source!.clip!.times },
    };
  });
}

/** The whole clip has gone through the active model. */
function untilThrough(timeout = 60_000): Promise<void> {
  return until(
    visit,
    ({ slots, source }) => {
      const clip = slots[0]?.clip;
      return (
        !!clip &&
        clip.of.source === source?.key &&
        !clip.recorded &&
        !clip.running &&
        clip.windowsDone === clip.plan.windows.length &&
        clip.summary !== undefined
      );
    },
    undefined,
    timeout,
  );
}

async function dropClip(name: string, as = name): Promise<void> {
  await drop(visit, [{ name: as, type: 'video/mp4', base64: clipFile(name).toString('base64') }]);
}

/** The frame on screen, counted from 0, as the page says it. */
async function frameOnScreen(): Promise<number> {
  const text = await place()
    .getByText(/^frame \d+ \/ \d+$/)
    .first()
    .textContent();
  return Number(/\d+/.exec(text!)![0]) - 1;
}

const dark = (tokens: readonly number[], plane: number) => tokens[plane * 16 + 15] === 0;

describe('a film that is dropped', () => {
  test('fills the place: frames, planes, numbers', async ({ skip }) => {
    await dropClip('h264.mp4');
    await until(visit, ({ source, error }) => source?.name === 'h264.mp4' || error !== undefined, undefined);
    const { error } = await visit.state();
    if (error?.code === 'clip-codec') {
      await act(visit, 'dismissError');
      await dropClip('vp9.webm', 'h264.mp4');
    }
    await untilThrough();
    await visit.page.getByRole('link', { name: 'Clip' }).click();
    await until(visit, (state) => state.place === 'clip', undefined);
    expect(await place().getByRole('heading', { level: 1 }).textContent()).toBe('18 frames, each a plane of tokens of its own');
    const clip = await seeClip();
    expect(clip).toMatchObject({ shape: { t: FRAMES, h: 4, w: 4 }, frames: FRAMES, reconstructed: FRAMES, done: FRAMES });
    expect(clip.window).toEqual({ start: 0, duration: 1.5, rate: RATE });
    expect(GREYS.map((_, plane) => dark(clip.tokens, plane))).toEqual(GREYS.map((_, plane) => plane < BRIGHT));
    skip(error?.code === 'clip-codec', 'H.264 is not in this browser: read as VP9');
  });

  test('has the numbers that its pixels give', async () => {
    const clip = await seeClip();
    const byHand = await visit.page.evaluate(() => {
      const { frames, reconstruction } = (window.tokenscopeTest as unknown as Playground).store.getState().slots[0]!.clip!;
      return frames.map(({ data }, i) => {
        const other = reconstruction[i]!.data;
        const sum = data.reduce((all, value, at) => all + (at % 4 === 3 ? 0 : (value - other[at]!) ** 2), 0);
        return { psnr: 10 * Math.log10(255 ** 2 / (sum / ((data.length / 4) * 3))), grey: data[data.length - 4]! };
      });
    });
    for (const [i, { psnr, grey }] of byHand.entries()) {
      expect(Math.abs(grey - GREYS[i]!)).toBeLessThanOrEqual(2);
      expect(clip.measures[i]!.psnr).toBeCloseTo(psnr, 3);
    }
    const psnrs = byHand.map(({ psnr }) => psnr);
    const mean = psnrs.reduce((sum, psnr) => sum + psnr, 0) / FRAMES;
    const row = place().getByRole('table', { name: 'Numbers of the whole clip' }).getByRole('row').nth(1);
    expect(await row.getByRole('cell').first().textContent()).toBe(`${mean.toFixed(2)} dB`);
    const range = `${Math.min(...psnrs).toFixed(2)} to ${Math.max(...psnrs).toFixed(2)}`;
    await place().getByText(`PSNR per frame, dB: ${range}`).waitFor();
    for (let plane = 1; plane < FRAMES; plane++) {
      const same = Array.from({ length: 16 }, (_, at) => clip.tokens[plane * 16 + at] === clip.tokens[plane * 16 - 16 + at]);
      expect(clip.planes[plane]!.stayed).toBeCloseTo(same.filter(Boolean).length / 16, 6);
    }
    const entries = (plane: number) => new Set(clip.tokens.slice(plane * 16, plane * 16 + 16)).size;
    expect(clip.planes.map(({ used }) => used)).toEqual(GREYS.map((_, plane) => entries(plane)));
  });
});

describe('playing', () => {
  test('keeps the time of the clip; a pause sets the playhead, which Pipeline shows', async () => {
    await visit.page.keyboard.press('Home');
    const watching = visit.page.evaluate(async () => {
      const shown = () => {
        const text = [...document.querySelectorAll('figcaption span')].find((span) => /^frame \d/.test(span.textContent));
        return Number(/\d+/.exec(text!.textContent)![0]) - 1;
      };
      const seen: { at: number; frame: number }[] = [];
      const end = performance.now() + 3200;
      for (let last = shown(); performance.now() < end; ) {
        const at = await new Promise<number>(requestAnimationFrame);
        const frame = shown();
        if (frame !== last) seen.push({ at, frame });
        last = frame;
      }
      return seen;
    });
    await visit.page.keyboard.press('k');
    const seen = await watching;
    await visit.page.keyboard.press('k');
    expect(seen.length).toBeGreaterThan(10);
    // Each change is at most a frame late, also after two rounds of the loop; late ones do not add up.
    const [first] = seen;
    const late = seen.map(({ at, frame }) => {
      const due = first!.frame + ((at - first!.at) / 1000) * RATE;
      return ((((due - frame) % FRAMES) + FRAMES + FRAMES / 2) % FRAMES) - FRAMES / 2;
    });
    expect(Math.max(...late.map(Math.abs)), late.map((value) => value.toFixed(1)).join()).toBeLessThanOrEqual(1.5);
    const frame = await frameOnScreen();
    expect((await seeClip()).playhead).toBe(frame);
    await visit.page.getByRole('link', { name: 'Pipeline' }).click();
    await until(
      visit,
      ({ slots: [slot], place, playhead }) =>
        place === 'pipeline' && slot!.result?.reconstruction?.picture === slot!.clip!.reconstruction[playhead],
      undefined,
    );
    const { slots } = await visit.state();
    expect(slots[0]!.tokens).toEqual((await seeClip()).tokens.slice(frame * 16, frame * 16 + 16));
    await visit.page.getByRole('link', { name: 'Clip' }).click();
    await until(visit, (state) => state.place === 'clip', undefined);
    expect(await frameOnScreen()).toBe(frame);
  });

  test('touches nothing on the page but the numbers of the frame and the place of the marker', async () => {
    await visit.page.keyboard.press('Home');
    await visit.page.keyboard.press('k');
    await place().getByRole('button', { name: 'Pause' }).waitFor();
    const touched = await visit.page.evaluate(async () => {
      const seen = new Set<string>();
      const observer = new MutationObserver((records) => {
        for (const { type, target, attributeName } of records)
          seen.add([type, target.nodeName, attributeName ?? ''].join(' ').trim());
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true });
      await new Promise((resolve) => setTimeout(resolve, 1200));
      observer.disconnect();
      return [...seen].sort();
    });
    await visit.page.keyboard.press('k');
    expect(touched).toEqual(['attributes CANVAS style', 'characterData #text']);
  });

  test('goes by keys: ends, steps, the space bar, the loop', async () => {
    const { page } = visit;
    const after = async (key: string) => {
      await page.keyboard.press(key);
      return frameOnScreen();
    };
    expect(await after('End')).toBe(17);
    expect(await after('ArrowRight')).toBe(17);
    expect(await after('ArrowLeft')).toBe(16);
    expect(await after('Home')).toBe(0);
    expect(await after('ArrowRight')).toBe(1);
    expect(await after('PageDown')).toBe(2);
    const loop = place().getByRole('button', { name: 'loop' });
    await page.keyboard.press('r');
    expect(await loop.getAttribute('aria-pressed')).toBe('false');
    await after('Home');
    await page.keyboard.press('Space');
    await place().getByRole('button', { name: 'Pause' }).waitFor();
    await place().getByRole('button', { name: 'Play' }).waitFor();
    expect(await frameOnScreen()).toBe(17);
    expect((await seeClip()).playhead).toBe(17);
    await loop.click();
    expect(await loop.getAttribute('aria-pressed')).toBe('true');
    await place().getByRole('button', { name: 'One frame back' }).click();
    expect(await frameOnScreen()).toBe(16);
    await page.getByRole('slider', { name: /^Frames/ }).focus();
    expect(await after('Home')).toBe(0);
  });
});

describe('pointing', () => {
  test('at a player and at the volume selects the same token', async () => {
    await act(visit, 'setPlayhead', 12);
    await moveTo(place().getByRole('img', { name: 'source, frame' }), 2.5 / 4, 3.5 / 4);
    const wanted = { plane: 12, row: 3, column: 2 };
    await untilSelected(wanted);
    const clip = await seeClip();
    const { entry } = (await visit.state()).selection;
    expect(entry).toBe(clip.tokens[12 * 16 + 3 * 4 + 2]);
    await place().getByText(`row 3, column 2 · token ${entry} in plane 12`).waitFor();
    await act(visit, 'selectVolumeCell', { t: 12, row: 0, column: 0 });
    await pointAtVolume(wanted);
    await untilSelected(wanted);
    expect((await visit.state()).selection.entry).toBe(entry);
    await moveTo(place().getByRole('img', { name: /reconstruction, frame$/ }), 0.5 / 4, 1.5 / 4);
    await untilSelected({ plane: 12, row: 1, column: 0 });
  });

  test('lights up its tube: the cell in every frame', async () => {
    await act(visit, 'selectVolumeCell', { t: 12, row: 2, column: 1 });
    const { width, height } = (await visit.page.viewportSize())!;
    const across = (await place()
      .getByRole('slider', { name: /^Frames/ })
      .boundingBox())!.width;
    const { plan } = await seeClip();
    const rows = clipSizes({ width: across, height }, 2, 1, plan).rows;
    expect(width).toBeGreaterThan(across);
    const top = rows.frames + rows.brackets + rows.planes;
    // The source above, what came back below: grey as the frame is, then black or white.
    const tall = Math.floor((rows.tube - 10) / 2);
    const points = [2, 6, 14].flatMap((frame) =>
      [tall / 2, tall + 1 + tall / 2].map((y) => [((frame + 0.5) / FRAMES) * across, top + y] as const),
    );
    const seen = await timelinePixels(points);
    const expected = [2, 6, 14].flatMap((frame) => [GREYS[frame]!, frame < BRIGHT ? 0 : 255]);
    for (const [i, grey] of seen.entries()) expect(Math.abs(grey - expected[i]!), `point ${i}`).toBeLessThanOrEqual(3);
  });

  test('the volume shows what changes, and turns by keys', async () => {
    const volume = place().getByRole('application', { name: /^18 planes of 4 × 4 tokens/ });
    const look = () =>
      volume.evaluate((element) => [...element.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join());
    const planes = await settled(look);
    await place().getByRole('radio', { name: 'what changes' }).check();
    const changes = await settled(look, planes);
    await place().getByRole('radio', { name: 'stack' }).check();
    const stack = await settled(look, changes);
    await volume.focus();
    const before = await frameOnScreen();
    await volume.press('ArrowRight');
    await volume.press('ArrowUp');
    await settled(look, stack);
    expect(await frameOnScreen()).toBe(before);
    await volume.press('Home');
    await expect.poll(look).toBe(stack);
    await place().getByRole('radio', { name: 'planes' }).check();
    await place().getByRole('radio', { name: 'tokens' }).check();
    await expect.poll(look).toBe(planes);
  });

  test('views: the split follows its handle, blink and difference draw', async () => {
    await place().getByRole('radio', { name: 'split' }).check();
    const handle = place().getByRole('slider', { name: 'Where source and reconstruction meet' });
    await handle.focus();
    await handle.press('ArrowRight');
    await until(visit, ({ compare }) => compare.split > 0.5, undefined);
    for (const mode of ['blink', 'difference', 'side by side']) {
      await place().getByRole('radio', { name: mode }).check();
      await place()
        .getByRole('img', { name: /reconstruction, frame$/ })
        .waitFor();
    }
  });
});

describe('the piece of the clip', () => {
  test('follows its fields: other frames, other tokens', async () => {
    await field('seconds', '0.5');
    await untilFrames(6);
    await field('from', '0.75');
    await until(visit, ({ source }) => source?.clip?.window.start === 0.75, undefined);
    await untilThrough();
    const later = await seeClip();
    expect(later.times.map((time) => Math.round(time * RATE))).toEqual([9, 10, 11, 12, 13, 14]);
    expect(later.times.map((_, plane) => dark(later.tokens, plane))).toEqual([true, false, false, false, false, false]);
    await place().getByText('0.75 to 1.25 s of 1.50 s').waitFor();
    await place().getByLabel('frames/s').selectOption('4');
    await untilFrames(2);
    expect((await seeClip()).times.map((time) => Math.round(time * RATE))).toEqual([9, 12]);
  });

  test('follows the handles of the strip, moved by keys', async () => {
    await place().getByLabel('frames/s').selectOption('12');
    await untilFrames(6);
    const start = place().getByRole('slider', { name: 'Start of the piece' });
    await start.focus();
    await start.press('PageDown');
    await until(visit, ({ source }) => Math.abs((source?.clip?.window.start ?? 0) - 0.6) < 1e-6, undefined);
    await untilFrames(8);
    const end = place().getByRole('slider', { name: 'End of the piece' });
    await end.focus();
    await end.press('PageUp');
    await untilFrames(10);
    const { window: piece, times } = await seeClip();
    expect(piece.start).toBeCloseTo(0.6, 6);
    // A tick shows the newest frame at or before it.
    expect(times.map((time) => Math.round(time * RATE))).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    expect(await end.getAttribute('aria-valuetext')).toBe('1.43 s');
  });

  test('comes to where the strip is pressed', async () => {
    const { x, y, width } = (await place()
      .getByRole('img', { name: /^The whole clip/ })
      .boundingBox())!;
    await visit.page.mouse.click(x + 0.3 * width, y + 10);
    // The middle of ten frames at 0.3 of 1.5 s.
    await until(visit, ({ source }) => Math.abs((source?.clip?.window.start ?? 0) - (0.45 - 10 / 24)) < 0.01, undefined);
    await untilFrames(10);
  });
});

describe('a model of clips', () => {
  test('takes windows: the filling is told, overlap moves the seams', async () => {
    await act(visit, 'setClipWindow', { start: 0, duration: 1.5, rate: RATE });
    await untilFrames(FRAMES);
    await openVideoModel();
    await untilThrough();
    expect(await place().getByRole('heading', { level: 1 }).textContent()).toBe('18 frames become 8 planes of tokens');
    const apart = await seeClip();
    expect(apart.shape.t).toBe(8);
    expect(apart.plan.windows.map(({ firstFrame, frames, padded }) => [firstFrame, frames, padded])).toEqual([
      [0, 16, 0],
      [16, 2, 14],
    ]);
    await place().getByText('14 frames repeated to fill the window').waitFor();
    await place().getByText('4 frames to 1 plane').waitFor();
    await place().getByLabel('overlap').selectOption({ label: '4 frames' });
    await until(visit, ({ slots }) => slots[0]?.clip?.plan.overlap === 4 && !slots[0].clip.running, undefined);
    await untilThrough();
    const shared = await seeClip();
    expect(shared.plan.windows.map(({ firstFrame, frames, padded }) => [firstFrame, frames, padded])).toEqual([
      [0, 16, 0],
      [12, 6, 10],
    ]);
    expect(shared).toMatchObject({ reconstructed: FRAMES, frames: FRAMES });
    await place().getByText('10 frames repeated to fill the window').waitFor();
  });

  test('mixes or cuts where windows meet, as worked out by hand', async () => {
    // Tick i shows frame 3 + i / 2. Ticks 12 and 13: in the first window's last plane (frames 9 and 10) bright, in the second
    // one's first (frames 8 and 9) dark.
    await act(visit, 'setClipWindow', { start: 0.25, duration: 1.25, rate: 24 });
    await act(visit, 'setClipSettings', { overlap: 6 });
    await until(visit, ({ slots }) => slots[0]?.clip?.plan.overlap === 6 && slots[0].clip.plan.frames === 30, undefined);
    await untilThrough();
    expect(await cornersOf(12, 13)).toEqual([Math.round((255 * 4) / 7), Math.round((255 * 3) / 7)]);
    await place().getByRole('radio', { name: 'cut' }).check();
    await until(visit, ({ clip, slots }) => clip.blend === 'cut' && slots[0]?.clip?.of.blend === 'cut', undefined);
    await untilThrough();
    expect(await cornersOf(12, 13)).toEqual([255, 0]);
  });

  test('stops between windows, and runs on from there', async () => {
    await act(visit, 'setClipSettings', { overlap: 0, blend: 'fade' });
    await act(visit, 'setClipWindow', { start: 0, duration: 1.5, rate: RATE });
    await untilFrames(FRAMES);
    // Frames shown again: 90 of them, six windows; stopped as soon as one is through.
    await visit.page.evaluate(() => {
      const { store } = window.tokenscopeTest as unknown as Playground;
      const stop = store.subscribe(({ slots }) => {
        const clip = slots[0]?.clip;
        if (!clip?.running || clip.windowsDone < 1 || clip.plan.windows.length < 6) return;
        const button = [...document.querySelectorAll('button')].find(({ textContent }) => textContent === 'Stop');
        if (!button) return;
        stop();
        button.click();
      });
    });
    await act(visit, 'setClipWindow', { rate: 60 });
    const word = place().getByText(/^stopped after window [1-5] of 6$/);
    await word.waitFor();
    const stopped = await seeClip();
    expect(stopped.done).toBeLessThan(6);
    expect(stopped.reconstructed).toBe(16 * stopped.done);
    await place().getByRole('button', { name: 'Run on' }).click();
    await untilThrough();
    const whole = await seeClip();
    expect(whole).toMatchObject({ done: 6, reconstructed: 90 });
    expect(whole.tokens.slice(0, stopped.tokens.length)).toEqual(stopped.tokens);
    await expect.poll(() => word.count()).toBe(0);
  });
});

describe('saving', () => {
  const saved = new Map<string, Buffer>();

  test('gives films, a GIF and the tokens', async () => {
    await act(visit, 'openModel', 'toy');
    await act(visit, 'setClipWindow', { start: 0, duration: 1.5, rate: RATE });
    await untilFrames(FRAMES);
    const { tokens } = await seeClip();
    await place().getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = visit.page.getByRole('dialog', { name: 'Save the clip' });
    await dialog.getByRole('radio', { name: 'reconstruction', exact: true }).check();
    for (const format of ['MP4', 'WebM', 'GIF']) {
      await dialog.getByRole('radio', { name: format }).check();
      const [name, bytes] = await downloaded(dialog.getByRole('button', { name: 'Save', exact: true }));
      expect(name).toMatch(/^h264-toy\.(mp4|webm|gif)$/);
      saved.set(format, bytes);
      await dialog.getByText(new RegExp(`^${name}: `)).waitFor();
    }
    const [, npy] = await downloaded(dialog.getByRole('button', { name: '.npy' }));
    const header = npy.subarray(10, 10 + npy.readUInt16LE(8)).toString('latin1');
    expect(header).toContain(`'shape': (18, 4, 4)`);
    expect(header).toContain(`'descr': '<i4'`);
    const start = 10 + npy.readUInt16LE(8);
    expect(Array.from({ length: tokens.length }, (_, i) => npy.readInt32LE(start + 4 * i))).toEqual(tokens);
    await visit.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
  });

  test.each(['MP4', 'WebM', 'GIF'])('%s opens again, with the same frames and tokens', async (format) => {
    const before = (await seeClip()).tokens;
    await drop(visit, [{ name: `again ${format}`, type: '', base64: saved.get(format)!.toString('base64') }]);
    await until(visit, ({ source }, name) => source?.name === name, `again ${format}`);
    await untilThrough();
    const again = await seeClip();
    expect(again).toMatchObject({ frames: FRAMES, reconstructed: FRAMES });
    // The toy paints in its eight colours, which come back as the same tokens.
    expect(again.tokens).toEqual(before);
  });
});

describe('files that are no clips', () => {
  test.for([
    ['audio-only.mp4', 1, 'clip-no-video'],
    ['h264.mp4', 0.5, 'clip-truncated'],
    ['hevc.mp4', 1, 'clip-codec'],
  ] as const)('%s of which %d is there: %s, and the clip before stays', async ([file, share, code], { skip }) => {
    const before = (await visit.state()).source;
    const { tokens } = await seeClip();
    const bytes = clipFile(file);
    const base64 = bytes.subarray(0, Math.floor(bytes.length * share)).toString('base64');
    await drop(visit, [{ name: `my ${file}`, type: 'video/mp4', base64 }]);
    await until(visit, ({ error, source }, name) => error !== undefined || source?.name === name, `my ${file}`);
    const { error, source } = await visit.state();
    skip(!error && file === 'hevc.mp4', 'this browser has HEVC');
    expect(error?.code).toBe(code);
    const alert = visit.page.getByRole('alert');
    expect(await alert.textContent()).toContain(`my ${file}`);
    await alert.getByRole('button', { name: 'Dismiss' }).click();
    await until(visit, (state) => state.error === undefined, undefined);
    expect(source).toEqual(before);
    expect((await seeClip()).tokens).toEqual(tokens);
  });
});

test('in Chinese, and in the dark', async () => {
  await act(visit, 'setLanguage', 'zh');
  await act(visit, 'setTheme', 'dark');
  expect(await place().getByRole('heading', { level: 1 }).textContent()).toBe('18 帧，每帧各成一层词元');
  await place().getByRole('button', { name: '播放' }).waitFor();
  // Words that are the same everywhere aside, nothing is left in English.
  const text = await place().innerText();
  const latin = text.match(/[A-Za-z]{3,}/g) ?? [];
  const names = /^(PSNR|SSIM|GIF|MP4|WebM|Toy|MPEG|VP9|H264|eight|colours|again)$/;
  expect(latin.filter((word) => !names.test(word))).toEqual([]);
  const paper = await visit.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  expect(Math.max(...(paper.match(/\d+/g) ?? []).slice(0, 3).map(Number))).toBeLessThan(60);
  await act(visit, 'setLanguage', 'en');
  await act(visit, 'setTheme', 'light');
});

test('the link brings place, clip and frame back', async () => {
  await act(visit, 'openSample', 'rabbit');
  await until(
    visit,
    ({ source, slots }) => source?.sample === 'rabbit' && (slots[0]?.clip?.reconstruction.length ?? 0) > 8,
    undefined,
  );
  await act(visit, 'setPlayhead', 7);
  await act(visit, 'setClipWindow', { start: 1, duration: 1.5, rate: 12 });
  await until(
    visit,
    ({ source, slots }) => slots[0]?.clip?.of.source === source?.key && slots[0]!.clip!.windowsDone > 8,
    undefined,
  );
  await expect.poll(() => new URL(visit.page.url()).searchParams.get('piece')).toBe('1,1.5,12');
  await expect.poll(() => new URL(visit.page.url()).searchParams.get('frame')).toBe('7');
  await visit.page.reload();
  await visit.page.waitForFunction(() => window.tokenscopeTest !== undefined);
  await until(
    visit,
    ({ place, source, playhead, slots: [slot] }) =>
      place === 'clip' &&
      source?.sample === 'rabbit' &&
      playhead === 7 &&
      slot?.clip?.recorded === false &&
      slot.clip.windowsDone > 8,
    undefined,
  );
  expect(await frameOnScreen()).toBe(7);
  await untilThrough();
  expect(await seeClip()).toMatchObject({ window: { start: 1, duration: 1.5, rate: 12 }, frames: 18, reconstructed: 18 });
});

test('the console gives the whole volume; a picture of another model points at the active one', async () => {
  const volume = await visit.page.evaluate(() => {
    const { tokens, latents } = window.tokenscope;
    return { tokens: tokens()!.shape, latents: latents()!.shape, all: latents()!.latents.length };
  });
  expect(volume.latents.slice(1)).toEqual(volume.tokens);
  expect(volume.all).toBe(volume.latents.reduce((a, b) => a * b));
  await openVideoModel();
  await act(visit, 'addModel', 'toy');
  await untilThrough();
  await until(visit, ({ slots }) => slots.length === 2 && slots[1]?.clip?.windowsDone === 18, undefined);
  await act(visit, 'setPlayhead', 9);
  await moveTo(place().getByRole('img', { name: /^Toy.*reconstruction, frame$/ }), 2.5 / 4, 3.5 / 4);
  // Frame 9 is in the third plane of the model that takes four frames to one, whatever the other one does.
  await until(visit, ({ selection }) => selection.plane === 2, undefined);
  await act(visit, 'openModel', 'toy');
});

test('nothing of all this was an uncaught error', () => {
  expect(visit.complaints).toEqual([]);
});

async function field(name: string, value: string): Promise<void> {
  const input = place().getByRole('spinbutton', { name });
  await input.fill(value);
  await input.press('Enter');
}

/** The piece has so many frames and all of them are through. */
async function untilFrames(count: number): Promise<void> {
  await until(
    visit,
    ({ slots, source }, frames) => source?.clip?.frames === frames && slots[0]?.clip?.plan.frames === frames,
    count,
  );
  await untilThrough();
}

function untilSelected(wanted: { plane: number; row: number; column: number }): Promise<void> {
  return until(
    visit,
    ({ selection: { plane, cell } }, at) => plane === at.plane && cell.row === at.row && cell.column === at.column,
    wanted,
  );
}

async function moveTo(part: Locator, across: number, down: number): Promise<void> {
  await part.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await part.boundingBox())!;
  await visit.page.mouse.move(x + width * across - 2, y + height * down);
  await visit.page.mouse.move(x + width * across, y + height * down);
}

/** Points at the middle of a cell of a plane, where the page draws it. */
async function pointAtVolume({ plane, row, column }: { plane: number; row: number; column: number }): Promise<void> {
  const volume = place().getByRole('application', { name: /planes of 4 × 4 tokens/ });
  const { width, height } = (await volume.boundingBox())!;
  const at = placePlanes(FRAMES, { width, height }, 1, FIRST_VIEW).find((placed) => placed.plane === plane)!;
  const [u, v] = [(column + 0.5) / 4, (row + 0.5) / 4];
  await moveTo(volume, (at.x + u * at.ux + v * at.vx) / width, (at.y + u * at.uy + v * at.vy) / height);
}

/** Grey at points of the timeline's layer with the tube, CSS pixels. */
function timelinePixels(points: readonly (readonly [number, number])[]): Promise<number[]> {
  const slider = place().getByRole('slider', { name: /^Frames/ });
  return slider.evaluate((element, wanted) => {
    const canvas = element.parentElement!.querySelectorAll('canvas')[1]!;
    const context = canvas.getContext('2d')!;
    const scale = canvas.width / canvas.getBoundingClientRect().width;
    return wanted.map(([x, y]) => context.getImageData(Math.round(x * scale), Math.round(y * scale), 1, 1).data[0]!);
  }, points);
}

/** What `look` gives once it stands still; waits until it is something else than `before`. */
async function settled(look: () => Promise<string>, before?: string): Promise<string> {
  for (let last = before ?? ''; ; ) {
    const now = await look();
    if (now === last && now !== before) return now;
    last = now;
    await visit.page.waitForTimeout(60);
  }
}

/** Opens the tiny model of clips: 16 frames a window, 4 a plane; white where their mean is bright. */
async function openVideoModel(): Promise<void> {
  const files = Object.entries(tinyVideoModel()).map(
    async ([name, blob]) => [name, Buffer.from(await new Blob([blob]).arrayBuffer()).toString('base64')] as const,
  );
  await visit.page.evaluate(
    async (given) => {
      const blobs = given.map(([name, text]) => [name, new Blob([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))])] as const);
      await window.tokenscopeTest!.actions.openModelFiles(Object.fromEntries(blobs));
    },
    await Promise.all(files),
  );
  await until(visit, ({ slots }) => slots[0]?.manifest.id === 'tiny-video' && slots[0].phase === 'ready', undefined);
}

/** The last pixel of reconstructed frames: its red. */
function cornersOf(...frames: readonly number[]): Promise<number[]> {
  return visit.page.evaluate((wanted) => {
    const { store } = window.tokenscopeTest as unknown as Playground;
    return wanted.map((frame) => store.getState().slots[0]!.clip!.reconstruction[frame]!.data.at(-4)!);
  }, frames);
}

async function downloaded(button: Locator): Promise<[name: string, bytes: Buffer]> {
  const waiting = visit.page.waitForEvent('download');
  await button.click();
  const download = await waiting;
  return [download.suggestedFilename(), readFileSync(await download.path())];
}
