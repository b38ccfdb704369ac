import { type BenchContext, type BenchLine, type Measurement, median, notMeasured } from '../bench-run.ts';
import { safetensorsHead, type VqganSizes, vqganShapes } from '../synthetic-checkpoint.ts';

interface Network extends VqganSizes {
  readonly name: string;
  /** Of the picture. Pixels. */
  readonly side: number;
}

/** At half their usual width, which keeps the share of each layer: everything else grows with it alike. */
const NETWORKS: readonly Network[] = [
  { name: 'taming VQGAN f16', widths: [64, 64, 128, 128, 256], blocks: 2, dimension: 256, entries: 1024, side: 256 },
  { name: 'latent-diffusion VQ f4', widths: [64, 128, 256], blocks: 2, dimension: 3, entries: 8192, side: 128 },
];
const RUNS = 9;
const LINE = { what: 'faster graph of a checkpoint against its plain one', target: 'faster' };

/** What the faster graph of a visitor's checkpoint gains and costs: both forms in turns, on noise as weights. */
export default {
  async measure(context) {
    const wasm = await measureOn(context, 'none');
    if (context.gpu) return [...wasm, ...(await measureOn(context, 'machine'))];
    return [...wasm, notMeasured({ ...LINE, where: 'WebGPU, a real GPU' }, 'this machine offers no GPU to the browser')];
  },
} satisfies Measurement;

async function measureOn({ open, threads, gpu }: BenchContext, kind: 'none' | 'machine'): Promise<BenchLine[]> {
  const { page, close } = await open({ gpu: kind, query: 'model=toy&size=32x32' });
  try {
    await page.waitForFunction(() => window.tokenscopeTest!.store.getState().device, undefined, { timeout: 120_000 });
    const lines: BenchLine[] = [];
    for (const network of NETWORKS) {
      const { head, numbers } = safetensorsHead(vqganShapes(network));
      const given = { head: head.toString('base64'), numbers, side: network.side, runs: RUNS };
      const line = describe(await page.evaluate(timeForms, given));
      const on = kind === 'none' ? `WASM, ${threads} threads` : `WebGPU, ${gpu}`;
      const where = `${on}, ${network.name}, widths ${network.widths.join(' ')}, ${network.side} × ${network.side}`;
      lines.push({ ...LINE, ...line, where: `${where}, median of ${RUNS} turns` });
    }
    return lines;
  } finally {
    await close();
  }
}

/** Turn by turn: a machine's load changes from turn to turn, but less within one. Encoders are the same in both forms. */
function describe(values: Awaited<ReturnType<typeof timeForms>>): Pick<BenchLine, 'figure' | 'holds' | 'values'> {
  const { encodeMs, plain, fast } = values;
  const gains = plain.decodeMs.map((ms, turn) => ms / fast.decodeMs[turn]!);
  const whole = plain.decodeMs.map((ms, turn) => (encodeMs + ms) / (encodeMs + fast.decodeMs[turn]!));
  const times = `${median(fast.decodeMs).toFixed(0)} ms against ${median(plain.decodeMs).toFixed(0)} ms`;
  const cost = `${(fast.copied / 1e6).toFixed(1)} MB copied, ${(fast.relaid / 1e6).toFixed(1)} MB laid out anew in memory`;
  return {
    figure: `decoding ${median(gains).toFixed(2)} × (${times}), encode + decode ${median(whole).toFixed(2)} ×; ${cost}`,
    holds: median(gains) > 1,
    values,
  };
}

interface Times {
  readonly decodeMs: number[];
  readonly copied: number;
  readonly relaid: number;
}

/** Runs in the page: everything it needs is inside. */
async function timeForms({ head, numbers, side, runs }: { head: string; numbers: number; side: number; runs: number }) {
  const { engine } = window.tokenscopeTest!.host;
  const { signal } = new AbortController();
  const noise = new Float32Array(numbers);
  let state = 1;
  for (let i = 0; i < numbers; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    noise[i] = state / 2 ** 37;
  }
  const content = new Blob([Uint8Array.from(atob(head), (letter) => letter.charCodeAt(0)), noise]);
  const data = Uint8ClampedArray.from({ length: 4 * side * side }, (_, i) => (i % 4 === 3 ? 255 : (i * 7919) % 256));
  const picture = await engine.openPicture({ data, height: side, width: side });
  const crop = { x: 0, y: 0, width: 1, height: 1 };
  const framing = { fit: 'fill', crop, height: side, width: side, background: [255, 255, 255] } as const;
  const open = async (graph: 'plain' | 'fast'): Promise<Times & { readonly id: number }> => {
    const form = { weights: 'stored', graph } as const;
    const identity = { id: `noise-${graph}`, title: graph };
    const files = [{ name: 'model.safetensors', content }];
    const converted = await engine.convert(files, { form, identity }, () => {}, signal);
    const { id } = await engine.openModel(converted.files, {}, () => {}, signal);
    const { copied, relaid } = converted.report;
    return { id, copied, relaid, decodeMs: [] };
  };
  const forms = { plain: await open('plain'), fast: await open('fast') };
  const encode = () => engine.encode(forms.plain.id, picture, framing, signal);
  await encode();
  const start = performance.now();
  const { grid } = await encode();
  const encodeMs = performance.now() - start;
  for (let run = 0; run <= runs; run++) {
    for (const { id, decodeMs } of Object.values(forms)) {
      const begin = performance.now();
      await engine.decode(id, grid, signal);
      if (run > 0) decodeMs.push(performance.now() - begin);
    }
  }
  for (const { id } of Object.values(forms)) await engine.closeModel(id);
  return { encodeMs, ...forms };
}
