import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { modelFolder } from '../../src/convert/model-folder.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { openModelSessions } from '../../src/engine/open-model.ts';
import type { Runtime } from '../../src/engine/runtime.ts';
import { chooseTimeForm, drawTimeBlock } from '../../src/engine/time-form.ts';
import { largestDifference, readTrained } from '../convert/tokenscope-2d.ts';
import { nodeRuntime } from './node-runtime.ts';

it('both forms give the same numbers', async () => {
  const runtime = nodeRuntime();
  const x = new runtime.ort.Tensor(
    'float32',
    Float32Array.from({ length: 8 * 96 * 256 }, (_, i) => Math.sin(i)),
    [8, 96, 16, 16],
  );
  const run = async (form: 'slices' | 'direct') => {
    const session = await runtime.createSession(await drawTimeBlock(form), { file: form });
    const { y } = await session.run({ x });
    await session.release();
    return y!;
  };
  expect(largestDifference(await run('slices'), await run('direct'))).toBeLessThan(1e-4);
});

/** What the tests take for the time, so that a busy machine changes nothing. */
let clock = 0;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => clock);
});
afterEach(() => vi.restoreAllMocks());

/** A device on which the forms take as long as it is told. */
function device(milliseconds: Readonly<Record<string, number>>) {
  const runtime = nodeRuntime();
  const createSession = vi.fn<Runtime['createSession']>(async (_, { file }) => ({
    provider: 'wasm',
    inputShape: [],
    run: async () => {
      clock += milliseconds[file]!;
      return {};
    },
    release: async () => {},
  }));
  return { ...runtime, createSession };
}

it('the faster form is chosen, once for each provider', async () => {
  const one = device({ 'time-slices': 8, 'time-direct': 1 });
  expect(await chooseTimeForm(one, 'wasm')).toBe('direct');
  expect(await chooseTimeForm(one, 'wasm')).toBe('direct');
  expect(one.createSession).toHaveBeenCalledTimes(2);
  await chooseTimeForm(one, 'webgpu');
  expect(one.createSession).toHaveBeenCalledTimes(4);
  expect(await chooseTimeForm(device({ 'time-slices': 1, 'time-direct': 8 }), 'wasm')).toBe('slices');
});

it('a form that a device cannot run is not chosen', async () => {
  const slow = device({ 'time-slices': 8, 'time-direct': 1 });
  const createSession: Runtime['createSession'] = async (graph, options) => {
    if (options.file === 'time-direct') throw new TokenscopeError('webgpu-failed', { reason: 'no kernel' });
    return slow.createSession(graph, options);
  };
  expect(await chooseTimeForm({ ...slow, createSession }, 'webgpu')).toBe('slices');
});

it('a model that has both forms is opened in the faster one', async () => {
  const folder = join(import.meta.dirname, '../fixtures/tokenscope-3d/grouped-vq');
  const { manifest, files } = modelFolder((await convertCheckpoint(await readTrained(folder), { weights: 'half' }))!, {
    id: 'grouped-vq',
    title: 'Grouped',
    source: { licence: 'none' },
  });
  const contents = { manifest, file: (name: string) => files.get(name)! };
  const real = nodeRuntime();
  for (const [faster, graphs] of [
    ['time-direct', ['encoder-direct.onnx', 'decoder-direct.onnx']],
    ['time-slices', ['encoder.onnx', 'decoder.onnx']],
  ] as const) {
    const fake = device({ 'time-slices': 8, 'time-direct': 8, [faster]: 1 });
    const opened: string[] = [];
    const createSession: Runtime['createSession'] = async (graph, options) => {
      if (options.file.startsWith('time-')) return fake.createSession(graph, options);
      opened.push(options.file);
      return real.createSession(graph, options);
    };
    const model = await openModelSessions(contents, { ...real, createSession }, { provider: 'wasm', precision: 'float32' });
    await model.release();
    expect(opened).toEqual(graphs);
  }
});
