import { createHash } from 'node:crypto';
import type { Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { publishedFixtures } from '../../../src/cli/published.ts';
import type { ConvertedModel, ConvertOptions } from '../../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { halveGraph } from '../../../src/onnx/half-graph.ts';
import { largestDifference } from '../tokenscope-2d.ts';
import { compareFixture, decodeWith, openFixture, readArray } from './run-fixture.ts';

async function convert(name: string, options: ConvertOptions): Promise<ConvertedModel> {
  return (await convertCheckpoint(await openFixture(name), options))!;
}

const decode = (model: ConvertedModel, name: string): Promise<Tensor> => decodeWith(model, readArray(name, 'quantized'));

async function graphsOf({ files }: ConvertedModel): Promise<readonly string[]> {
  const names = ['encoder.onnx', 'decoder.onnx'];
  const hash = async (name: string) => createHash('sha256').update(new Uint8Array(await files.get(name)!.arrayBuffer()));
  return Promise.all(names.map(async (name) => (await hash(name)).digest('hex')));
}

/** Networks that enlarge without a convolution of 3 × 3 behind it: pixels shuffled, transposed, or in volumes. */
const alike = [
  'dvq_deepmind',
  'magvit_vqgan3d_conv',
  'magvit_vqgan3d_pool',
  'openmagvit2_lfq',
  'tats_vqgan',
  'tats_vqgan_group',
  'videogpt_vqvae',
  'zalando_vqvae_ema',
];

describe('the fast form', () => {
  it.each(publishedFixtures().filter((name) => !alike.includes(name)))('%s gives its authors’ numbers', async (name) => {
    const { model, ...differs } = await compareFixture(name, { weights: 'stored', graph: 'fast' });
    expect(differs.wrongTokens).toBe(0);
    expect(differs.latents).toBeLessThan(5e-5);
    expect(differs.reconstruction).toBeLessThan(1e-4);
    const plain = await convert(name, { weights: 'stored' });
    expect(largestDifference(await decode(model, name), await decode(plain, name))).toBeLessThan(1e-5);
    const { relaid, ...rest } = model.report;
    expect(relaid).toBeGreaterThan(0);
    expect({ ...rest, relaid: 0 }).toEqual(plain.report);
    expect(model.manifest.conversion).toMatchObject({ weights: 'stored', graph: 'fast', relaid });
  });

  it.each(alike)('%s has no layers for it', async (name) => {
    const [fast, plain] = [await convert(name, { weights: 'stored', graph: 'fast' }), await convert(name, { weights: 'stored' })];
    expect(await graphsOf(fast)).toEqual(await graphsOf(plain));
    expect(fast.report.relaid).toBe(0);
  });
});

/** All with TOKENSCOPE_FULL. */
const few = ['diffusers_movq', 'diffusers_vq_amused', 'maskgit_vqgan', 'taming_vqgan_zip', 'videogpt_vqvae'];
const halved = process.env.TOKENSCOPE_FULL === undefined ? few : publishedFixtures();

describe('half precision', () => {
  it.each(halved)('%s loses what rounding takes', async (name) => {
    const { model, ...differs } = await compareFixture(name, { weights: 'half' });
    expect(differs.wrongTokens).toBeLessThanOrEqual(0.1 * readArray(name, 'tokens').data.length);
    expect(differs.reconstruction).toBeLessThan(2e-2);
    const { referred, copied } = model.report;
    expect(referred).toBe(0);
    expect(copied).toBeGreaterThan(0);
    if (alike.includes(name)) return;
    const fast = await convert(name, { weights: 'half', graph: 'fast' });
    expect(largestDifference(await decode(fast, name), await decode(model, name))).toBeLessThan(1e-5);
  });
});

it('a faster graph that computes in half precision is as near as a plain one', async () => {
  const name = 'taming_vqgan_zip';
  const expected = readArray(name, 'reconstruction');
  for (const graph of ['plain', 'fast'] as const) {
    const model = await convert(name, { weights: 'stored', graph });
    const decoder = new Uint8Array(await model.files.get('decoder.onnx')!.arrayBuffer());
    const halved = new Blob([halveGraph(decoder, 'decoder.onnx')]);
    const pixels = await decode({ ...model, files: new Map([...model.files, ['decoder.onnx', halved]]) }, name);
    expect(largestDifference(pixels, expected)).toBeLessThan(3e-2);
  }
});
