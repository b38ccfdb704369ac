import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { TokenscopeError } from '../core/errors.ts';
import type { DeviceFacts, Provider } from './protocol.ts';

export type Ort = typeof import('onnxruntime-web');

/** A file that a graph's weights stand in. */
export interface ExternalFile {
  readonly path: string;
  readonly data: Blob;
}

export interface SessionOptions {
  readonly provider?: Provider;
  /** Name for messages. */
  readonly file: string;
  readonly external?: readonly ExternalFile[];
  /** Outputs that stay on the GPU (WebGPU only); the caller disposes of them. */
  readonly onGpu?: readonly string[];
  /** Channels first on the GPU, for graphs with convolutions that are wrong the other way (`wrongConvolutions`). */
  readonly planar?: boolean;
}

/** One opened graph. Calls must not overlap: they all go through the engine's queue. */
export interface Session {
  readonly provider: Provider;
  /** Sizes of the first input; words and −1 are known only at run time. */
  readonly inputShape: readonly (number | string)[];
  run(feeds: Record<string, Tensor>): Promise<Record<string, Tensor>>;
  release(): Promise<void>;
}

/** ONNX Runtime on one provider, with failures that have names. */
export interface Runtime {
  readonly ort: Ort;
  readonly facts: DeviceFacts;
  createSession(graph: Uint8Array, options: SessionOptions): Promise<Session>;
  /** Waits until the GPU has done what it was given; nothing to wait for on WASM. */
  finish(provider: Provider): Promise<void>;
  /** Milliseconds spent inside ONNX Runtime's `run` so far, for the bench. */
  readonly bareMs: number;
  /** Tests of the built site: see `EngineFaults`. */
  failNextRun(): void;
  loseDevice(): void;
}

/**
 * `onBroken` hears of failures that only a fresh worker cures: a lost device, a crashed WASM instance. The calls they
 * happened in reject with the same error. After `out-of-memory` the page decides.
 */
export function createRuntime(
  ort: Ort,
  facts: DeviceFacts,
  gpu: GPUDevice | undefined,
  onBroken: (error: TokenscopeError) => void,
): Runtime {
  let lost: TokenscopeError | undefined;
  let gpuError: GPUError | undefined;
  let failNext = false;
  let bareMs = 0;

  void gpu?.lost.then(({ message, reason }) => {
    lost = new TokenscopeError('device-lost', { reason: message || reason });
    onBroken(lost);
  });
  gpu?.addEventListener('uncapturederror', ({ error }) => {
    gpuError = error;
  });

  /** An error of ORT, named by what we know first and by its text second (ORT has no stable classes). */
  function named(error: unknown, provider: Provider, file: string, phase: 'open' | 'run'): TokenscopeError {
    if (error instanceof TokenscopeError) return error;
    if (lost && provider === 'webgpu') return lost;
    const reason = cleanMessage(error);
    if (/out of memory|\boom\b|bad_alloc|failed to allocate|allocation failed|cannot enlarge/i.test(reason)) {
      return new TokenscopeError('out-of-memory', { what: file });
    }
    if (/no available backend/i.test(reason)) return new TokenscopeError('engine-down', { reason });
    if (error instanceof WebAssembly.RuntimeError) return broken(new TokenscopeError('worker-crashed', { reason }));
    if (phase === 'open' && !/webgpu|device|adapter|shader/i.test(reason))
      return new TokenscopeError('model-corrupt', { file, reason });
    return provider === 'webgpu'
      ? new TokenscopeError('webgpu-failed', { reason })
      : new TokenscopeError('model-corrupt', { file, reason });
  }

  function broken(error: TokenscopeError): TokenscopeError {
    onBroken(error);
    return error;
  }

  /** A run on the GPU can succeed on a device that is gone, or with a buffer that could not be made. */
  function checkGpu(): void {
    const error = gpuError;
    gpuError = undefined;
    if (lost) throw lost;
    if (error) throw new Error(`${error.constructor.name === 'GPUOutOfMemoryError' ? 'out of memory' : ''} ${error.message}`);
  }

  async function createSession(graph: Uint8Array, options: SessionOptions): Promise<Session> {
    const { provider = facts.provider, file } = options;
    let inner: InferenceSession;
    try {
      if (provider === 'webgpu' && !gpu) throw new TokenscopeError('webgpu-failed', { reason: facts.detail ?? facts.why });
      inner = await ort.InferenceSession.create(graph, sessionOptions(provider, gpu, options));
      if (provider === 'webgpu') checkGpu();
    } catch (error) {
      throw named(error, provider, file, 'open');
    }
    const input = inner.inputMetadata[0];
    return {
      provider,
      inputShape: input?.isTensor ? input.shape : [],
      async run(feeds) {
        const start = performance.now();
        try {
          if (failNext) throw new Error('out of memory (on purpose)');
          const outputs = await inner.run(feeds, QUIET);
          if (provider === 'webgpu') checkGpu();
          return outputs;
        } catch (error) {
          throw named(error, provider, file, 'run');
        } finally {
          failNext = false;
          bareMs += performance.now() - start;
        }
      },
      release: () => inner.release(),
    };
  }

  return {
    ort,
    facts,
    createSession,
    async finish(provider) {
      if (provider === 'wasm') return;
      const start = performance.now();
      await gpu?.queue.onSubmittedWorkDone();
      bareMs += performance.now() - start;
    },
    get bareMs() {
      return bareMs;
    },
    failNextRun() {
      failNext = true;
    },
    loseDevice() {
      if (gpu) gpu.destroy();
      else onBroken(new TokenscopeError('device-lost', { reason: 'on purpose' }));
    },
  };
}

/** What ONNX Runtime would print it throws too, and here it is told where it belongs. */
const QUIET = { logSeverityLevel: 4 } as const;

function sessionOptions(
  provider: Provider,
  device: GPUDevice | undefined,
  { external, onGpu, planar }: SessionOptions,
): InferenceSession.SessionOptions {
  const webgpu = provider === 'webgpu' && device;
  return {
    executionProviders: webgpu ? [{ name: 'webgpu', device, ...(planar && { preferredLayout: 'NCHW' as const }) }] : ['wasm'],
    ...QUIET,
    ...(external?.length ? { externalData: external } : {}),
    ...(webgpu && onGpu
      ? { preferredOutputLocation: Object.fromEntries(onGpu.map((name) => [name, 'gpu-buffer' as const])) }
      : {}),
  };
}

/** The part of ORT's message that says something, without paths and functions of its own source. */
export function cleanMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text
    .replace(/^.*ERROR_MESSAGE:\s*/s, '')
    .replace(/\S*\/onnxruntime\/\S*\s*/g, '')
    .replace(/^\S+\.(cc|h):\d+ \w+ /, '')
    .replace(/^[^()]*\bonnxruntime::[^()]*\([^()]*\)\s*/, '')
    .replace(/\[ONNXRuntimeError\] : \d+ : \w+ : /g, '')
    .replace(/^Non-zero status code returned while running (\w+) node\. Name:'[^']*' Status Message: /, '$1: ')
    .replace(/\s*\n\s*/g, ' ')
    .trim()
    .slice(0, 300)
    .replace(/\.+$/, '');
}
