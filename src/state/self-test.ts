import { TokenscopeError } from '../core/errors.ts';
import type { Picture } from '../core/picture.ts';
import type { BenchResult, CheckResult, DeviceFacts, Encoded, Engine, Precision, Provider } from '../engine/protocol.ts';
import type { Parts } from './parts.ts';

/** What the self-test found on this machine; written to a file by the page. */
export interface SelfTestReport {
  readonly date: string;
  readonly model: string;
  readonly device: DeviceFacts;
  readonly cores: number;
  readonly browser: string;
  /** What the model saw; absent when there was no picture, and so nothing to time. */
  readonly picture: { readonly height: number; readonly width: number } | undefined;
  readonly runs: readonly RunReport[];
  /** WebGPU against WASM, both in float32, where both ran. */
  readonly parity: Agreement | undefined;
  readonly half: {
    /** Whether the adapter has `shader-f16`. */
    readonly available: boolean;
    /** float16 against float32, both on WebGPU. */
    readonly agreement: Agreement | undefined;
  };
  /** Bytes the page and its worker use, where the browser tells. */
  readonly memory: number | undefined;
}

/** One way to run the model. */
export interface Variant {
  readonly provider: Provider;
  readonly precision: Precision;
}

export interface RunReport extends Variant {
  readonly openMs?: number;
  readonly check?: CheckResult;
  readonly bench?: BenchResult;
  /** Why there is nothing more: a code of the page's errors. */
  readonly failed?: string;
}

/** One run against another on the same picture. */
export interface Agreement {
  readonly cells: number;
  /** Tokens that differ, and those of them where the choice was clear. */
  readonly different: number;
  readonly clear: number;
  /** PSNR in dB between the two reconstructions, each of its own tokens; and with both from the same tokens. */
  readonly psnr: number | 'equal';
  readonly decoderPsnr: number | 'equal';
}

interface Run {
  readonly report: RunReport;
  readonly shaderF16?: boolean;
  readonly encoded?: Encoded;
  readonly own?: Picture;
  /** Reconstruction of the first run's tokens. */
  readonly common?: Picture;
}

const RUNS = 10;
/** Two entries are near a tie when their distances differ by no more than this · (1 + the smaller). */
const NEAR = { float32: 1e-4, float16: 1e-2 } as const;

/**
 * Parity, speed and memory of the active model on this machine: the model's own check and timings on each provider, and in
 * float16 where the adapter can, and the present picture's tokens and reconstructions compared. Takes as long as thirty runs.
 */
export async function selfTest(parts: Parts, onStep: (variant: Variant) => void): Promise<SelfTestReport> {
  const { store, engine } = parts;
  const slot = store.getState().slots[0];
  if (!slot?.model) throw new TokenscopeError('model-not-open', { model: slot?.manifest.title ?? '' });
  const run = (provider: Provider, precision: Precision, first?: Run) => {
    onStep({ provider, precision });
    return testVariant(parts, slot.key, { provider, precision }, first);
  };
  const webgpu = await run('webgpu', 'float32');
  const half = webgpu.shaderF16 ? await run('webgpu', 'float16', webgpu) : undefined;
  const wasm = await run('wasm', 'float32', webgpu);
  const source = (webgpu.encoded ?? wasm.encoded)?.source;
  return {
    date: new Date().toISOString(),
    model: slot.manifest.id,
    device: await engine.device(),
    cores: navigator.hardwareConcurrency,
    browser: navigator.userAgent,
    picture: source && { height: source.height, width: source.width },
    runs: [webgpu, half, wasm].flatMap((one) => one?.report ?? []),
    parity: await compare(engine, webgpu, wasm, NEAR.float32),
    half: { available: !!half, agreement: half && (await compare(engine, webgpu, half, NEAR.float16)) },
    memory: await memoryInUse(),
  };
}

/** Runs the model in one way; `first` is the run that it is compared with. */
async function testVariant(parts: Parts, slot: number, variant: Variant, first?: Run): Promise<Run> {
  const { store, engine, exclusive, models, pictures } = parts;
  const files = models.filesOf(slot);
  const { source, framing } = store.getState();
  const { signal } = new AbortController();
  try {
    const model = await engine.openModel(files!, { ...variant, check: true }, () => {}, signal);
    try {
      const { shaderF16 } = model.device;
      const report: RunReport = { ...variant, openMs: model.openMs, ...(model.check ? { check: model.check } : {}) };
      const picture = source?.grid ? undefined : source && (await pictures.idOf(source.key));
      if (picture === undefined) return { report, shaderF16 };
      return await exclusive(async (): Promise<Run> => {
        const encoded = await engine.encode(model.id, picture, framing, signal);
        const decode = async (grid = encoded.grid) => (await engine.decode(model.id, grid, signal)).reconstruction;
        const own = await decode();
        const common = first?.encoded ? await decode(first.encoded.grid) : own;
        const bench = await engine.bench(model.id, picture, framing, RUNS, signal);
        return { report: { ...report, bench }, shaderF16, encoded, own, common };
      });
    } finally {
      engine.closeModel(model.id).catch(() => {});
    }
  } catch (error) {
    const failed = error instanceof TokenscopeError ? error.code : String(error);
    return { report: { ...variant, failed } };
  }
}

async function compare(engine: Engine, a: Run, b: Run, near: number): Promise<Agreement | undefined> {
  if (!a.encoded || !b.encoded || !a.own || !b.own || !a.common || !b.common) return undefined;
  const { grid } = a.encoded;
  const psnr = async (one: Picture, other: Picture) => {
    const { psnr: value = null } = await engine.measure(one, other, grid, grid.tokens.length);
    return value !== null && Number.isFinite(value) ? value : 'equal';
  };
  return {
    cells: grid.tokens.length,
    ...compareTokens(a.encoded, b.encoded.grid.tokens, near),
    psnr: await psnr(a.own, b.own),
    decoderPsnr: await psnr(a.common, b.common),
  };
}

/** A choice was clear when the other token is not among the runners-up, or stands farther than a near tie. */
function compareTokens({ grid, nearest }: Encoded, others: Int32Array, near: number) {
  const different = [...grid.tokens.keys()].filter((cell) => grid.tokens[cell] !== others[cell]);
  const isClear = (cell: number) => {
    if (!nearest) return true;
    const start = cell * nearest.count;
    const place = nearest.entries.subarray(start, start + nearest.count).indexOf(others[cell]!);
    const least = nearest.distances[start]!;
    return place < 0 || nearest.distances[start + place]! - least > near * (1 + Math.abs(least));
  };
  return { different: different.length, clear: different.filter(isClear).length };
}

async function memoryInUse(): Promise<number | undefined> {
  const { measureUserAgentSpecificMemory } = performance as { measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> };
  if (!measureUserAgentSpecificMemory || !crossOriginIsolated) return undefined;
  return (await measureUserAgentSpecificMemory.call(performance)).bytes;
}
