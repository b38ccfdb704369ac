import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { decodeWith, encodeWith, testFixture } from './run-fixture.ts';
import { tamingShapes } from './taming-shapes.ts';

const sizes = { width: 32, multipliers: [1, 2, 2], blocks: 1 } as const;

describe('taming VQGAN', () => {
  testFixture('taming_vqgan_zip', 'taming-vqgan');
  testFixture('taming_vqgan_legacy', 'taming-vqgan');
  testFixture('taming_gumbel_f8', 'taming-vqgan');

  const input = hashedInput([1, 3, 16, 24], [-1, 1]);

  it('attends in a level and in the middle, at a size that is no square', async () => {
    const shapes = tamingShapes({ ...sizes, attended: [2], z: 16, dimension: 8, entries: 64 });
    const model = await expectGolden(await hashedCheckpoint(shapes), input, {
      latents: [-0.2381, -0.3245, 0.0543, 0.9362],
      latentMean: 0.03486,
      tokens: [56, 8, 56, 27, 31, 21, 48, 28, 3, 52, 2, 2, 7, 30, 45, 46, 46, 38, 48, 34, 15, 3, 11, 48],
      mean: -0.20785,
      absolute: 0.48418,
      first: [-0.4483, -0.6615, -0.5205, -0.457],
      last: [0.0505, -0.0727],
    });
    expect(model.manifest.size).toEqual({ reduction: 4, multipleOf: 4, minimum: 32, maximum: 256, preferred: [256, 256] });
  });

  it('names tokens by the scores of a Gumbel VQGAN', async () => {
    const shapes = tamingShapes({ ...sizes, attended: [], z: 8, dimension: 8, entries: 32, quantizer: 'gumbel' });
    await expectGolden(await hashedCheckpoint(shapes), input, {
      latents: [-0.6072, -0.1554, -0.0705, 1.3389],
      latentMean: 0.0849,
      tokens: [20, 5, 21, 23, 26, 5, 16, 5, 8, 31, 29, 21, 23, 9, 12, 16, 21, 9, 16, 21, 5, 9, 12, 26],
      mean: -0.20557,
      absolute: 0.49443,
      first: [-0.0839, -0.3187, -0.324, -0.5607],
      last: [-0.033, -0.064],
    });
  });

  it('averages and repeats where it has no convolutions to change sizes, inside a diffusion model, without middle attention', async () => {
    const shapes = tamingShapes({
      ...{ width: 32, multipliers: [2, 1, 3], blocks: 2, attended: [0], z: 6, dimension: 4, entries: 64 },
      ...{ middleAttention: false, resampled: false },
    });
    const whole = new Map([
      ...shapes,
      ['model.diffusion_model.out.2.weight', [3, 3]],
      ['cond_stage_model.encoder.x.weight', [2, 2]],
    ]);
    const checkpoint = await hashedCheckpoint(whole, {
      stored: (name) => (shapes.has(name) ? `first_stage_model.${name}` : name),
    });
    const model = await expectGolden(checkpoint, input, {
      latents: [0.3883, -0.6466, -0.203, 0.0519],
      latentMean: 0.05381,
      tokens: [30, 38, 38, 15, 15, 3, 6, 3, 31, 18, 15, 41, 6, 18, 15, 22, 37, 25, 6, 49, 32, 63, 5, 30],
      mean: -0.15897,
      absolute: 0.46489,
      first: [-0.3215, -0.3584, -0.4886, -0.1484],
      last: [0.5998, 0.5091],
    });
    expect(model.manifest.size).toMatchObject({ reduction: 4, maximum: 64, preferred: [64, 64] });
  });

  it('knows the network of Janus in transformers by the order of its levels', async () => {
    const shapes = tamingShapes({ ...sizes, attended: [2], z: 16, dimension: 8, entries: 64 });
    const inOrder = (name: string) => name.replace(/^decoder\.up\.(\d)/, (_, level) => `decoder.up.${2 - Number(level)}`);
    const checkpoint = await hashedCheckpoint(shapes, { stored: (name) => `model.vqmodel.${inOrder(name)}` });
    const { manifest } = await expectGolden(checkpoint, input, {
      latents: [-0.2381, -0.3245, 0.0543, 0.9362],
      latentMean: 0.03486,
      tokens: [56, 8, 56, 27, 33, 11, 48, 28, 3, 52, 2, 2, 47, 30, 8, 33, 46, 38, 48, 34, 45, 3, 25, 48],
      mean: -0.20139,
      absolute: 0.49607,
      first: [-0.2479, -0.6118, -0.368, -0.3384],
      last: [-0.122, -0.1607],
    });
    expect(manifest.quantizer).toMatchObject({ score: 'cosine', normalizeEntries: true });
  });

  it('names a codebook that is none', async () => {
    const shapes = tamingShapes({ ...sizes, attended: [], z: 8, dimension: 4, entries: 0 });
    await expect(hashedCheckpoint(shapes).then((checkpoint) => convertCheckpoint(checkpoint))).rejects.toMatchObject({
      code: 'model-corrupt',
      parameters: { reason: 'its codebook has 0 entries of 4 numbers' },
    });
  });

  it.each([
    ['encoder.mid.block_2.', 'encoder.mid.block_2.norm1.weight'],
    ['decoder.mid.attn_1.', 'decoder.mid.attn_1.norm.weight'],
    ['encoder.down.0.downsample.', 'encoder.down.0.downsample.conv.weight'],
    ['decoder.up.2.attn.1.', 'decoder.up.2.attn.1.norm.weight'],
  ])('misses a part that is not there at all: %s', async (part, first) => {
    const whole = await hashedCheckpoint(tamingShapes({ ...sizes, attended: [2], z: 8, dimension: 4, entries: 16 }));
    const tensors = new Map([...whole.tensors].filter(([name]) => !name.startsWith(part)));
    await expect(convertCheckpoint({ ...whole, tensors })).rejects.toMatchObject({
      code: 'model-corrupt',
      parameters: { reason: `it has no tensor ${first}` },
    });
  });

  it('takes greys as what all three colours are', async () => {
    const grey = { ...sizes, attended: [], z: 8, dimension: 4, entries: 16, colours: 1 };
    const model = (await convertCheckpoint(await hashedCheckpoint(tamingShapes(grey))))!;
    const pixels = await decodeWith(model, hashedInput([1, 4, 4, 6], [-1, 1]));
    expect(pixels.dims).toEqual([1, 3, 16, 24]);
    const [red, green, blue] = [0, 1, 2].map((channel) => pixels.data.slice(channel * 384, (channel + 1) * 384));
    expect([green, blue]).toEqual([red, red]);
    expect((await encodeWith(model, pixels)).dims).toEqual([1, 4, 4, 6]);
  });
});
