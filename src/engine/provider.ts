import asyncifyGlue from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import asyncifyWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import jspiGlue from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url';
import jspiWasm from 'onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url';
import wasmGlue from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasmWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { TokenscopeError } from '../core/errors.ts';
import { compareProbe, runProbe } from './known-answer.ts';
import type { DeviceFacts } from './protocol.ts';
import { createRuntime, type Ort, type Runtime } from './runtime.ts';

/** How a worker is started. */
export interface StartSettings {
  /** WASM without asking the GPU, and why. */
  readonly wasm?: { readonly why: 'asked' | 'fell-back'; readonly detail?: string };
  /** A software adapter counts as a GPU (tests). */
  readonly softwareAdapter: boolean;
}

type Refusal = Pick<DeviceFacts, 'why' | 'detail'>;

/** One entry of the package each, so that only one WASM file is downloaded; the files come from our own origin. */
const builds = {
  jspi: { load: () => import('onnxruntime-web/jspi'), mjs: jspiGlue, wasm: jspiWasm },
  asyncify: { load: () => import('onnxruntime-web/webgpu'), mjs: asyncifyGlue, wasm: asyncifyWasm },
  wasm: { load: () => import('onnxruntime-web/wasm'), mjs: wasmGlue, wasm: wasmWasm },
} as const;

/** ONNX Runtime on WebGPU where this machine's GPU proves itself, else on WASM with the reason. */
export async function startRuntime(settings: StartSettings, onBroken: (error: TokenscopeError) => void): Promise<Runtime> {
  if (settings.wasm) return startWasm(settings.wasm, onBroken);
  const found = await findGpu(settings.softwareAdapter);
  if (!('device' in found)) return startWasm(found, onBroken);
  const { device, adapter } = found;
  let trusted = false;
  try {
    const build = 'Suspending' in WebAssembly ? 'jspi' : 'asyncify';
    // One thread: with WebGPU the CPU runs a few shape operators at most.
    const ort = await loadOrt(build, 1);
    const facts = gpuFacts(adapter, device, build);
    const runtime = createRuntime(ort, facts, device, (error) => {
      if (trusted) onBroken(error);
    });
    const wrong = compareProbe(await runProbe(runtime));
    if (wrong) throw new Error(wrong);
    trusted = true;
    return runtime;
  } catch (error) {
    device.destroy();
    return startWasm({ why: 'known-answer-wrong', detail: error instanceof Error ? error.message : String(error) }, onBroken);
  }
}

async function startWasm(refusal: Refusal, onBroken: (error: TokenscopeError) => void): Promise<Runtime> {
  // Left to itself ORT takes half the cores.
  const threads = self.crossOriginIsolated ? Math.min(navigator.hardwareConcurrency, 4) : 1;
  const ort = await loadOrt('wasm', threads);
  const facts: DeviceFacts = {
    provider: 'wasm',
    ...refusal,
    adapter: '',
    shaderF16: false,
    threads,
    isolated: self.crossOriginIsolated,
    build: 'wasm',
    maxTextureSide: 16_384,
  };
  const runtime = createRuntime(ort, facts, undefined, onBroken);
  // Gets the WASM file compiled while the model's files are on their way.
  await runProbe(runtime);
  return runtime;
}

async function loadOrt(build: DeviceFacts['build'], threads: number): Promise<Ort> {
  const { load, mjs, wasm } = builds[build];
  const ort = await load().catch((error: unknown) => {
    throw new TokenscopeError('engine-down', { reason: String(error) }, { cause: error });
  });
  const absolute = (url: string) => new URL(url, self.location.href).href;
  ort.env.wasm.wasmPaths = { mjs: absolute(mjs), wasm: absolute(wasm) };
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = 'error';
  return ort;
}

async function findGpu(softwareAdapter: boolean): Promise<{ adapter: GPUAdapter; device: GPUDevice } | Refusal> {
  if (!('gpu' in navigator) || !navigator.gpu) return { why: 'no-webgpu' };
  const adapter = await navigator.gpu.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null);
  if (!adapter) return { why: 'no-adapter' };
  if (adapter.info.isFallbackAdapter && !softwareAdapter) return { why: 'software-adapter', detail: adapterName(adapter) };
  const device = await requestDevice(adapter);
  return device instanceof Error ? { why: 'device-refused', detail: device.message } : { adapter, device };
}

const RAISED = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Everything the adapter has; where that is refused, fewer features, then the defaults. */
async function requestDevice(adapter: GPUAdapter): Promise<GPUDevice | Error> {
  const requiredLimits = Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]]));
  // ORT's kernels for subgroups are wrong below eight lanes.
  const wide = adapter.info.subgroupMinSize >= 8;
  const wanted: GPUFeatureName[] = ['shader-f16', ...(wide ? (['subgroups'] as const) : [])];
  const requiredFeatures = wanted.filter((feature) => adapter.features.has(feature));
  let failure: unknown;
  for (const descriptor of [{ requiredFeatures, requiredLimits }, { requiredLimits }, {}]) {
    try {
      return await adapter.requestDevice(descriptor);
    } catch (error) {
      failure = error;
    }
  }
  return failure instanceof Error ? failure : new Error(String(failure));
}

function adapterName({ info }: GPUAdapter): string {
  return info.description || [info.vendor, info.architecture].filter(Boolean).join(' ');
}

function gpuFacts(adapter: GPUAdapter, device: GPUDevice, build: 'jspi' | 'asyncify'): DeviceFacts {
  return {
    provider: 'webgpu',
    why: 'webgpu-works',
    adapter: adapterName(adapter),
    shaderF16: device.features.has('shader-f16'),
    threads: 1,
    isolated: self.crossOriginIsolated,
    build,
    maxTextureSide: device.limits.maxTextureDimension2D,
  };
}
