import { TokenscopeError } from '../core/errors.ts';
import type { QuantizerSettings } from '../core/manifest.ts';
import type { Projection, Quantizer, QuantizerKind } from '../core/quantizer.ts';
import { smallest } from '../core/ranking.ts';

/**
 * Vector quantization: a learned table of K entries, the nearest wins (van den Oord et al. 2017, arXiv 1711.00937).
 * Four scores are in use. Distances, smaller is nearer:
 *   l2          ‖z − e‖²                         VQ-VAE, VQGAN
 *   cosine      ‖z/‖z‖ − e/‖e‖‖² = 2 − 2 cos     ViT-VQGAN (arXiv 2110.04627), LlamaGen
 *   dot         −z·e                             IBQ (arXiv 2412.02692)
 *   projection  −(w·z + b)                       Gumbel VQGAN: a linear layer of its own names the token
 */
type Distance = (latent: ArrayLike<number>, token: number) => number;

const invalid = (reason: string) => new TokenscopeError('manifest-invalid', { file: 'manifest.json', reason });

export default {
  example: {
    settings: { kind: 'vq', codebookSize: 4, entryDimension: 2, score: 'l2' },
    codebook: Float32Array.of(0, 0, 1, 0, 0, 1, -1, -1),
  },
  open(settings, codebook, projection) {
    const { size, dimension } = readShape(settings, codebook);
    const unit = unitRows(codebook!, dimension);
    const rows = settings.normalizeEntries ? unit : codebook!;
    const cosine = settings.score === 'cosine';
    const seen = (latent: ArrayLike<number>) =>
      cosine ? unitRows(Float32Array.from(latent), dimension) : Float32Array.from(latent);
    return openTable(size, dimension, rows, chooseDistance(settings, rows, unit, dimension, projection), seen);
  },
} satisfies QuantizerKind;

function readShape({ codebookSize, entryDimension }: QuantizerSettings, codebook: Float32Array | undefined) {
  if (!codebook) throw invalid('quantizer.kind vq needs a codebook');
  if (!codebookSize) throw invalid('quantizer.codebookSize is missing');
  if (!entryDimension) throw invalid('quantizer.entryDimension is missing');
  if (codebook.length !== codebookSize * entryDimension) {
    throw invalid(`codebook has ${codebook.length} numbers, not ${codebookSize} × ${entryDimension}`);
  }
  return { size: codebookSize, dimension: entryDimension };
}

function openTable(size: number, dimension: number, rows: Float32Array, distance: Distance, seen: Quantizer['seen']): Quantizer {
  const row = new Float64Array(size);
  const nearestFew = (latent: ArrayLike<number>, count: number) => {
    for (let token = 0; token < size; token++) row[token] = distance(latent, token);
    return smallest(row, count);
  };
  return {
    codebookSize: size,
    entryDimension: dimension,
    entry: (token) => rows.slice(token * dimension, (token + 1) * dimension),
    nearest: (latent) => nearestFew(latent, 1).tokens[0]!,
    nearestFew,
    distance,
    seen,
  };
}

function chooseDistance(
  { score = 'l2' }: QuantizerSettings,
  rows: Float32Array,
  unit: Float32Array,
  dimension: number,
  projection: Projection | undefined,
): Distance {
  if (score === 'l2') return (latent, token) => squaredDistance(latent, 1, rows, token * dimension, dimension);
  if (score === 'cosine') {
    return (latent, token) => squaredDistance(latent, unitScale(latent, 0, dimension), unit, token * dimension, dimension);
  }
  if (score === 'dot') return (latent, token) => -dot(latent, rows, token * dimension, dimension);
  if (!projection) throw invalid('quantizer.score projection needs scores');
  const { weight, bias } = projection;
  if (weight.length !== rows.length) throw invalid('scores.weight is not codebookSize × entryDimension');
  return (latent, token) => -dot(latent, weight, token * dimension, dimension) - (bias?.[token] ?? 0);
}

/** ‖scale · latent − row‖², summed in double precision. */
function squaredDistance(latent: ArrayLike<number>, scale: number, rows: Float32Array, at: number, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) {
    const difference = latent[i]! * scale - rows[at + i]!;
    sum += difference * difference;
  }
  return sum;
}

function dot(latent: ArrayLike<number>, rows: Float32Array, at: number, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += latent[i]! * rows[at + i]!;
  return sum;
}

/** 1 / length of a vector; torch's `normalize` guards with the same 1e-12. */
function unitScale(vectors: ArrayLike<number>, at: number, dimension: number): number {
  let sum = 0;
  for (let i = 0; i < dimension; i++) sum += vectors[at + i]! ** 2;
  return 1 / Math.max(Math.sqrt(sum), 1e-12);
}

function unitRows(rows: Float32Array, dimension: number): Float32Array {
  const unit = new Float32Array(rows.length);
  for (let at = 0; at < rows.length; at += dimension) {
    const scale = unitScale(rows, at, dimension);
    for (let i = 0; i < dimension; i++) unit[at + i] = rows[at + i]! * scale;
  }
  return unit;
}
