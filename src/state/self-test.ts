import { TokenscopeError } from '../core/errors.ts';
import type { BenchResult, CheckResult, DeviceFacts, Encoded, Provider } from '../engine/protocol.ts';
import type { Parts } from './parts.ts';

/** What the self-test found on this machine; written to a file by the page. */
export interface SelfTestReport {
  readonly model: string;
  readonly device: DeviceFacts | undefined;
  readonly providers: readonly ProviderReport[];
  /** Tokens that differ between the providers, of how many cells; near ties included. */
  readonly parity: { readonly cells: number; readonly different: number } | undefined;
  /** Bytes the page and its worker use, where the browser tells. */
  readonly memory: number | undefined;
  readonly browser: string;
}

export interface ProviderReport {
  readonly provider: Provider;
  readonly openMs?: number;
  readonly check?: CheckResult;
  readonly bench?: BenchResult;
  /** Why there is nothing more: a code of the page's errors. */
  readonly failed?: string;
}

const RUNS = 10;

/**
 * Parity, speed and memory of the active model on this machine: the model's own check and timings on each provider, and
 * the present picture's tokens compared between them. Takes as long as twenty runs.
 */
export async function selfTest(parts: Parts, onStep: (provider: Provider) => void): Promise<SelfTestReport> {
  const { store } = parts;
  const slot = store.getState().slots[0];
  if (!slot?.model) throw new TokenscopeError('model-not-open', { model: slot?.manifest.title ?? '' });
  const runs: { report: ProviderReport; encoded: Encoded | undefined }[] = [];
  for (const provider of ['webgpu', 'wasm'] as const) {
    onStep(provider);
    runs.push(await testProvider(parts, slot.key, provider));
  }
  const [webgpu, wasm] = runs.map(({ encoded }) => encoded?.grid.tokens);
  return {
    model: slot.manifest.id,
    device: store.getState().device,
    providers: runs.map(({ report }) => report),
    parity: webgpu && wasm && { cells: wasm.length, different: wasm.filter((token, i) => token !== webgpu[i]).length },
    memory: await memoryInUse(),
    browser: navigator.userAgent,
  };
}

async function testProvider(parts: Parts, slot: number, provider: Provider) {
  const { store, engine, exclusive, models, pictures } = parts;
  const files = models.filesOf(slot);
  const { source, framing } = store.getState();
  const { signal } = new AbortController();
  try {
    const model = await engine.openModel(files!, { provider, check: true }, () => {}, signal);
    try {
      const picture = source && (await pictures.idOf(source.key));
      const report = { provider, openMs: model.openMs, ...(model.check ? { check: model.check } : {}) };
      if (picture === undefined) return { report, encoded: undefined };
      return await exclusive(async () => {
        const encoded = await engine.encode(model.id, picture, framing, signal);
        const bench = await engine.bench(model.id, picture, framing, RUNS, signal);
        return { report: { ...report, bench }, encoded };
      });
    } finally {
      engine.closeModel(model.id).catch(() => {});
    }
  } catch (error) {
    const failed = error instanceof TokenscopeError ? error.code : String(error);
    return { report: { provider, failed }, encoded: undefined };
  }
}

async function memoryInUse(): Promise<number | undefined> {
  const { measureUserAgentSpecificMemory } = performance as { measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> };
  if (!measureUserAgentSpecificMemory || !crossOriginIsolated) return undefined;
  return (await measureUserAgentSpecificMemory.call(performance)).bytes;
}
