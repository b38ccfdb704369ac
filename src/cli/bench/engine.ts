import { type BenchContext, type BenchLine, type Measurement, median, notMeasured } from '../bench-run.ts';
import { openModel, waitForResult } from '../page.ts';

const RUNS = 10;
const OVERHEAD = { what: 'encode + decode beyond the bare session runs', target: '≤ 10 %' };
const EDIT = { what: 'token edit → new pixels, 256 × 256' };

export default {
  async measure(context) {
    const wasm = await measureOn(context, 'none');
    const onGpu = { where: 'a real GPU' };
    if (context.gpu) return [...wasm, ...(await measureOn(context, 'machine'))];
    const reason = 'this machine offers no GPU to the browser';
    return [
      ...wasm,
      notMeasured({ ...OVERHEAD, ...onGpu }, reason),
      notMeasured({ ...EDIT, ...onGpu, target: '≤ 33 ms in all' }, reason),
    ];
  },
} satisfies Measurement;

async function measureOn({ open, model, threads, gpu }: BenchContext, kind: 'none' | 'machine'): Promise<BenchLine[]> {
  const { page, close } = await open({ gpu: kind, query: `model=${model}` });
  try {
    await openModel(page, model);
    await waitForResult(page, await page.evaluate(() => window.tokenscopeTest!.samples[0]!.id));
    const report = await page.evaluate(benchEngine, RUNS);
    const edits = await page.evaluate(timeEdits, RUNS);
    const where = kind === 'none' ? `WASM, ${threads} threads, median of ${RUNS}` : `WebGPU, ${gpu}, median of ${RUNS}`;
    const beyond = median(edits.map(({ allMs, decodeMs }) => allMs - decodeMs));
    const all = median(edits.map(({ allMs }) => allMs));
    return [
      {
        ...OVERHEAD,
        where,
        figure: `${(100 * report.overhead).toFixed(1)} % (${report.encodeMs.toFixed(0)} + ${report.decodeMs.toFixed(0)} ms)`,
        holds: report.overhead <= 0.1,
        values: report,
      },
      {
        ...EDIT,
        where,
        target: kind === 'none' ? 'one decode + ≤ 8 ms' : '≤ 33 ms in all',
        figure: `one decode + ${beyond.toFixed(1)} ms (${all.toFixed(0)} ms in all)`,
        holds: kind === 'none' ? beyond <= 8 : all <= 33,
        values: edits,
      },
    ];
  } finally {
    await close();
  }
}

/** The engine's own timing of the sample on screen. */
async function benchEngine(runs: number) {
  const { host, store } = window.tokenscopeTest!;
  const slot = store.getState().slots[0]!;
  const { data, width, height } = slot.result!.source!;
  const picture = await host.engine.openPicture(await createImageBitmap(new ImageData(data, width, height)));
  const framing = { fit: 'fill', crop: { x: 0, y: 0, width: 1, height: 1 }, height, width, background: [255, 255, 255] } as const;
  const report = await host.engine.bench(slot.model!.id, picture, framing, runs, new AbortController().signal);
  await host.engine.closePicture(picture);
  return report;
}

/** One token changed, decoded, and its pixels on a canvas; beside it what the decoder alone took. */
async function timeEdits(runs: number): Promise<{ allMs: number; decodeMs: number }[]> {
  const { host, store } = window.tokenscopeTest!;
  const slot = store.getState().slots[0]!;
  const { grid, reconstruction } = slot.result!;
  const { width, height } = reconstruction!.picture;
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d')!;
  const times: { allMs: number; decodeMs: number }[] = [];
  for (let run = 0; run <= runs; run++) {
    const start = performance.now();
    const tokens = grid.tokens.slice();
    tokens[run] = (tokens[run]! + 1) % slot.model!.codebookSize;
    const decoded = await host.engine.decode(slot.model!.id, { ...grid, tokens }, new AbortController().signal);
    context.putImageData(new ImageData(decoded.reconstruction.data, width, height), 0, 0);
    times.push({ allMs: performance.now() - start, decodeMs: decoded.timings.decodeMs });
  }
  return times.slice(1);
}
