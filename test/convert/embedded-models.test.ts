import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import type { ConvertedModel } from '../../src/convert/architecture.ts';
import type { Manifest } from '../../src/core/manifest.ts';
import { parseManifest } from '../../src/core/parse-manifest.ts';
import type { Quantizer } from '../../src/core/quantizer.ts';
import { decodeWith, encodeWith, lookUpWith, openQuantizer } from './published/run-fixture.ts';
import { floatsOf, largestDifference, readTensors } from './tokenscope-2d.ts';

const models = join(import.meta.dirname, '../../models');
const fullSize = join(import.meta.dirname, '../fixtures/full-size');
const ids = readdirSync(models).filter((id) => existsSync(join(models, id, 'manifest.json')));

const read = (id: string, name: string) => new Uint8Array(readFileSync(join(models, id, name)));

function readManifest(id: string): Manifest {
  return parseManifest(JSON.parse(readFileSync(join(models, id, 'manifest.json'), 'utf8')));
}

/** The committed folder as if it had just been converted; `form` says which graphs of a model for clips stand in. */
function openModel(id: string, form: 'file' | 'direct' = 'file'): ConvertedModel {
  const manifest = readManifest(id);
  const files = new Map(manifest.files.map(({ name }) => [name, new Blob([read(id, name)])]));
  for (const { file, direct } of [manifest.graphs.encoder, manifest.graphs.decoder]) {
    if (form === 'direct') files.set(file, files.get(direct!)!);
  }
  return { manifest, files, report: { used: [], ignored: [], referred: 0, copied: 0, relaid: 0 } };
}

const clips = ids.filter((id) => readManifest(id).graphs.encoder.direct);

/** The token rule of the check: near ties may fall either way, for at most half a percent of the cells. */
function expectTokens(quantizer: Quantizer, latents: Tensor, tokens: Tensor): void {
  const cells = tokens.data.length / tokens.dims[0]!;
  let nearTies = 0;
  for (const [i, token] of Array.from(tokens.data as Float32Array).entries()) {
    const start = Math.floor(i / cells) * quantizer.entryDimension * cells + (i % cells);
    const vector = Float32Array.from(
      { length: quantizer.entryDimension },
      (_, d) => (latents.data as Float32Array)[start + d * cells]!,
    );
    const nearest = quantizer.nearest(vector);
    if (nearest === token) continue;
    const least = quantizer.distance(vector, nearest);
    expect(quantizer.distance(vector, token) - least).toBeLessThanOrEqual(1e-4 * (1 + least));
    nearTies++;
  }
  expect(nearTies / tokens.data.length).toBeLessThanOrEqual(0.005);
}

/** Encodes `input` to `tokens`, and decodes these to `reconstruction`. */
async function expectResults(model: ConvertedModel, expected: Record<string, Tensor>, tolerance: number) {
  const quantizer = await openQuantizer(model);
  expectTokens(quantizer, await encodeWith(model, expected.input!), expected.tokens!);
  const pixels = await decodeWith(model, lookUpWith(quantizer, expected.tokens!));
  expect(largestDifference(pixels, expected.reconstruction!)).toBeLessThan(tolerance);
}

async function readCheck(id: string, { file, input, tokens, reconstruction }: NonNullable<Manifest['check']>) {
  const tensors = await readTensors(join(models, id, file));
  return {
    input: await floatsOf(tensors, input),
    tokens: await floatsOf(tensors, tokens),
    reconstruction: await floatsOf(tensors, reconstruction),
  };
}

it('there is a toy and at least one trained model', () => {
  expect(ids).toContain('toy');
  expect(ids.length).toBeGreaterThan(1);
});

describe.each(ids)('the embedded model %s', (id) => {
  it('lists its files with their true size and hash, and is small', () => {
    const { files, graphs } = readManifest(id);
    for (const { name, bytes, sha256 } of files) {
      const content = read(id, name);
      expect({ name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') }).toEqual({
        name,
        bytes,
        sha256,
      });
    }
    // The discriminator is fetched by whoever asks for the critic's view, and by nobody else.
    const opened = files.filter(({ name }) => name !== graphs.discriminator?.file && !name.endsWith('.webp'));
    expect(opened.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(12e6);
  });

  it('passes its own check on WASM', { timeout: 60_000 }, async () => {
    const check = readManifest(id).check!;
    await expectResults(openModel(id), await readCheck(id, check), check.tolerance!);
  });

  it.runIf(existsSync(join(fullSize, `${id}.safetensors`)))(
    'gives at full size what PyTorch gives',
    { timeout: 120_000 },
    async () => {
      const tensors = await readTensors(join(fullSize, `${id}.safetensors`));
      const input = await floatsOf(tensors, 'input');
      const values = input.data as Float32Array;
      for (const [i, value] of values.entries()) values[i] = value / 127.5 - 1;
      const expected = {
        input,
        tokens: await floatsOf(tensors, 'tokens'),
        reconstruction: await floatsOf(tensors, 'reconstruction'),
      };
      // Kept in half precision, whose steps are 0.001 just above 1.
      await expectResults(openModel(id), expected, 0.002);
    },
  );
});

describe.runIf(clips.length > 0).each(clips)('the model for clips %s', (id) => {
  it('passes its own check by its other graphs too', { timeout: 60_000 }, async () => {
    const check = readManifest(id).check!;
    await expectResults(openModel(id, 'direct'), await readCheck(id, check), check.tolerance!);
  });
});

describe('the toy, worked out by hand', () => {
  it('calls a patch by the corner of the colour cube that its mean colour is nearest to', async () => {
    const quantizer = await openQuantizer(openModel('toy'));
    const entry = (token: number) => [...quantizer.entry(token)];
    expect(entry(0)).toEqual([-1, -1, -1]);
    expect(entry(1)).toEqual([1, -1, -1]);
    expect(entry(6)).toEqual([-1, 1, 1]);
    expect(entry(7)).toEqual([1, 1, 1]);
  });
});
