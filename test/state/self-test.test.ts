import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import type { Variant } from '../../src/state/self-test.ts';
import { makePlayground } from './make-playground.ts';

beforeEach(() => vi.stubGlobal('navigator', { userAgent: 'a browser', hardwareConcurrency: 2 }));
afterEach(() => vi.unstubAllGlobals());

test('the self-test runs each provider, and half precision where the adapter has it', async () => {
  const { start, actions, count } = makePlayground();
  await start({});
  const open = count('openModel');
  const steps: Variant[] = [];
  const report = await actions.selfTest((step) => steps.push(step));
  expect(steps).toEqual([
    { provider: 'webgpu', precision: 'float32' },
    { provider: 'webgpu', precision: 'float16' },
    { provider: 'wasm', precision: 'float32' },
  ]);
  expect(report!.runs).toMatchObject(steps);
  expect(report!.runs.every(({ bench }) => bench!.encodeMs >= 0 && bench!.decodeMs >= 0)).toBe(true);
  const equal = { cells: report!.parity!.cells, different: 0, clear: 0, psnr: 'equal', decoderPsnr: 'equal' };
  expect(report).toMatchObject({ cores: 2, browser: 'a browser', parity: equal, half: { available: true, agreement: equal } });
  expect(JSON.parse(JSON.stringify(report))).toMatchObject({ parity: equal });
  // The page's own model stays; the three are closed again.
  expect(count('openModel') - open).toBe(3);
  await expect.poll(() => count('closeModel')).toBe(3);
});

test('a provider that fails is said, and there is nothing to compare', async () => {
  let opened = 0;
  const { start, actions } = makePlayground((method) => {
    if (method === 'openModel' && ++opened === 2) throw new TokenscopeError('webgpu-failed', { reason: 'none' });
  });
  await start({});
  const report = await actions.selfTest(() => {});
  expect(report!.runs).toMatchObject([{ provider: 'webgpu', failed: 'webgpu-failed' }, { provider: 'wasm' }]);
  expect(report).toMatchObject({ parity: undefined, half: { available: false } });
});

test('a model is opened again in the other precision, on its own provider', async () => {
  const { start, now, actions, count } = makePlayground();
  await start({});
  const { key, model } = now().slots[0]!;
  await actions.setPrecision(key, 'float16');
  const after = now().slots[0]!;
  expect(after).toMatchObject({ phase: 'ready', model: { precision: 'float16', device: { provider: 'wasm' } } });
  expect(after.result).toMatchObject({ recorded: false, of: { model: after.model!.id } });
  expect(after.model!.id).not.toBe(model!.id);
  const opened = count('openModel');
  await actions.setPrecision(key, 'float16');
  expect(count('openModel')).toBe(opened);
});
