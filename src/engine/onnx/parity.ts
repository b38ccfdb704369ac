import type { Parity } from '../../core/proposal.ts';
import type { Model } from '../model.ts';
import { toGraphPixels } from '../pixel-layout.ts';
import { drawCard } from './card.ts';
import type { RunJob } from './measure.ts';

/** Share of the output's range, and share of the tokens, that rounding may explain. */
const MOST_DIFFERENCE = 0.02;
const MOST_DIFFERENT = 0.03;
/** Sides of the smallest picture that still has a few cells each way. */
const CELLS = 4;

/**
 * The same card through a model on the GPU and on WASM. The reconstruction is made of WASM's tokens on both, so that an encoder's
 * fault does not hide a decoder's. Zeros and numbers that are none are named: a wrong kernel gives them without a word.
 */
export async function compareProviders(gpu: Model, wasm: Model, job: RunJob): Promise<Parity> {
  const { manifest } = gpu;
  const { size, pixels, graphs } = manifest;
  const side = Math.max(size.minimum ?? 0, size.multipleOf * Math.ceil((CELLS * size.reduction) / size.multipleOf));
  const [height, width] = size.fixed && size.preferred ? size.preferred : [side, side];
  const frames =
    manifest.medium === 'video' && size.frames ? (size.frames.rule === 'causal' && !size.fixed ? 1 : size.frames.window) : 1;
  const pictures = Array.from({ length: frames }, (_, i) => drawCard(height, width, i));
  const values = toGraphPixels(pictures, graphs.encoder.layout, pixels);
  const run = (model: Model) => job(() => model.encodeArray(values.slice(), { frames, height, width }));
  const slow = await run(wasm);
  const fast = await run(gpu);
  const { tokens, shape } = slow.grid;
  const different = tokens.filter((token, i) => token !== fast.grid.tokens[i]).length;
  const decode = (model: Model) => job(() => model.decodeArray(tokens, shape, 1));
  const expected = await decode(wasm);
  const made = await decode(gpu);
  const reconstruction = largest(made.values, expected.values);
  const [low, high] = pixels.outputRange;
  const differs = reconstruction > MOST_DIFFERENCE * Math.abs(high - low) || different > tokens.length * MOST_DIFFERENT;
  return {
    compared: true,
    cells: tokens.length,
    different,
    latents: slow.latents && fast.latents ? largest(fast.latents.data, slow.latents.data) : undefined,
    reconstruction,
    fault:
      faultOf(made.values, expected.values) ??
      (fast.latents && slow.latents && faultOf(fast.latents.data, slow.latents.data)) ??
      (differs ? 'differs' : undefined),
  };
}

function largest(values: Float32Array, expected: Float32Array): number {
  let worst = values.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [i, value] of values.entries()) worst = Math.max(worst, Math.abs(value - expected[i]!));
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst;
}

function faultOf(values: Float32Array, expected: Float32Array): Parity['fault'] {
  if (values.some((value) => !Number.isFinite(value)) && expected.every(Number.isFinite)) return 'not-a-number';
  if (values.every((value) => value === 0) && expected.some((value) => value !== 0)) return 'zeros';
  return undefined;
}
