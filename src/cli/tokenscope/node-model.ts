import * as ort from 'onnxruntime-web';
import type { Model } from '../../engine/model.ts';
import { openModelSessions } from '../../engine/open-model.ts';
import type { DeviceFacts } from '../../engine/protocol.ts';
import { createRuntime, type Runtime } from '../../engine/runtime.ts';
import { readFolder } from './folder.ts';

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

/** ONNX Runtime in plain Node: on WASM, one thread. */
export function startRuntime(): Runtime {
  ort.env.wasm.numThreads = 1;
  ort.env.logLevel = 'error';
  return createRuntime(ort, facts, undefined, () => {});
}

/** Opens a model folder in plain Node, gives it to `work`, and closes it. */
export async function withModel<Result>(
  folder: string,
  work: (model: Model, contents: ReturnType<typeof readFolder>) => Promise<Result>,
): Promise<Result> {
  const contents = readFolder(folder);
  const runtime = startRuntime();
  const model = await openModelSessions(contents, runtime, { provider: 'wasm', precision: 'float32' });
  try {
    return await work(model, contents);
  } finally {
    await model.release();
  }
}
