import type { Tensor } from 'onnxruntime-web';
import { expect } from 'vitest';
import type { Checkpoint, ConvertedModel } from '../../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { largestDifference } from '../tokenscope-2d.ts';
import { decodeWith, encodeWith, lookUpWith, openQuantizer, quantizeWith } from './run-fixture.ts';

/** What the authors' own code computed from hashed weights, rounded to four decimals. */
export interface Golden {
  /** The first four latents, and the mean of all. */
  readonly latents: readonly number[];
  readonly latentMean: number;
  readonly tokens: readonly number[];
  readonly mean: number;
  readonly absolute: number;
  /** The first four and the last two pixels. */
  readonly first: readonly number[];
  readonly last: readonly number[];
}

function expectNear(numbers: readonly number[], expected: readonly number[]): void {
  expect(numbers).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(Math.abs(numbers[i]! - value)).toBeLessThan(1e-3);
}

const meanOf = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

/** The fast form of a checkpoint's decoder, where it has one, gives what the plain one gave. */
export async function expectSameFast(checkpoint: Checkpoint, quantized: Tensor, decoded: Tensor): Promise<void> {
  const fast = (await convertCheckpoint(checkpoint, { weights: 'stored', graph: 'fast' }))!;
  if (fast.report.relaid === 0) return;
  const largest = (decoded.data as Float32Array).reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  expect(largestDifference(await decodeWith(fast, quantized), decoded) / largest).toBeLessThan(1e-5);
}

/** The model of a checkpoint with hashed weights gives the numbers; `input` is N × C × (T ×) H × W. */
export async function expectGolden(checkpoint: Checkpoint, input: Tensor, golden: Golden): Promise<ConvertedModel> {
  const model = await convertCheckpoint(checkpoint);
  if (!model) throw new Error('no architecture knows it');
  const quantizer = await openQuantizer(model);
  const latents = await encodeWith(model, input);
  const tokens = quantizeWith(quantizer, latents);
  const z = Array.from(latents.data as Float32Array);
  expectNear([...z.slice(0, 4), meanOf(z)], [...golden.latents, golden.latentMean]);
  expect(Array.from(tokens.data as Float32Array)).toEqual(golden.tokens);
  const quantized = lookUpWith(quantizer, tokens);
  const decoded = await decodeWith(model, quantized);
  await expectSameFast(checkpoint, quantized, decoded);
  const pixels = Array.from(decoded.data as Float32Array);
  expectNear([meanOf(pixels), meanOf(pixels.map(Math.abs))], [golden.mean, golden.absolute]);
  expectNear([...pixels.slice(0, 4), ...pixels.slice(-2)], [...golden.first, ...golden.last]);
  return model;
}
