import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import type { Checkpoint, ConvertedModel } from '../../src/convert/architecture.ts';
import { readSafetensors } from '../../src/convert/containers/safetensors.ts';
import { readValues, type StoredTensors } from '../../src/convert/tensors.ts';
import { floats, openGraph } from './run-graph.ts';

export async function readTensors(file: string): Promise<StoredTensors> {
  return readSafetensors(new Blob([readFileSync(file)]), file);
}

export async function floatsOf(tensors: StoredTensors, name: string): Promise<Tensor> {
  const tensor = tensors.get(name)!;
  return floats(tensor.shape, (await readValues(tensor))!);
}

/** What the trainer leaves in a folder, as one checkpoint. */
export async function readTrained(folder: string): Promise<Checkpoint> {
  const weights = await readTensors(join(folder, 'weights.safetensors'));
  const codebook = await readTensors(join(folder, 'codebook.safetensors'));
  const config: unknown = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  return { file: folder, tensors: new Map([...weights, ...codebook]), config };
}

/** Arrays of the training framework: N × C × H × W, tokens N × h × w. */
export interface Check {
  readonly input: Tensor;
  readonly latents: Tensor;
  readonly tokens: Tensor;
  readonly reconstruction: Tensor;
}

export async function readCheck(file: string): Promise<Check> {
  const tensors = await readTensors(file);
  const read = (name: string) => floatsOf(tensors, name);
  const [input, latents, tokens, reconstruction] = await Promise.all(['input', 'latents', 'tokens', 'reconstruction'].map(read));
  return { input: input!, latents: latents!, tokens: tokens!, reconstruction: reconstruction! };
}

export interface Codebook {
  readonly size: number;
  readonly dimension: number;
  readonly cosine: boolean;
  readonly entries: Float32Array;
}

export async function readCodebook({ tensors, config }: Checkpoint): Promise<Codebook> {
  const stored = tensors.get('codebook')!;
  const [size, dimension] = stored.shape as [number, number];
  const cosine = (config as { lookup: string }).lookup === 'cosine';
  return { size, dimension, cosine, entries: (await readValues(stored)) as Float32Array };
}

/** Squared distances (of unit vectors where the lookup is by angle) from one latent vector to all entries, in double precision. */
function distancesTo({ size, dimension, cosine, entries }: Codebook, vector: readonly number[]): number[] {
  const length = cosine ? Math.hypot(...vector) : 1;
  return Array.from({ length: size }, (_, k) =>
    vector.reduce((sum, value, d) => sum + (value / length - entries[k * dimension + d]!) ** 2, 0),
  );
}

/** Mismatches by the token rule: one counts only if the two entries' distances differ by more than 1e-4 · (1 + least). */
export function compareTokens(codebook: Codebook, latents: Tensor, tokens: Tensor): { wrong: number; nearTies: number } {
  const data = latents.data as Float32Array; // N × D × h × w
  const area = latents.dims[2]! * latents.dims[3]!;
  const result = { wrong: 0, nearTies: 0 };
  for (const [cell, token] of Array.from(tokens.data as Float32Array).entries()) {
    const start = Math.floor(cell / area) * codebook.dimension * area + (cell % area);
    const vector = Array.from({ length: codebook.dimension }, (_, d) => data[start + d * area]!);
    const distances = distancesTo(codebook, vector);
    const least = Math.min(...distances);
    if (distances.indexOf(least) === token) continue;
    if (distances[token]! - least > 1e-4 * (1 + least)) result.wrong++;
    else result.nearTies++;
  }
  return result;
}

/** The entries of tokens N × h × w, as N × D × h × w. */
export function lookUp({ dimension, entries }: Codebook, tokens: Tensor): Tensor {
  const [count, rows, columns] = tokens.dims as [number, number, number];
  const area = rows * columns;
  const data = new Float32Array(count * dimension * area);
  for (const [cell, token] of Array.from(tokens.data as Float32Array).entries()) {
    const start = Math.floor(cell / area) * dimension * area + (cell % area);
    for (let d = 0; d < dimension; d++) data[start + d * area] = entries[token * dimension + d]!;
  }
  return floats([count, dimension, rows, columns], data);
}

/** N × C × H × W as N × H × W × C, with zeros where more channels are asked for. */
export function channelsLast(tensor: Tensor, wanted = tensor.dims[1]!): Tensor {
  const [count, channels, height, width] = tensor.dims as [number, number, number, number];
  const area = height * width;
  const from = tensor.data as Float32Array;
  const data = new Float32Array(count * area * wanted);
  for (let i = 0; i < from.length; i++) {
    const cell = Math.floor(i / (channels * area)) * area + (i % area);
    data[cell * wanted + (Math.floor(i / area) % channels)] = from[i]!;
  }
  return floats([count, height, width, wanted], data);
}

/** N × H × W × C as N × C × H × W, with only the first channels kept. */
export function channelsFirst(tensor: Tensor, kept = tensor.dims[3]!): Tensor {
  const [count, height, width, channels] = tensor.dims as [number, number, number, number];
  const area = height * width;
  const from = tensor.data as Float32Array;
  const data = new Float32Array(count * kept * area);
  for (let i = 0; i < data.length; i++) {
    const cell = Math.floor(i / (kept * area)) * area + (i % area);
    data[i] = from[cell * channels + (Math.floor(i / area) % kept)]!;
  }
  return floats([count, kept, height, width], data);
}

export function largestDifference(a: Tensor, b: Tensor): number {
  if (a.dims.join() !== b.dims.join()) return Number.POSITIVE_INFINITY;
  const [x, y] = [a.data as Float32Array, b.data as Float32Array];
  return x.reduce((most, value, i) => Math.max(most, Math.abs(value - y[i]!)), 0);
}

/** One graph of a converted model, in a session. */
export async function openPart({ files }: ConvertedModel, name: string): Promise<InferenceSession> {
  const read = async (blob: Blob) => new Uint8Array(await blob.arrayBuffer());
  const weights = [...files].filter(([file]) => file.includes('weights'));
  const external = await Promise.all(weights.map(async ([file, blob]) => [file, await read(blob)] as const));
  return openGraph(await read(files.get(name)!), Object.fromEntries(external));
}
