import { afterEach, describe, expect, test, vi } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import type { Picture } from '../../src/core/picture.ts';
import { packTokens } from '../../src/core/token-bits.ts';
import type { Engine } from '../../src/engine/protocol.ts';
import type { Surroundings } from '../../src/state/surroundings.ts';
import { writeLink } from '../../src/state/url.ts';
import { fakeCatalog, fakeVideoModel } from '../fake-engine.ts';
import { file, grey, makePlayground } from './make-playground.ts';

afterEach(() => void vi.unstubAllGlobals());

const catalog = [...fakeCatalog, fakeVideoModel('grouped'), fakeVideoModel('causal')];

function make(before?: (method: keyof Engine) => unknown, other: Partial<Surroundings> = {}) {
  return makePlayground(before, { catalog, ...other });
}

async function startWith(models: string[], before?: (method: keyof Engine) => unknown, other?: Partial<Surroundings>) {
  const made = make(before, other);
  await made.start({ models });
  made.actions.setFraming({ width: 32, height: 32 });
  await expect.poll(() => made.now().slots[0]!.result?.of.framing.width).toBe(32);
  return made;
}

class FakeImageData implements Picture {
  readonly data: Picture['data'];
  readonly width: number;
  readonly height: number;

  constructor(data: Picture['data'], width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

const clip = (greys: readonly number[], rate = 10) => file(`clip ${greys.join(' ')}@${rate}`, 'film.mp4');
const steps = (count: number, of: (i: number) => number = (i) => i) => Array.from({ length: count }, (_, i) => of(i));
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('a clip through a grouped model: windows of 16, the last one padded, a slice at the playhead', async () => {
  const { actions, now } = await startWith(['fake-grouped']);
  const greys = steps(22, (i) => (i < 10 ? 0 : 170));
  await actions.openFiles([clip(greys)]);
  const { source, slots, error } = now();
  expect(error).toBeUndefined();
  expect(source).toMatchObject({ name: 'film.mp4', kind: 'file', height: 32, width: 32 });
  expect(source!.clip).toMatchObject({ frames: 22, complete: true, window: { start: 0, rate: 10 }, facts: { frames: 22 } });
  expect(source!.clip!.times).toHaveLength(22);
  const result = slots[0]!.clip!;
  expect(result).toMatchObject({ running: false, windowsDone: 2, recorded: false, plan: { planes: 8, frames: 22 } });
  expect(result.plan.windows[1]).toMatchObject({ firstFrame: 16, frames: 6, padded: 10 });
  expect(result.frames.map(({ data }) => data[0])).toEqual(greys);
  expect(result.reconstruction).toHaveLength(22);
  expect(result.grid.shape).toEqual({ t: 8, h: 4, w: 4 });
  // Frames 8 to 11 share plane 2, half of them black: all of them come back as one grey in between.
  expect(result.reconstruction.map(({ data }) => data[0])).toEqual(steps(22, (i) => (i < 8 ? 0 : i < 12 ? 85 : 170)));
  expect(result.measures).toHaveLength(22);
  expect(result.measures[0]).toMatchObject({ psnr: Number.POSITIVE_INFINITY, still: undefined });
  expect(result.planes.map(({ stayed }) => stayed)).toEqual([undefined, 1, 0, 0, 1, 1, 1, 1]);
  expect(result.planes[0]).toMatchObject({ used: 1, perplexity: 1 });
  expect(result.counts.reduce((a, b) => a + b)).toBe(8 * 16);
  expect(result.timings).toHaveLength(2);
  expect(result.summary).toMatchObject({
    stayed: expect.closeTo((100 * 5) / 7),
    'clip-bits-per-pixel': (8 * 16 * 6) / (22 * 1024),
  });

  const slice = slots[0]!.result!;
  expect(slice).toMatchObject({ grid: { shape: { t: 1, h: 4, w: 4 } }, recorded: false, of: { source: source!.key } });
  expect(slice.source).toBe(result.frames[0]);
  expect(slice.reconstruction!.picture).toBe(result.reconstruction[0]);
  expect(slice.latents).toMatchObject({ d: 4, shape: { t: 1 } });
  expect(slice.nearest!.entries).toHaveLength(16 * 8);
  // Four frames share the plane's bits.
  expect(slice.measures!.values).toMatchObject({ 'bits-per-pixel': (16 * 6) / (4 * 1024) });
  expect(slots[0]!.visit.pictures).toBe(2);

  actions.setPlayhead(20);
  expect(now().slots[0]!.result!.source).toBe(result.frames[20]);
  expect([...new Set(now().slots[0]!.result!.grid.tokens)]).toEqual([42]);
  await expect.poll(() => now().slots[0]!.result!.measures!.of).toBe(result.reconstruction[20]);
  // Two of the frames of this plane are padding.
  expect(now().slots[0]!.result!.measures!.values).toMatchObject({ 'bits-per-pixel': (16 * 6) / (2 * 1024) });
  actions.setPlayhead(99);
  expect(now().playhead).toBe(21);
});

test('a model of pictures and one of clips see the same frames', async () => {
  const { actions, now } = await startWith(['fake', 'fake-causal']);
  await actions.openFiles([clip(steps(19, (i) => 85 * (i % 4)))]);
  const [pictures, causal] = now().slots.map((slot) => slot.clip!);
  expect(pictures!.plan).toMatchObject({ rule: 'each', planes: 19 });
  expect(causal!.plan).toMatchObject({ rule: 'causal', planes: 7, windows: [{ frames: 17 }, { frames: 2, padded: 3 }] });
  expect(causal!.frames[18]).toBe(pictures!.frames[18]);
  expect(pictures!.reconstruction.map(({ data }) => data[0])).toEqual(steps(19, (i) => 85 * (i % 4)));
  expect(causal!.reconstruction[0]!.data[0]).toBe(0);
});

describe('overlapping windows', () => {
  test('fade into each other; a cut takes each frame from the window that holds it deeper', async () => {
    const { actions, now } = await startWith(['fake-grouped']);
    actions.setClipSettings({ overlap: 2 });
    // Window 2 begins at frame 14, so its first plane is frames 14 to 17; plane 3 of window 1 is frames 12 to 15.
    await actions.openFiles([clip(steps(30, (i) => (i < 14 ? 0 : 170)))]);
    const faded = now().slots[0]!.clip!;
    expect(faded.plan.windows.map(({ firstFrame }) => firstFrame)).toEqual([0, 14]);
    const [before, after] = [85, 170];
    expect(faded.reconstruction.slice(12, 17).map(({ data }) => data[0])).toEqual([
      before,
      before,
      Math.round(before * (2 / 3) + after / 3),
      Math.round(before / 3 + after * (2 / 3)),
      after,
    ]);
    actions.setClipSettings({ blend: 'cut' });
    await expect.poll(() => now().slots[0]!.clip!.of.blend).toBe('cut');
    await expect.poll(() => now().slots[0]!.clip!.running).toBe(false);
    expect(
      now()
        .slots[0]!.clip!.reconstruction.slice(13, 17)
        .map(({ data }) => data[0]),
    ).toEqual([before, before, after, after]);
  });

  test('mean nothing to a model of pictures, which does not run again', async () => {
    const { actions, now, count } = await startWith(['fake']);
    await actions.openFiles([clip(steps(5))]);
    const before = now().slots[0]!.clip;
    const runs = count('encodeFrames');
    actions.setClipSettings({ overlap: 4 });
    await wait(20);
    expect(now().slots[0]!.clip).toBe(before);
    expect(count('encodeFrames')).toBe(runs);
  });
});

test('the first planes are on show while the rest runs; a stopped clip stays as it is until it goes on', async () => {
  let go = () => {};
  const second = new Promise<void>((resolve) => {
    go = resolve;
  });
  let windows = Number.NEGATIVE_INFINITY;
  const { actions, now, count } = await startWith(['fake-grouped'], (method) =>
    method === 'encodeFrames' && ++windows === 2 ? second : undefined,
  );
  windows = 0;
  const opening = actions.openFiles([clip(steps(48), 12)]);
  await expect.poll(() => windows).toBe(2);
  await expect.poll(() => now().slots[0]!.clip).toMatchObject({ running: true, windowsDone: 1, grid: { shape: { t: 4 } } });
  expect(now().slots[0]!.clip!.frames.length).toBeGreaterThanOrEqual(16);
  expect(now().slots[0]!.result!.of.source).toBe(now().source!.key);
  actions.stopClip();
  go();
  await opening;
  expect(now().slots[0]!.clip).toMatchObject({ running: false, windowsDone: 1 });
  actions.setPlayhead(3);
  await wait(20);
  const runs = count('encodeFrames');
  await actions.runClip();
  expect(now().slots[0]!.clip).toMatchObject({ running: false, windowsDone: 3 });
  expect(now().slots[0]!.clip!.reconstruction).toHaveLength(48);
  expect(count('encodeFrames') - runs).toBe(2);
});

test('models take turns: one opened later does not wait for the whole clip of another', async () => {
  const { actions, now, count, store } = await startWith(['fake'], (method) =>
    method === 'encodeFrames' ? wait(10) : undefined,
  );
  const whenDone: number[] = [];
  store.subscribe(({ slots }) => {
    if (slots[1]?.clip?.summary && whenDone.length === 0) whenDone.push(slots[0]!.clip!.windowsDone);
  });
  const opening = actions.openFiles([clip(steps(100), 25)]);
  await expect.poll(() => count('encodeFrames')).toBeGreaterThan(2);
  await actions.addModel('fake-grouped');
  await opening;
  const [pictures, clips] = now().slots.map((slot) => slot.clip!);
  expect([pictures!.windowsDone, clips!.windowsDone]).toEqual([100, 7]);
  expect(whenDone[0]).toBeLessThan(60);
});

test('something newer ends a run at once', async () => {
  const { actions, now, count } = await startWith(['fake'], (method) => (method === 'encodeFrames' ? wait(5) : undefined));
  const opening = actions.openFiles([clip(steps(200))]);
  await expect.poll(() => count('encodeFrames')).toBeGreaterThan(2);
  await actions.openFiles([file('grey 9')]);
  await opening;
  expect(count('encodeFrames')).toBeLessThan(100);
  expect(now()).toMatchObject({ error: undefined, busy: 'idle', source: { name: 'grey-9.png' } });
  expect(now().slots[0]).toMatchObject({ clip: undefined, result: { grid: { shape: { t: 1 } } } });
});

test('another piece of the clip is another source, from the same file', async () => {
  const { actions, now } = await startWith(['fake']);
  await actions.openFiles([clip(steps(100), 20)]);
  const before = now().source!;
  expect(before.clip).toMatchObject({ frames: 80, window: { start: 0, duration: 4, rate: 20 } });
  actions.setClipWindow({ start: 3, duration: 1, rate: 10 });
  await expect.poll(() => now().slots[0]!.clip!.of.source).toBe(now().source!.key);
  await expect.poll(() => now().slots[0]!.clip!.running).toBe(false);
  expect(now().source!.key).not.toBe(before.key);
  expect(now().source!.clip).toMatchObject({ frames: 10, complete: true, facts: { frames: 100 } });
  expect(now().slots[0]!.clip!.frames.map(({ data }) => data[0])).toEqual(steps(10, (i) => 60 + 2 * i));
  actions.setClipWindow({ start: 99, duration: -5, rate: Number.NaN });
  await expect.poll(() => now().source!.clip!.complete).toBe(true);
  expect(now().source!.clip!.frames).toBeGreaterThanOrEqual(1);
});

test('a fast clip is thinned evenly, and says so', async () => {
  const { actions, now } = await startWith(['fake']);
  await actions.openFiles([clip(steps(240), 240)]);
  expect(now().source!.clip!.window).toEqual({ start: 0, duration: 1, rate: 30 });
  expect(now().notices).toMatchObject([{ text: 'sources.notice.clipThinned', parameters: { rate: 240, used: 30 } }]);
});

test('a clip that ends before its facts say so', async () => {
  const made = await startWith(['fake-grouped'], undefined, {
    async readFile(blob, name, options) {
      const opened = await makePlayground().surroundings.readFile(blob, name, options);
      if (opened.kind !== 'clip') return opened;
      return { kind: 'clip', clip: { ...opened.clip, facts: { ...opened.clip.facts, duration: 4, frames: 40, exact: false } } };
    },
  });
  await made.actions.openFiles([clip(steps(32))]);
  const { source, slots } = made.now();
  expect(source!.clip).toMatchObject({ frames: 32, complete: true });
  expect(slots[0]!.clip).toMatchObject({ running: false, windowsDone: 2, plan: { frames: 32, planes: 8 } });
});

test('a recorded clip is on show before its model is open, its frames follow, and the live one takes its place', async () => {
  const grouped = fakeVideoModel('grouped');
  const tokens = Array.from({ length: 8 * 256 }, (_, i) => Math.floor(i / 256) * 9);
  const recorded = [
    { sample: 'film', grid: [8, 16, 16], tokens: packTokens(tokens, 64), reconstruction: 'recorded-film.webp', frames: 22 },
  ];
  const model = {
    ...grouped,
    files: { ...grouped.files, 'recorded-film.webp': 'recorded' },
    manifest: { ...grouped.manifest, recorded },
  };
  let open = () => {};
  const opening = new Promise<void>((resolve) => {
    open = resolve;
  });
  const made = make((method) => (method === 'openModel' ? opening : undefined), {
    catalog: [model],
    // 5 columns of 128 × 128, 5 rows.
    loadPicture: async () => grey(7, 640),
  });
  const started = made.start({ sample: 'film', place: 'clip' });
  await expect.poll(() => made.now().slots[0]?.clip?.frames).toHaveLength(22);
  const ghost = made.now().slots[0]!;
  expect(ghost).toMatchObject({ phase: 'opening', result: { recorded: true, grid: { shape: { t: 1 } } } });
  expect(ghost.clip).toMatchObject({ recorded: true, running: false, plan: { planes: 8 }, grid: { shape: { t: 8, h: 16 } } });
  expect(ghost.clip!.reconstruction).toHaveLength(22);
  expect(ghost.clip!.planes.map(({ stayed }) => stayed)).toEqual([undefined, 0, 0, 0, 0, 0, 0, 0]);
  expect(ghost.result!.source).toBe(ghost.clip!.frames[0]);
  expect(made.now().framing).toMatchObject({ height: 128, width: 128 });
  made.actions.setPlayhead(21);
  expect([...new Set(made.now().slots[0]!.result!.grid.tokens)]).toEqual([5 * 9]);
  await expect.poll(() => made.now().slots[0]!.clip!.summary).toBeDefined();
  expect(made.now().slots[0]!.clip).toMatchObject({ recorded: true, summary: { stayed: 0 } });
  expect(made.now().slots[0]!.clip!.measures).toHaveLength(22);
  open();
  await started;
  expect(made.now().slots[0]!.clip).toMatchObject({ recorded: false, running: false, windowsDone: 2 });
  expect(made.now().slots[0]!.clip!.frames[0]).toBe(ghost.clip!.frames[0]);
  expect(made.now().error).toBeUndefined();
});

test('a clip is looked at smaller than a picture, unless somebody chose a size', async () => {
  const { actions, now, start } = make();
  await start({});
  await actions.openFiles([clip(steps(2))]);
  expect(now().framing).toMatchObject({ height: 128, width: 128 });
  await actions.openFiles([file('grey 1')]);
  expect(now().framing).toMatchObject({ height: 256, width: 256 });
  actions.setFraming({ height: 64, width: 64 });
  await actions.openFiles([clip(steps(2))]);
  expect(now().framing).toMatchObject({ height: 64, width: 64 });
});

test('a picture through a model of clips is a clip of one frame', async () => {
  const { actions, now } = await startWith(['fake-grouped']);
  await actions.openFiles([file('grey 170')]);
  const [slot] = now().slots;
  expect(slot!.clip!.plan.windows).toEqual([{ firstFrame: 0, frames: 1, padded: 15, firstPlane: 0, planes: 4 }]);
  expect(slot!.clip!.reconstruction).toHaveLength(1);
  expect(now().notices).toMatchObject([{ text: 'sources.notice.clipStill', parameters: { frames: 16, planes: 4 } }]);
  expect(slot!.result).toMatchObject({ grid: { shape: { t: 1, h: 4, w: 4 } }, of: { source: now().source!.key } });
  expect(slot!.result!.reconstruction!.picture.data[0]).toBe(170);
  await actions.openModel('fake');
  expect(now().slots[0]).toMatchObject({ clip: undefined, result: { recorded: false } });
});

test('a volume of tokens becomes a clip without a source', async () => {
  const { actions, now } = await startWith(['fake-causal']);
  const tokens = Int32Array.from({ length: 6 * 4 }, (_, i) => [0, 63, 0, 63, 0, 42][Math.floor(i / 4)]!);
  await actions.openTokens({ shape: { t: 6, h: 2, w: 2 }, tokens }, 'volume.npy');
  expect(now().error).toBeUndefined();
  const { clip: made, result } = now().slots[0]!;
  expect(made).toMatchObject({ frames: [], measures: [], running: false, windowsDone: 2, grid: { shape: { t: 6 } } });
  // A window of 17 frames, and one plane that is a first frame again.
  expect(made!.reconstruction).toHaveLength(18);
  expect(made!.planes.map(({ stayed }) => stayed)).toEqual([undefined, 0, 0, 0, 0, 0]);
  expect(result).toMatchObject({ source: undefined, latents: undefined, grid: { shape: { t: 1 } } });
  await expect(actions.decodeFrames({ shape: { t: 6, h: 2, w: 2 }, tokens })).resolves.toHaveLength(18);
});

test('pointing into the volume selects the plane; moving the playhead follows it again', async () => {
  const { actions, now } = await startWith(['fake-grouped']);
  await actions.openFiles([clip(steps(16, (i) => (i < 8 ? 0 : 255)))]);
  actions.selectVolumeCell({ t: 3, row: 1, column: 2 });
  expect(now().selection).toEqual({ cell: { t: 0, row: 1, column: 2 }, plane: 3, entry: 63 });
  actions.selectVolumeCell({ t: 99, row: -1, column: 9 });
  expect(now().selection).toMatchObject({ cell: { t: 0, row: 0, column: 3 }, plane: 3 });
  actions.setPlayhead(1);
  expect(now().selection.plane).toBeUndefined();
  actions.selectCell({ t: 0, row: 2, column: 2 });
  expect(now().selection).toEqual({ cell: { t: 0, row: 2, column: 2 }, entry: 0 });
});

test('latents that were not kept are computed again when their plane is looked at', async () => {
  const { actions, now, store, count } = await startWith(['fake']);
  await actions.openFiles([clip(steps(3, (i) => i * 100))]);
  const slot = now().slots[0]!;
  // As after a resumed visit: the slice is there, the detail is not.
  store.setState({ slots: [{ ...slot, result: { ...slot.result!, latents: undefined, nearest: undefined } }] });
  const runs = count('encodeFrames');
  actions.setPlayhead(2);
  expect(now().slots[0]!.result!.latents).toBeDefined();
  expect(count('encodeFrames')).toBe(runs);
});

test('after a crash the clip runs again, and what was on screen stays', async () => {
  const { actions, now, host } = await startWith(['fake-grouped']);
  await actions.openFiles([clip(steps(20))]);
  const before = now().slots[0]!.clip!;
  host.crash(new TokenscopeError('worker-crashed', { reason: 'test' }));
  expect(now().slots[0]!.clip).toBe(before);
  await expect.poll(() => now().slots[0]!.clip !== before && now().slots[0]!.clip!.running === false).toBe(true);
  expect(now().slots[0]!.clip!.of.model).toBe(now().slots[0]!.model!.id);
  expect(now().slots[0]!.clip!.reconstruction).toHaveLength(20);
});

test('a clip that fails in the middle: what came before is run, and the failure is said', async () => {
  const made = await startWith(['fake-grouped'], undefined, {
    async readFile(blob, name, options) {
      const opened = await makePlayground().surroundings.readFile(blob, name, options);
      if (opened.kind !== 'clip') return opened;
      const { read } = opened.clip;
      return {
        kind: 'clip',
        clip: {
          ...opened.clip,
          async *read(...args) {
            for await (const frame of read(...args)) {
              if (frame.tick === 20) throw new TokenscopeError('clip-undecodable', { file: name, seconds: '2' });
              yield frame;
            }
          },
        },
      };
    },
  });
  await made.actions.openFiles([clip(steps(40))]);
  expect(made.now().error).toMatchObject({ code: 'clip-undecodable' });
  expect(made.now().source!.clip).toMatchObject({ frames: 20, complete: true });
  expect(made.now().slots[0]!.clip).toMatchObject({ windowsDone: 2, running: false });
});

test('pictures of the tray as one clip, in the order the media room says', async () => {
  const { actions, now } = await startWith(['fake']);
  await actions.openFiles([file('grey 0'), file('grey 170')]);
  expect(now().tray.items).toHaveLength(2);
  await actions.openTrayAsClip();
  expect(now().source!.clip).toMatchObject({ frames: 2 });
  expect(now().slots[0]!.clip!.reconstruction.map(({ data }) => data[0])).toEqual([0, 170]);
});

test('thumbnails come from the clip that is open', async () => {
  const { actions } = await startWith(['fake']);
  await actions.openFiles([clip(steps(10))]);
  const seen: number[] = [];
  await actions.clipThumbnails(5, 32, ({ index }) => void seen.push(index), new AbortController().signal);
  expect(seen).toEqual([0, 1, 2, 3, 4]);
});

test('the camera rolls: its last frames are a clip, again and again', async () => {
  vi.stubGlobal('createImageBitmap', async (picture: Picture) => Object.assign(picture, { close: () => {} }));
  vi.stubGlobal('ImageData', FakeImageData);
  const made = await startWith(['fake-grouped'], undefined, {
    async *cameraFrames(signal) {
      for (let i = 0; i < 24 && !signal.aborted; i++) {
        await wait(45);
        yield grey(i * 10);
      }
    },
  });
  const before = made.now().source!.key;
  const shown: { source: number; done: number }[] = [];
  made.store.subscribe(({ source: now, slots: [slot] }) => {
    if (now?.kind === 'camera' && slot?.clip) shown.push({ source: slot.clip.of.source, done: slot.clip.windowsDone });
  });
  await made.actions.startCamera();
  const { source, slots, camera } = made.now();
  // From the first one that came back on, there is always one to be seen.
  const since = shown.slice(shown.findIndex((each) => each.source > before && each.done > 0));
  expect(new Set(since.map((each) => each.source)).size).toBeGreaterThan(1);
  expect(since.every(({ done }) => done > 0)).toBe(true);
  expect(made.now().error).toBeUndefined();
  expect(source).toMatchObject({ kind: 'camera', name: 'camera', clip: { frames: 16 } });
  expect(slots[0]!.clip).toMatchObject({ plan: { frames: 16 }, running: false });
  expect(camera.running).toBe(false);
});

test('the latents of a clip are those of all its windows, plane after plane', async () => {
  const { actions, now } = await startWith(['fake-grouped']);
  await actions.openFiles([clip(steps(22, (i) => 8 * i))]);
  const [slot] = now().slots;
  const whole = actions.clipLatents(slot!.key)!;
  expect(whole).toMatchObject({ d: 4, shape: slot!.clip!.grid.shape });
  for (const frame of [0, 9, 20]) {
    actions.setPlayhead(frame);
    await expect.poll(() => now().slots[0]!.result!.latents).toBeDefined();
    const { latents } = now().slots[0]!.result!;
    const plane = Math.floor(frame / 4);
    const own = Array.from({ length: 4 }, (_, i) => [
      ...whole.data.subarray((i * 8 + plane) * 16, (i * 8 + plane + 1) * 16),
    ]).flat();
    expect([...latents!.data]).toEqual(own);
  }
  expect(actions.clipLatents(99)).toBeUndefined();
});

describe('a link to a piece of a clip', () => {
  const window = { start: 0.4, duration: 0.8, rate: 5 };

  test('opens its sample with it; another clip opens whole', async () => {
    const made = make(undefined, {});
    made.store.setState({ piece: { sample: 'film', window } });
    await made.start({ models: ['fake'], sample: 'film', piece: window });
    expect(made.now().source!.clip!.window).toEqual(window);
    expect(made.now().slots[0]!.clip!.frames.map(({ data }) => data[0])).toEqual([40, 60, 80, 100]);
    expect(new URLSearchParams(writeLink(made.now(), '', new Set())).get('piece')).toBe('0.4,0.8,5');
    await made.actions.openFiles([clip(steps(9))]);
    expect(made.now().source!.clip!.window).toEqual({ start: 0, duration: 0.9, rate: 10 });
    expect(writeLink(made.now(), '', new Set())).not.toContain('piece');
  });

  test('without a sample waits for the visitor’s own file, and stays in the link meanwhile', async () => {
    const made = make(undefined, {});
    made.store.setState({ piece: { sample: undefined, window } });
    await made.start({ models: ['fake'], place: 'clip', piece: window });
    expect(made.now().source!.clip!.window).toEqual({ start: 0, duration: 2.2, rate: 10 });
    expect(writeLink(made.now(), '', new Set())).toContain('piece=0.4,0.8,5');
    await made.actions.openFiles([clip(steps(22, (i) => 10 * i))]);
    expect(made.now().source!.clip!.window).toEqual(window);
  });

  test('that begins after the end is nothing, and one that is too long is cut', async () => {
    const late = make(undefined, {});
    late.store.setState({ piece: { sample: undefined, window: { ...window, start: 7 } } });
    await late.start({ models: ['fake'], place: 'clip' });
    await late.actions.openFiles([clip(steps(9))]);
    expect(late.now().source!.clip!.window).toEqual({ start: 0, duration: 0.9, rate: 10 });
    const long = make(undefined, {});
    long.store.setState({ piece: { sample: undefined, window: { start: 0.5, duration: 40, rate: 10 } } });
    await long.start({ models: ['fake'], place: 'clip' });
    await long.actions.openFiles([clip(steps(9))]);
    expect(long.now().source!.clip!.window.duration).toBeCloseTo(0.4);
  });

  test('brings the size of frames with it, also the one that is usual for pictures', async () => {
    const made = make(undefined, {});
    await made.start({ models: ['fake'], sample: 'film', size: { height: 256, width: 256 } });
    expect(made.now().framing).toMatchObject({ height: 256, width: 256 });
    expect(new URLSearchParams(writeLink(made.now(), '', new Set())).get('size')).toBe('256x256');
    made.actions.setFraming({ height: 128, width: 128 });
    expect(new URLSearchParams(writeLink(made.now(), '', new Set())).get('size')).toBeNull();
    await made.actions.openSample('one');
    expect(made.now().framing.height).toBe(256);
  });
});

test('a larger size shortens the piece to what memory bears, and says so', async () => {
  const { actions, now } = await startWith(['fake']);
  await actions.openFiles([clip(steps(150, (i) => i))]);
  actions.setClipWindow({ duration: 15 });
  expect(now().source!.clip!.frames).toBe(150);
  actions.setFraming({ width: 512, height: 512 });
  // 192 MB for frames of 1 MB, seen and come back.
  expect(now().source!.clip!.window).toEqual({ start: 0, duration: 9.6, rate: 10 });
  expect(now().notices.map(({ text }) => text)).toContain('sources.notice.clipShortened');
  actions.setFraming({ width: 32, height: 32 });
  await expect.poll(() => now().slots[0]!.clip?.running, { timeout: 20_000 }).toBe(false);
});

describe('as long as nobody has named a model', () => {
  const ids = ({ slots }: { readonly slots: readonly { readonly manifest: { readonly id: string } }[] }) =>
    slots.map(({ manifest }) => manifest.id);

  test('the place of clips comes with a clip and a model of clips, pictures with the usual model again', async () => {
    const made = make();
    await made.start({});
    expect(ids(made.now())).toEqual(['fake']);
    made.actions.goTo('clip');
    await expect.poll(() => made.now().slots[0]!.clip?.summary).toBeDefined();
    expect(made.now()).toMatchObject({ place: 'clip', source: { sample: 'film' } });
    expect(ids(made.now())).toEqual(['fake-grouped']);
    await made.actions.openSample('one');
    // It is through when the verb has ended, as on the console.
    expect(made.now().slots[0]!.result).toMatchObject({ recorded: false, of: { source: made.now().source!.key } });
    expect(ids(made.now())).toEqual(['fake']);
    await made.actions.openFiles([clip(steps(9, (i) => 20 * i))]);
    expect(made.now().slots[0]!.clip).toMatchObject({ recorded: false, windowsDone: 1, running: false });
    expect(ids(made.now())).toEqual(['fake-grouped']);
  });

  test('a link to the place of clips is enough', async () => {
    const made = make();
    await made.start({ place: 'clip' });
    expect(ids(made.now())).toEqual(['fake-grouped']);
    expect(made.now().source!.sample).toBe('film');
  });

  test('one that was named stays, and so does what is on screen', async () => {
    const made = make();
    await made.start({ models: ['fake'] });
    made.actions.goTo('clip');
    expect(made.now()).toMatchObject({ place: 'clip', source: { sample: 'one' } });
    await made.actions.openFiles([clip(steps(9, (i) => 20 * i))]);
    expect(ids(made.now())).toEqual(['fake']);
  });
});

test('pictures that are counted through are a clip among clips, and a set elsewhere', async () => {
  const { actions, now } = await startWith(['fake']);
  const frames = [1, 2, 10].map((i) => new File([`grey ${10 * i}`], `f${i}.png`, { type: 'image/png' }));
  await actions.openFiles(frames);
  expect(now().tray.items).toHaveLength(3);
  actions.clearTray();
  actions.goTo('clip');
  await actions.openFiles(frames);
  expect(now().tray.items).toHaveLength(0);
  expect(now().source!.clip).toMatchObject({ frames: 3 });
});

test('of a slow clip the first piece is as much as a model of clips sees at once', async () => {
  const { actions, now } = await startWith(['fake']);
  await actions.openFiles([clip(steps(40), 1)]);
  expect(now().source!.clip!.window).toEqual({ start: 0, duration: 16, rate: 1 });
});
