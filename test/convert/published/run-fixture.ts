import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Tensor } from 'onnxruntime-web';
import { expect, it } from 'vitest';
import type { Checkpoint, ConvertedModel, ConvertOptions } from '../../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { blobSource } from '../../../src/convert/byte-source.ts';
import { readSafetensors } from '../../../src/convert/containers/safetensors.ts';
import { openCheckpoint } from '../../../src/convert/open-checkpoint.ts';
import { readNpy } from '../../../src/core/npy.ts';
import type { Quantizer } from '../../../src/core/quantizer.ts';
import { quantizers } from '../../../src/quantizers/index.ts';
import { floats } from '../run-graph.ts';
import { floatsOf, largestDifference, openPart } from '../tokenscope-2d.ts';
import { arrange } from './arrange.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/published');

/** A published network with random weights, as its authors store it, beside its own results: test/fixtures/published. */
export async function openFixture(name: string): Promise<Checkpoint> {
  const folder = resolve(fixtures, name);
  const results = /\.npy$|^expected\.json$/;
  const names = readdirSync(folder).filter((file) => !results.test(file));
  return openCheckpoint(
    names.map((file) => ({ name: file, source: blobSource(new Blob([readFileSync(join(folder, file))]), file) })),
  );
}

/** An array of the fixture: N × C × (T ×) H × W as float32. */
export function readArray(name: string, array: string): Tensor {
  const { shape, data } = readNpy(new Uint8Array(readFileSync(resolve(fixtures, name, `${array}.npy`))), array);
  return floats(shape, data);
}

/** The rule from latents to tokens of a converted model, with the tables beside its graphs. */
export async function openQuantizer({ manifest, files }: ConvertedModel): Promise<Quantizer> {
  const { quantizer, codebook, scores } = manifest;
  const table = async (file: string, tensor: string) => {
    const values = await floatsOf(await readSafetensors(files.get(file)!, file), tensor);
    return values.data as Float32Array;
  };
  const projection = scores && {
    weight: await table(scores.file, scores.weight),
    ...(scores.bias && { bias: await table(scores.file, scores.bias) }),
  };
  const kind = quantizers[quantizer.kind]!;
  return kind.open(quantizer, codebook && (await table(codebook.file, codebook.tensor)), projection);
}

const SPATIAL = { 4: 'HW', 5: 'THW' } as const;

/** Axes of an array of the fixtures whose second axis is `channels`. */
function layoutOf({ dims }: Tensor, channels: 'C' | 'D'): string {
  return `N${channels}${SPATIAL[dims.length as 4 | 5]}`;
}

/** The converted model's own results, laid out as the fixtures' arrays are. */
export async function encodeWith(model: ConvertedModel, input: Tensor): Promise<Tensor> {
  const { layout, latentLayout } = model.manifest.graphs.encoder;
  const encoder = await openPart(model, 'encoder.onnx');
  const { latents } = await encoder.run({ pixels: arrange(input, layoutOf(input, 'C'), layout) });
  await encoder.release();
  return arrange(latents!, latentLayout!, layoutOf(input, 'D'));
}

/** Quantized latents N × D × (T ×) h × w to pixels N × C × (T ×) H × W. */
export async function decodeWith(model: ConvertedModel, quantized: Tensor): Promise<Tensor> {
  const { layout, latentLayout } = model.manifest.graphs.decoder;
  const decoder = await openPart(model, 'decoder.onnx');
  const { pixels } = await decoder.run({ latents: arrange(quantized, layoutOf(quantized, 'D'), latentLayout!) });
  await decoder.release();
  return arrange(pixels!, layout, layoutOf(quantized, 'C'));
}

/** Tokens of latents N × D × (T ×) h × w, N × (t ×) h × w in raster order. */
export function quantizeWith(quantizer: Quantizer, latents: Tensor): Tensor {
  const [count, d, ...grid] = latents.dims as [number, number, ...number[]];
  const cells = grid.reduce((a, b) => a * b, 1);
  const data = latents.data as Float32Array;
  const vector = (i: number) =>
    Float32Array.from({ length: d }, (_, channel) => data[(Math.floor(i / cells) * d + channel) * cells + (i % cells)]!);
  return floats(
    [count, ...grid],
    Array.from({ length: count * cells }, (_, i) => quantizer.nearest(vector(i))),
  );
}

/** The entries of tokens N × (t ×) h × w, N × D × (t ×) h × w. */
export function lookUpWith(quantizer: Quantizer, tokens: Tensor): Tensor {
  const [count, ...grid] = tokens.dims as [number, ...number[]];
  const cells = grid.reduce((a, b) => a * b, 1);
  const d = quantizer.entryDimension;
  const data = new Float32Array(count * d * cells);
  for (const [i, token] of Array.from(tokens.data as Float32Array).entries()) {
    const entry = quantizer.entry(token);
    for (let channel = 0; channel < d; channel++)
      data[(Math.floor(i / cells) * d + channel) * cells + (i % cells)] = entry[channel]!;
  }
  return floats([count, d, ...grid], data);
}

/** How far a converted model is from what its authors' own code computed. */
export interface Comparison {
  readonly model: ConvertedModel;
  readonly wrongTokens: number;
  readonly latents: number;
  readonly quantized: number;
  readonly reconstruction: number;
  /** To open the file and convert it. */
  readonly milliseconds: number;
}

export async function compareFixture(name: string, options: ConvertOptions = { weights: 'stored' }): Promise<Comparison> {
  const start = performance.now();
  const model = await convertCheckpoint(await openFixture(name), options);
  const milliseconds = performance.now() - start;
  if (!model) throw new Error(`no architecture knows ${name}`);
  const quantizer = await openQuantizer(model);
  const tokens = readArray(name, 'tokens');
  const latents = await encodeWith(model, readArray(name, 'input'));
  const own = quantizeWith(quantizer, latents).data as Float32Array;
  const quantized = lookUpWith(quantizer, tokens);
  const reconstruction = await decodeWith(model, quantized);
  return {
    model,
    wrongTokens: (tokens.data as Float32Array).filter((token, i) => token !== own[i]).length,
    latents: largestDifference(latents, readArray(name, 'latents')),
    quantized: largestDifference(quantized, readArray(name, 'quantized')),
    reconstruction: largestDifference(reconstruction, readArray(name, 'reconstruction')),
    milliseconds,
  };
}

/** One line of the fixture table. */
export function tell(name: string, { latents, quantized, reconstruction, milliseconds }: Comparison): string {
  const differences = [latents, quantized, reconstruction].map((difference) => difference.toExponential(1)).join(', ');
  return `${name}: latents, entries, reconstruction differ by ${differences}; converted in ${milliseconds.toFixed(0)} ms\n`;
}

/** The test that every fixture has to pass: converted by `architecture`, it gives its authors' numbers. */
export function testFixture(name: string, architecture: string): void {
  it(`${name} gives the tokens, latents and reconstruction of its authors' code`, async () => {
    const comparison = await compareFixture(name);
    process.stdout.write(tell(name, comparison));
    expect(comparison.model.manifest.architecture).toBe(architecture);
    expect(comparison.wrongTokens).toBe(0);
    expect(comparison.latents).toBeLessThan(5e-5);
    expect(comparison.quantized).toBeLessThan(1e-6);
    expect(comparison.reconstruction).toBeLessThan(1e-4);
  });
}
