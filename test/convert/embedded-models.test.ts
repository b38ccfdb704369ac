import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import type { GraphFacts, Manifest } from '../../src/core/manifest.ts';
import { parseManifest } from '../../src/core/parse-manifest.ts';
import { openGraph } from './run-graph.ts';
import {
  type Codebook,
  channelsFirst,
  channelsLast,
  compareTokens,
  floatsOf,
  largestDifference,
  lookUp,
  readTensors,
} from './tokenscope-2d.ts';

const models = join(import.meta.dirname, '../../models');
const fullSize = join(import.meta.dirname, '../fixtures/full-size');
const ids = readdirSync(models).filter((id) => existsSync(join(models, id, 'manifest.json')));

const read = (id: string, name: string) => new Uint8Array(readFileSync(join(models, id, name)));

function readManifest(id: string): Manifest {
  return parseManifest(JSON.parse(readFileSync(join(models, id, 'manifest.json'), 'utf8')));
}

function open(id: string, { file }: GraphFacts): Promise<InferenceSession> {
  return openGraph(read(id, file), { 'weights.safetensors': read(id, 'weights.safetensors') });
}

async function readCodebook(id: string, { quantizer, codebook }: Manifest): Promise<Codebook> {
  const tensors = await readTensors(join(models, id, codebook!.file));
  return {
    size: quantizer.codebookSize!,
    dimension: quantizer.entryDimension!,
    cosine: quantizer.score === 'cosine',
    entries: (await floatsOf(tensors, codebook!.tensor)).data as Float32Array,
  };
}

/** Encodes `input`, decodes `tokens`; both answers as N × C × H × W. */
async function run(id: string, { graphs }: Manifest, codebook: Codebook, input: Tensor, tokens: Tensor) {
  const encoder = await open(id, graphs.encoder);
  const last = graphs.encoder.layout === 'NHWC4';
  const { latents } = await encoder.run({ pixels: last ? channelsLast(input, 4) : input });
  const decoder = await open(id, graphs.decoder);
  const entries = lookUp(codebook, tokens);
  const { pixels } = await decoder.run({ latents: last ? channelsLast(entries) : entries });
  await encoder.release();
  await decoder.release();
  return { latents: last ? channelsFirst(latents!) : latents!, pixels: last ? channelsFirst(pixels!, 3) : pixels! };
}

/** The token rule of the check: near ties may fall either way, for at most half a percent of the cells. */
function expectTokens(codebook: Codebook, latents: Tensor, tokens: Tensor): void {
  const { wrong, nearTies } = compareTokens(codebook, latents, tokens);
  expect(wrong).toBe(0);
  expect(nearTies / tokens.data.length).toBeLessThanOrEqual(0.005);
}

it('there is a toy and at least one trained model', () => {
  expect(ids).toContain('toy');
  expect(ids.length).toBeGreaterThan(1);
});

describe.each(ids)('the embedded model %s', (id) => {
  it('lists its files with their true size and hash, and is small', () => {
    const { files } = readManifest(id);
    for (const { name, bytes, sha256 } of files) {
      const content = read(id, name);
      expect({ name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }).toEqual({
        name,
        bytes,
        sha256,
      });
    }
    expect(files.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(12e6);
  });

  it('passes its own check on WASM', { timeout: 30_000 }, async () => {
    const manifest = readManifest(id);
    const codebook = await readCodebook(id, manifest);
    const { file, input, tokens, reconstruction, tolerance } = manifest.check!;
    const tensors = await readTensors(join(models, id, file));
    const expected = await floatsOf(tensors, tokens);
    const result = await run(id, manifest, codebook, await floatsOf(tensors, input), expected);
    expectTokens(codebook, result.latents, expected);
    expect(largestDifference(result.pixels, await floatsOf(tensors, reconstruction))).toBeLessThan(tolerance!);
  });

  it.runIf(existsSync(join(fullSize, `${id}.safetensors`)))(
    'gives at 256 × 256 what PyTorch gives',
    { timeout: 60_000 },
    async () => {
      const manifest = readManifest(id);
      const codebook = await readCodebook(id, manifest);
      const tensors = await readTensors(join(fullSize, `${id}.safetensors`));
      const bytes = await floatsOf(tensors, 'input');
      const values = bytes.data as Float32Array;
      for (const [i, value] of values.entries()) values[i] = value / 127.5 - 1;
      const tokens = await floatsOf(tensors, 'tokens');
      const result = await run(id, manifest, codebook, bytes, tokens);
      expectTokens(codebook, result.latents, tokens);
      // Kept in half precision, whose steps are 0.001 just above 1.
      expect(largestDifference(result.pixels, await floatsOf(tensors, 'reconstruction'))).toBeLessThan(0.002);
    },
  );
});

describe('the toy, worked out by hand', () => {
  it('calls a patch by the corner of the colour cube that its mean colour is nearest to', async () => {
    const codebook = await readCodebook('toy', readManifest('toy'));
    const entries = Array.from({ length: 8 }, (_, token) => [...codebook.entries.subarray(token * 3, token * 3 + 3)]);
    expect(entries[0]).toEqual([-1, -1, -1]);
    expect(entries[1]).toEqual([1, -1, -1]);
    expect(entries[6]).toEqual([-1, 1, 1]);
    expect(entries[7]).toEqual([1, 1, 1]);
  });
});
