import { type BenchContext, type BenchLine, type Measurement, median, notMeasured } from '../bench-run.ts';
import { safetensorsHead, vqganShapes } from '../synthetic-checkpoint.ts';

/** taming-transformers' VQGAN with 16 × 16 pixels to a token, at half its usual width. */
const SIZES = { widths: [64, 64, 128, 128, 256], blocks: 2, dimension: 256, entries: 1024 };
const RUNS = 7;
const LINE = { what: 'faster graph of a checkpoint against its plain one', target: 'faster' };

/** What the faster graph of a visitor's checkpoint gains and costs: both forms in turns, on noise as weights. */
export default {
  async measure(context) {
    const wasm = await measureOn(context, 'none');
    if (context.gpu) return [wasm, await measureOn(context, 'machine')];
    return [wasm, notMeasured({ ...LINE, where: 'WebGPU, a real GPU' }, 'this machine offers no GPU to the browser')];
  },
} satisfies Measurement;

async function measureOn({ open, threads, gpu }: BenchContext, kind: 'none' | 'machine'): Promise<BenchLine> {
  const { page, close } = await open({ gpu: kind, query: 'model=toy&size=32x32' });
  try {
    await page.waitForFunction(() => window.tokenscopeTest!.store.getState().device, undefined, { timeout: 120_000 });
    const { head, numbers } = safetensorsHead(vqganShapes(SIZES));
    const values = await page.evaluate(timeForms, { head: head.toString('base64'), numbers, runs: RUNS });
    const { plain, fast } = values;
    const all = ({ encodeMs, decodeMs }: Times) => median(encodeMs) + median(decodeMs);
    const figures = [
      `${(all(plain) / all(fast)).toFixed(2)} × (${all(fast).toFixed(0)} ms against ${all(plain).toFixed(0)} ms)`,
      `decoding alone ${(median(plain.decodeMs) / median(fast.decodeMs)).toFixed(2)} ×`,
      `${(fast.copied / 1e6).toFixed(1)} MB copied, ${(fast.relaid / 1e6).toFixed(1)} MB laid out anew in memory`,
    ];
    const where = kind === 'none' ? `WASM, ${threads} threads` : `WebGPU, ${gpu}`;
    return {
      ...LINE,
      where: `${where}, VQGAN f16 of noise, widths ${SIZES.widths[0]} to ${SIZES.widths.at(-1)}, 256 × 256, median of ${RUNS} in turns`,
      figure: figures.join('; '),
      holds: all(fast) < all(plain),
      values,
    };
  } finally {
    await close();
  }
}

interface Times {
  readonly encodeMs: number[];
  readonly decodeMs: number[];
  readonly copied: number;
  readonly relaid: number;
}

/** Runs in the page: everything it needs is inside. */
async function timeForms({ head, numbers, runs }: { head: string; numbers: number; runs: number }) {
  const { engine } = window.tokenscopeTest!.host;
  const { signal } = new AbortController();
  const noise = new Float32Array(numbers);
  let state = 1;
  for (let i = 0; i < numbers; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    noise[i] = state / 2 ** 37;
  }
  const content = new Blob([Uint8Array.from(atob(head), (letter) => letter.charCodeAt(0)), noise]);
  const side = 256;
  const data = Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) => (i % 4 === 3 ? 255 : (i * 7919) % 256));
  const picture = await engine.openPicture({ data, height: side, width: side });
  const crop = { x: 0, y: 0, width: 1, height: 1 };
  const framing = { fit: 'fill', crop, height: side, width: side, background: [255, 255, 255] } as const;
  const open = async (graph: 'plain' | 'fast') => {
    const form = { weights: 'stored', graph } as const;
    const files = [{ name: 'model.safetensors', content }];
    const identity = { id: `noise-${graph}`, title: graph };
    const converted = await engine.convert(files, { form, identity }, () => {}, signal);
    const { id } = await engine.openModel(converted.files, {}, () => {}, signal);
    const { copied, relaid } = converted.report;
    return { id, copied, relaid, encodeMs: [] as number[], decodeMs: [] as number[] };
  };
  const forms = { plain: await open('plain'), fast: await open('fast') };
  for (let run = 0; run <= runs; run++) {
    for (const { id, encodeMs, decodeMs } of Object.values(forms)) {
      const start = performance.now();
      const { grid } = await engine.encode(id, picture, framing, signal);
      const encoded = performance.now();
      await engine.decode(id, grid, signal);
      if (run === 0) continue;
      encodeMs.push(encoded - start);
      decodeMs.push(performance.now() - encoded);
    }
  }
  return forms;
}
