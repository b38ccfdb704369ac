import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput, type Shapes } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { type TamingSizes, tamingShapes } from './taming-shapes.ts';

const ATTENTION = ['to_q', 'to_k', 'to_v', 'to_out.0'];
const OLD_ATTENTION = ['query', 'key', 'value', 'proj_attn'];
const TAMING_ATTENTION = ['q', 'k', 'v', 'proj_out'];

/** diffusers' name for taming's; its decoder's levels stand in the order in which they run. */
function rename(name: string, levels: number, attention: readonly string[], modulated: boolean): string {
  const norm = modulated && name.startsWith('decoder.') ? 'spatial_norm' : 'group_norm';
  return name
    .replace(/^decoder\.up\.(\d+)/, (_, i) => `decoder.up_blocks.${levels - 1 - Number(i)}`)
    .replace('encoder.down.', 'encoder.down_blocks.')
    .replace(/(_blocks\.\d+)\.block\./, '$1.resnets.')
    .replace(/(_blocks\.\d+)\.attn\./, '$1.attentions.')
    .replace('mid.block_1', 'mid_block.resnets.0')
    .replace('mid.block_2', 'mid_block.resnets.1')
    .replace('mid.attn_1', 'mid_block.attentions.0')
    .replace('downsample.conv', 'downsamplers.0.conv')
    .replace('upsample.conv', 'upsamplers.0.conv')
    .replace('nin_shortcut', 'conv_shortcut')
    .replace('norm_out', 'conv_norm_out')
    .replace(/(attentions\.\d+)\.norm\./, `$1.${norm}.`)
    .replace(/(attentions\.\d+)\.(q|k|v|proj_out)\./, (_, at, part) => `${at}.${attention[TAMING_ATTENTION.indexOf(part)]}.`);
}

interface Variant {
  readonly attention?: readonly string[];
  readonly modulated?: boolean;
}

/** Attention as linear layers, unless its names are the old ones: then as 1 x 1 convolutions. */
function shapesOf(sizes: TamingSizes, { attention = ATTENTION, modulated = false }: Variant = {}): Shapes {
  const linear = /attentions\.\d+\.to_/;
  return new Map(
    [...tamingShapes(sizes, { modulated })].map(([name, shape]) => {
      const own = rename(name, sizes.multipliers.length, attention, modulated);
      return [own, linear.test(own) ? shape.slice(0, 2) : shape];
    }),
  );
}

describe('diffusers VQModel', () => {
  testFixture('diffusers_vq_ldm', 'diffusers-vq');
  testFixture('diffusers_vq_oldnames', 'diffusers-vq');
  testFixture('diffusers_vq_amused', 'diffusers-vq');
  testFixture('diffusers_movq', 'diffusers-vq');

  it('has as many groups as fit where no config says how many', async () => {
    const sizes = {
      width: 1,
      multipliers: [24, 48, 32, 48],
      first: 24,
      blocks: 1,
      attended: [2, 3],
      z: 5,
      dimension: 4,
      entries: 64,
    };
    await expectGolden(await hashedCheckpoint(shapesOf(sizes)), hashedInput([1, 3, 32, 48], [-1, 1]), {
      latents: [-0.2726, 0.5995, -0.1284, 0.4029],
      latentMean: 0.29179,
      tokens: [39, 61, 19, 59, 51, 59, 23, 54, 61, 61, 61, 61, 39, 61, 54, 54, 61, 61, 23, 26, 43, 15, 58, 61],
      mean: -0.29016,
      absolute: 0.58662,
      first: [-0.2756, -0.4076, -0.4493, -0.6255],
      last: [-0.0766, 0.1209],
    });
  });

  it('reads old names of attention, its weights as convolutions, and another activation', async () => {
    const sizes = { width: 1, multipliers: [24, 48], first: 24, blocks: 2, attended: [1], z: 5, dimension: 4, entries: 64 };
    const shapes = shapesOf(sizes, { attention: OLD_ATTENTION });
    const checkpoint = await hashedCheckpoint(shapes, { config: { norm_num_groups: 8, act_fn: 'gelu' } });
    await expectGolden(checkpoint, hashedInput([1, 3, 12, 16], [-1, 1]), {
      latents: [0.3438, -0.1817, -0.4413, -0.4855],
      latentMean: 0.21936,
      tokens: [
        ...[26, 19, 34, 39, 20, 59, 27, 15, 51, 59, 20, 39, 1, 54, 54, 29, 15, 35, 54, 36, 51, 61, 51, 61],
        ...[39, 19, 39, 51, 1, 54, 60, 26, 26, 61, 15, 9, 32, 59, 39, 29, 1, 1, 60, 1, 1, 54, 51, 60],
      ],
      mean: -0.44987,
      absolute: 0.52269,
      first: [-0.3156, -0.9491, -0.4477, -0.6099],
      last: [-0.0668, 0.0703],
    });
  });

  it('keeps 32 groups in modulated norms, whatever the config says of the others (MoVQ)', async () => {
    const sizes = { width: 1, multipliers: [32, 64, 32], first: 32, blocks: 1, attended: [2], z: 5, dimension: 4, entries: 64 };
    const checkpoint = await hashedCheckpoint(shapesOf(sizes, { modulated: true }), { config: { norm_num_groups: 4 } });
    await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-1, 1]), {
      latents: [0.7303, 0.3424, 0.722, 0.6975],
      latentMean: 0.35267,
      tokens: [60, 26, 54, 60, 26, 26, 54, 12, 10, 54, 60, 19, 61, 10, 54, 10, 57, 57, 15, 60, 33, 61, 60, 57],
      mean: -0.13152,
      absolute: 0.28936,
      first: [0.1463, 0.0686, 0.0736, 0.0282],
      last: [-0.0352, -0.0188],
    });
  });

  it('refuses groups that do not fit its widths', async () => {
    const sizes = { width: 32, multipliers: [1, 1], blocks: 1, attended: [], z: 4, dimension: 4, entries: 8 };
    const checkpoint = await hashedCheckpoint(shapesOf(sizes), { config: { norm_num_groups: 2 ** 40 } });
    await expect(convertCheckpoint(checkpoint)).rejects.toMatchObject({ code: 'model-corrupt' });
  });

  it('takes [0, 1] where its sizes are those of aMUSEd, and the side that a config names', async () => {
    const sizes = {
      width: 32,
      multipliers: [1, 1],
      blocks: 1,
      attended: [],
      middleAttention: false,
      z: 64,
      dimension: 64,
      entries: 8192,
    };
    const model = (await convertCheckpoint(await hashedCheckpoint(shapesOf(sizes), { config: { sample_size: 512 } })))!;
    expect(model.manifest.pixels).toMatchObject({ range: [0, 1], outputRange: [0, 1] });
    expect(model.manifest.size.preferred).toEqual([512, 512]);
  });
});
