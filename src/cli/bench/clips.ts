import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { TimeForm } from '../../convert/frame-layers.ts';
import type { Manifest } from '../../core/manifest.ts';
import { type BenchContext, type BenchLine, type Measurement, notMeasured } from '../bench-run.ts';
import { ROOT } from '../project.ts';
import { clipMemory } from './clip-memory.ts';
import { clipPlayback } from './clip-playback.ts';

const RUNS = 3;
const SIDE = 128;

/** Models of clips: a window through each, in both forms of its time convolutions; clips that play; a long film. */
export default {
  async measure(context) {
    const models = clipModels();
    const lines: BenchLine[] = [];
    for (const manifest of models) {
      lines.push(...(await measureWindow(context, manifest, 'wasm')));
      lines.push(...(await onGpu(context, manifest)));
    }
    if (models.length === 0) lines.push(notMeasured({ ...windowLine, where: 'WASM' }, 'no embedded model sees clips'));
    return [...lines, await clipPlayback(context), await clipMemory(context, models[0]?.id)];
  },
} satisfies Measurement;

const windowLine = { what: 'one window of a clip, encode + decode beyond the bare session runs', target: '≤ 10 %' };

/** Embedded models that see clips. */
function clipModels(): Manifest[] {
  return readdirSync(join(ROOT, 'models'))
    .flatMap((id): Manifest[] => {
      try {
        return [JSON.parse(readFileSync(join(ROOT, 'models', id, 'manifest.json'), 'utf8'))];
      } catch {
        return [];
      }
    })
    .filter(({ medium }) => medium === 'video');
}

async function onGpu(context: BenchContext, manifest: Manifest): Promise<readonly BenchLine[]> {
  if (context.gpu) return measureWindow(context, manifest, 'webgpu');
  const where = `${manifest.title}, WebGPU`;
  return [notMeasured({ ...windowLine, where }, 'this machine offers no GPU to the browser')];
}

interface WindowReport {
  readonly encodeMs: number;
  readonly decodeMs: number;
  readonly overhead: number;
  /** Of a window of made-up frames. */
  readonly tokens: readonly number[];
}

/** A window through the model as the page opens it, then in each form of its time convolutions where it has two. */
async function measureWindow(context: BenchContext, manifest: Manifest, provider: 'wasm' | 'webgpu'): Promise<BenchLine[]> {
  const { id, title, size, graphs } = manifest;
  const place = provider === 'wasm' ? `WASM, ${context.threads} threads` : `WebGPU, ${context.gpu}`;
  const where = `${title}, ${size.frames!.window} × ${SIDE} × ${SIDE}, ${place}, median of ${RUNS}`;
  const { page, close } = await context.open({
    gpu: provider === 'wasm' ? 'none' : 'machine',
    query: `model=toy&size=32x32`,
  });
  try {
    const whole = await runWindow(page, id, provider);
    const line = {
      ...windowLine,
      where,
      figure: `${(100 * whole.overhead).toFixed(1)} % (${whole.encodeMs.toFixed(0)} + ${whole.decodeMs.toFixed(0)} ms)`,
      holds: whole.overhead <= 0.1,
      values: withoutTokens(whole),
    };
    if (!graphs.encoder.direct || !graphs.decoder.direct) return [line];
    const slices = await runWindow(page, id, provider, 'slices');
    const direct = await runWindow(page, id, provider, 'direct');
    return [line, formsLine(where, slices, direct)];
  } finally {
    await close();
  }
}

const withoutTokens = ({ tokens: _, ...times }: WindowReport) => times;

function formsLine(where: string, slices: WindowReport, direct: WindowReport): BenchLine {
  const times = [slices, direct].map(({ encodeMs, decodeMs }) => encodeMs + decodeMs) as [number, number];
  const different = slices.tokens.filter((token, i) => token !== direct.tokens[i]).length;
  return {
    what: 'time convolutions as slices and direct',
    where,
    target: '≤ 0.5 % of tokens differ',
    figure: `${times[0].toFixed(0)} ms and ${times[1].toFixed(0)} ms; ${different} of ${slices.tokens.length} tokens differ`,
    holds: slices.tokens.length === direct.tokens.length && different <= 0.005 * slices.tokens.length,
    values: { slices: withoutTokens(slices), direct: withoutTokens(direct) },
  };
}

/** Opens the embedded model (with `form`: only that form of it) and times it. */
async function runWindow(page: Page, id: string, provider: 'wasm' | 'webgpu', form?: TimeForm): Promise<WindowReport> {
  const name = form ? `${id}-${form}` : id;
  const files = modelFiles(id, name, form);
  const at = `**/bench-${name}/*`;
  await page.route(at, (route) => {
    const body = files.get(new URL(route.request().url()).pathname.split('/').at(-1)!);
    return route.fulfill(body ? { status: 200, body: Buffer.from(body) } : { status: 404 });
  });
  await page.evaluate(openFiles, { folder: `bench-${name}`, names: [...files.keys()], provider });
  await page.waitForFunction(
    (wanted) => {
      const { slots, busy, error } = window.tokenscopeTest!.store.getState();
      if (error) throw new Error(`${error.code} ${JSON.stringify(error.parameters)}`);
      const [slot] = slots;
      return slot?.manifest.id === wanted && slot.phase === 'ready' && busy === 'idle' && slot.result?.recorded === false;
    },
    name,
    { timeout: 300_000, polling: 200 },
  );
  return page.evaluate(timeWindow, { side: SIDE, runs: RUNS });
}

/** The files of an embedded model; one form of it has a manifest that knows no other. */
function modelFiles(id: string, name: string, form: TimeForm | undefined): Map<string, Uint8Array> {
  const read = (file: string) => readFileSync(join(ROOT, 'models', id, file));
  const manifest: Manifest = JSON.parse(read('manifest.json').toString('utf8'));
  const { encoder, decoder } = manifest.graphs;
  const pick = ({ direct, ...graph }: typeof encoder) => ({ ...graph, file: form === 'direct' ? direct! : graph.file });
  const graphs = form ? { encoder: pick(encoder), decoder: pick(decoder) } : manifest.graphs;
  const unused = form
    ? [encoder, decoder].flatMap(({ file, direct }) => (form === 'direct' ? [file] : direct ? [direct] : []))
    : [];
  const files = manifest.files.filter((file) => !unused.includes(file.name));
  const contents = new Map<string, Uint8Array>(files.map((file) => [file.name, read(file.name)]));
  return contents.set('manifest.json', Buffer.from(JSON.stringify({ ...manifest, id: name, graphs, files })));
}

async function openFiles({ folder, names, provider }: { folder: string; names: string[]; provider: 'wasm' | 'webgpu' }) {
  const read = async (name: string) => [name, await (await fetch(`${folder}/${name}`)).blob()] as const;
  const actions = window.tokenscopeTest!.actions as unknown as {
    openModelFiles(files: Record<string, Blob>, provider: string): Promise<void>;
  };
  await actions.openModelFiles(Object.fromEntries(await Promise.all(names.map(read))), provider);
}

/** The engine's own timing of a window, and the tokens of one that moves. */
async function timeWindow({ side, runs }: { side: number; runs: number }): Promise<WindowReport> {
  const { host, store } = window.tokenscopeTest!;
  const { model, manifest } = store.getState().slots[0]!;
  const { signal } = new AbortController();
  const frames = Array.from({ length: manifest.size.frames!.window }, (_, frame) => {
    const data = new Uint8ClampedArray(side * side * 4).map((_, i) => {
      const [x, y] = [(i >> 2) % side, Math.floor((i >> 2) / side)];
      return i % 4 === 3 ? 255 : 128 + 120 * Math.sin((x + 3 * frame) / 9 + (i % 4)) * Math.cos(y / 7);
    });
    return { data, width: side, height: side };
  });
  const { grid } = await host.engine.encodeFrames(model!.id, frames, signal);
  const { data, width, height } = frames[0]!;
  const picture = await host.engine.openPicture(await createImageBitmap(new ImageData(data, width, height)));
  const whole = { x: 0, y: 0, width: 1, height: 1 };
  const framing = { fit: 'fill', crop: whole, height: side, width: side, background: [255, 255, 255] } as const;
  const { encodeMs, decodeMs, overhead } = await host.engine.bench(model!.id, picture, framing, runs, signal);
  await host.engine.closePicture(picture);
  return { encodeMs, decodeMs, overhead, tokens: [...grid.tokens] };
}
