import * as ort from 'onnxruntime-web';
import type { TokenscopeError } from '../../src/core/errors.ts';
import type { DeviceFacts } from '../../src/engine/protocol.ts';
import { createRuntime } from '../../src/engine/runtime.ts';

const facts: DeviceFacts = {
  provider: 'wasm',
  why: 'asked',
  adapter: '',
  shaderF16: false,
  threads: 1,
  isolated: false,
  build: 'wasm',
  maxTextureSide: 16_384,
};

/** The real ONNX Runtime on WASM, in Node; `change` says other things of the device. */
export function nodeRuntime(onBroken: (error: TokenscopeError) => void = () => {}, change: Partial<DeviceFacts> = {}) {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return createRuntime(ort, { ...facts, ...change }, undefined, onBroken);
}
