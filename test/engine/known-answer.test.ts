import { expect, test } from 'vitest';
import { compareProbe, runProbe } from '../../src/engine/known-answer.ts';
import { nodeRuntime } from './node-runtime.ts';

test('the known answer is what WASM computes', async () => {
  expect(compareProbe(await runProbe(nodeRuntime()))).toBeUndefined();
});

test('a wrong number, a number missing and no number are seen', async () => {
  const answer = await runProbe(nodeRuntime());
  expect(compareProbe(answer.with(5, answer[5]! + 0.01))).toBe('known answer off by 0.0100');
  expect(compareProbe(answer.with(2, 3))).toBe('known answer off by 1.00');
  expect(compareProbe(answer.with(0, Number.NaN))).toContain('NaN');
  expect(compareProbe(answer.slice(1))).toBeDefined();
});
