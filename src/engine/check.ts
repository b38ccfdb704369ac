import { readSafetensors } from '../convert/containers/safetensors.ts';
import { readValues } from '../convert/tensors.ts';
import { TokenscopeError } from '../core/errors.ts';
import type { Quantizer } from '../core/quantizer.ts';
import { type GridShape, type Latents, latentVector } from '../core/token-grid.ts';
import type { Model } from './model.ts';
import { adaptPixels, type FrameSize, pixelSize, planarPixels } from './pixel-layout.ts';
import type { CheckResult } from './protocol.ts';

interface CheckTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Int32Array;
}

const DEFAULT_TOLERANCE = 2e-3;
/** The same in half precision, as a share of the output's range. */
const HALF_TOLERANCE = 0.02;
/** Two entries are near a tie when their distances differ by no more than this · (1 + the smaller), and how many cells may be. */
const TIES = { float32: { gap: 1e-4, share: 0.005 }, float16: { gap: 1e-2, share: 0.03 } } as const;

/**
 * Runs the model's own check: its input through encoder and quantizer against the training framework's tokens, and those
 * tokens (not ours, so that an encoder's fault does not hide a decoder's) through the decoder against its reconstruction.
 */
export async function runCheck(model: Model, file: Blob): Promise<CheckResult> {
  const check = model.manifest.check!;
  const tensors = await readSafetensors(file, check.file);
  const read = async (name: string): Promise<CheckTensor> => {
    const stored = tensors.get(name);
    const data = stored && (await readValues(stored));
    if (!data) throw new TokenscopeError('model-corrupt', { file: check.file, reason: `it has no tensor ${name}` });
    return { shape: stored.shape, data };
  };
  const tokens = await read(check.tokens);
  const expected = Int32Array.from(tokens.data);
  const shape = gridShape(tokens.shape);
  const { mismatched, nearTies } = await checkEncoder(model, await read(check.input), expected);
  const difference = await checkDecoder(model, expected, shape, await read(check.reconstruction));
  const tolerance = toleranceOf(model);
  const cells = expected.length;
  const tiesAllowed = Math.max(1, Math.floor(cells * ties(model).share));
  const passed = mismatched === 0 && nearTies <= tiesAllowed && difference <= tolerance;
  return { cells, mismatched, nearTies, difference, tolerance, passed };
}

function ties({ precision }: Model) {
  return TIES[precision];
}

function toleranceOf({ manifest, precision }: Model): number {
  const [low, high] = manifest.pixels.outputRange;
  const given = manifest.check?.tolerance ?? DEFAULT_TOLERANCE;
  return precision === 'float16' ? Math.max(given, HALF_TOLERANCE * (high - low)) : given;
}

/** (N ×) (t ×) h × w with N = 1. */
function gridShape(shape: readonly number[]): GridShape {
  const [w = 1, h = 1, t = 1] = shape.toReversed();
  return { t, h, w };
}

/** N × C × (T ×) H × W with N = 1. */
function frameSize(shape: readonly number[]): FrameSize {
  const [width = 1, height = 1, frames = 1] = shape.toReversed();
  return { frames: shape.length > 4 ? frames : 1, height, width };
}

async function checkEncoder(model: Model, input: CheckTensor, expected: Int32Array) {
  const size = frameSize(input.shape);
  const values = adaptPixels(Float32Array.from(input.data), model.manifest.graphs.encoder.layout, size);
  const { grid, latents } = await model.encodeArray(values, size);
  return compareTokens(grid.tokens, expected, model.quantizer, latents, ties(model).gap);
}

/** Differences that matter, and those within a near tie, where either choice is right. */
export function compareTokens(
  tokens: Int32Array,
  expected: Int32Array,
  quantizer: Quantizer | undefined,
  latents: Latents | undefined,
  gap: number,
): { mismatched: number; nearTies: number } {
  if (tokens.length !== expected.length) return { mismatched: expected.length, nearTies: 0 };
  let mismatched = 0;
  let nearTies = 0;
  for (const [cell, token] of tokens.entries()) {
    if (token === expected[cell]) continue;
    if (quantizer && latents && nearTie(quantizer, latentVector(latents, cell), token, expected[cell]!, gap)) nearTies++;
    else mismatched++;
  }
  return { mismatched, nearTies };
}

function nearTie(quantizer: Quantizer, latent: Float32Array, a: number, b: number, gap: number): boolean {
  const distances = [quantizer.distance(latent, a), quantizer.distance(latent, b)] as const;
  return Math.abs(distances[0] - distances[1]) <= gap * (1 + Math.abs(Math.min(...distances)));
}

/** Largest absolute difference, in the model's output range, before any clamp; infinite where the shapes or numbers are no match. */
async function checkDecoder(model: Model, tokens: Int32Array, shape: GridShape, expected: CheckTensor): Promise<number> {
  const { values, dims } = await model.decodeArray(tokens, shape, 1);
  const { layout } = model.manifest.graphs.decoder;
  const planar = planarPixels(values, layout, pixelSize(layout, dims));
  if (planar.length !== expected.data.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (const [i, value] of planar.entries()) worst = Math.max(worst, Math.abs(value - expected.data[i]!));
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst;
}
