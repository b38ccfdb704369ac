import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, defaultClientConditions } from 'vite';
import type { Manifest } from '../../core/manifest.ts';
import { type BenchContext, type BenchLine, type Measurement, median, notMeasured } from '../bench-run.ts';
import { launchBrowser } from '../browser.ts';
import { openModel, waitForResult } from '../page.ts';
import { ROOT } from '../project.ts';
import { serveSite } from '../server.ts';
import type { UsualReport, UsualSettings } from './usual-page.ts';

const RUNS = 5;
const SIDE = 256;

const LINE = { what: 'against the usual way, encode + decode', where: '', target: '' };

/** The page against a page written the usual way (test/bench/usual), on the same model with the same threads. */
export default {
  async measure(context) {
    const folder = mkdtempSync(join(tmpdir(), 'tokenscope-usual-'));
    try {
      await buildUsualPage(folder);
      const wasm = await compare(context, folder, 'wasm');
      const where = 'WebGPU, a real GPU';
      const webgpu = context.gpu
        ? await compare(context, folder, 'webgpu')
        : [notMeasured({ ...LINE, where, target: '≥ 1.3 × faster' }, 'this machine offers no GPU to the browser')];
      return [...wasm, ...webgpu];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
} satisfies Measurement;

async function buildUsualPage(folder: string): Promise<void> {
  await build({
    root: join(ROOT, 'test/bench/usual'),
    configFile: false,
    base: './',
    logLevel: 'error',
    resolve: { conditions: ['onnxruntime-web-use-extern-wasm', ...defaultClientConditions] },
    build: { outDir: folder, emptyOutDir: true, target: 'esnext', assetsInlineLimit: 0, chunkSizeWarningLimit: 4000 },
  });
}

/** Ours, theirs, ours again: a load that changes meanwhile shows as a difference between our two. */
async function compare(context: BenchContext, folder: string, provider: 'wasm' | 'webgpu'): Promise<BenchLine[]> {
  const before = await runOurs(context, provider);
  const usual = await runUsual(context, folder, provider);
  const after = await runOurs(context, provider);
  const ours = median([...before.milliseconds, ...after.milliseconds]);
  const theirs = median(usual.milliseconds);
  const ratio = theirs / ours;
  const [name, target] = provider === 'wasm' ? [`WASM, ${context.threads} threads`, 1] : [`WebGPU, ${context.gpu}`, 1.3];
  const worst = Math.max(0, ...before.longTasks, ...after.longTasks);
  const blocked = Math.max(0, ...usual.longTasks);
  return [
    {
      ...LINE,
      where: `${name}, ${SIDE} × ${SIDE}, same model and threads`,
      target: target === 1 ? 'not slower' : '≥ 1.3 × faster',
      figure: `${ratio.toFixed(2)} × (${ours.toFixed(0)} ms against ${theirs.toFixed(0)} ms)`,
      holds: ratio >= target,
      values: { before: before.milliseconds, usual: usual.milliseconds, after: after.milliseconds },
    },
    {
      what: "longest task on the page's thread meanwhile",
      where: `${name}, worst of ${2 * RUNS} runs`,
      target: '≤ 50 ms',
      figure: `${worst === 0 ? 'none over 50 ms' : `${worst.toFixed(0)} ms`} (the usual way: ${blocked.toFixed(0)} ms)`,
      holds: worst <= 50,
      values: { ours: [...before.longTasks, ...after.longTasks], usual: usual.longTasks },
    },
  ];
}

async function runOurs({ open, model }: BenchContext, provider: 'wasm' | 'webgpu'): Promise<UsualReport> {
  const { page, close } = await open({ gpu: provider === 'wasm' ? 'none' : 'machine', query: `model=${model}` });
  try {
    await openModel(page, model);
    const [first = '', second = first] = await page.evaluate(() => window.tokenscopeTest!.samples.map(({ id }) => id));
    await waitForResult(page, first);
    const longTasks = await page.evaluateHandle(watchLongTasks);
    // As a visitor runs it: one picture after another through the page, everything drawn.
    for (let run = 0; run < RUNS; run++) {
      const sample = run % 2 === 0 ? second : first;
      await page.evaluate((id) => window.tokenscopeTest!.actions.openSample(id), sample);
      await waitForResult(page, sample);
    }
    const tasks = await longTasks.evaluate((list) => list);
    const milliseconds = await page.evaluate(timeEngine, { runs: RUNS, side: SIDE });
    return { milliseconds, longTasks: tasks };
  } finally {
    await close();
  }
}

/** Picture in, pixels on a canvas: everything between, messages to the worker included. */
async function timeEngine({ runs, side }: { runs: number; side: number }): Promise<number[]> {
  const { host, store } = window.tokenscopeTest!;
  const { engine } = host;
  const { id } = store.getState().slots[0]!.model!;
  const { signal } = new AbortController();
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const context = canvas.getContext('2d')!;
  context.fillStyle = '#274';
  context.fillRect(side / 4, side / 4, side / 2, side / 3);
  const whole = { x: 0, y: 0, width: 1, height: 1 };
  const framing = { fit: 'fill', crop: whole, height: side, width: side, background: [255, 255, 255] } as const;
  const milliseconds: number[] = [];
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    const picture = await engine.openPicture(await createImageBitmap(canvas));
    const { grid } = await engine.encode(id, picture, framing, signal);
    const { reconstruction } = await engine.decode(id, grid, signal);
    context.putImageData(new ImageData(reconstruction.data, side, side), 0, 0);
    milliseconds.push(performance.now() - start);
    await engine.closePicture(picture);
  }
  // The first one warms up.
  return milliseconds.slice(1);
}

/** Durations of tasks over 50 ms on the page's thread from now on. */
function watchLongTasks(): number[] {
  const list: number[] = [];
  new PerformanceObserver((entries) => list.push(...entries.getEntries().map(({ duration }) => duration))).observe({
    type: 'longtask',
  });
  return list;
}

async function runUsual(
  { open, model, threads }: BenchContext,
  folder: string,
  provider: 'wasm' | 'webgpu',
): Promise<UsualReport> {
  const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, 'models', model, 'manifest.json'), 'utf8'));
  const codebook = await readCodebook({ open, model });
  const settings: UsualSettings = { manifest, provider, threads, runs: RUNS, side: SIDE, codebook };
  const site = await serveSite({
    root: folder,
    answer(path) {
      const name = /^model\/([\w.-]+)$/.exec(path)?.[1];
      return name === undefined ? undefined : { status: 200, body: readFileSync(join(ROOT, 'models', model, name)) };
    },
  });
  const browser = await launchBrowser({ gpu: provider === 'wasm' ? 'none' : 'machine' });
  try {
    const page = await browser.newPage();
    await page.goto(site.url);
    await page.waitForFunction(() => 'usualWay' in window);
    return await page.evaluate((wanted) => window.usualWay(wanted), settings);
  } finally {
    await browser.close();
    await site.close();
  }
}

/** The entries as the engine searches them. */
async function readCodebook({ open, model }: Pick<BenchContext, 'open' | 'model'>): Promise<number[]> {
  const { page, close } = await open({ query: `model=${model}` });
  try {
    await openModel(page, model);
    return await page.evaluate(async () => {
      const { host, store } = window.tokenscopeTest!;
      const { id, codebookSize } = store.getState().slots[0]!.model!;
      return [...(await host.engine.entries(id, 0, codebookSize))];
    });
  } finally {
    await close();
  }
}
