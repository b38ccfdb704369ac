import type { Tensor } from 'onnxruntime-web';
import { expect } from 'vitest';
import type { Checkpoint, ConvertedModel } from '../../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
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
  const pixels = Array.from((await decodeWith(model, lookUpWith(quantizer, tokens))).data as Float32Array);
  expectNear([meanOf(pixels), meanOf(pixels.map(Math.abs))], [golden.mean, golden.absolute]);
  expectNear([...pixels.slice(0, 4), ...pixels.slice(-2)], [...golden.first, ...golden.last]);
  return model;
}
