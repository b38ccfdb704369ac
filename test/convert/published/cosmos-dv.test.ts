import { describe, expect, it } from 'vitest';
import { expectGolden, type Golden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { VideoModules } from './video-shapes.ts';

const widths = [32, 64, 64];

/** Three levels with one block each, and all steps that the code makes, taken or not. */
function shapes(patch: number, spare: (name: string) => boolean = () => false) {
  const modules = new VideoModules();
  const pair = (name: string, inputs: number, outputs: number) => {
    modules.conv(`${name}.0.conv3d`, inputs, outputs, [1, 3, 3]);
    modules.conv(`${name}.1.conv3d`, outputs, outputs, [3, 1, 1]);
  };
  const residual = (name: string, inputs: number, outputs: number) => {
    modules.norm(`${name}.norm1.norm`, inputs);
    pair(`${name}.conv1`, inputs, outputs);
    modules.norm(`${name}.norm2.norm`, outputs);
    pair(`${name}.conv2`, outputs, outputs);
    if (inputs !== outputs) modules.conv(`${name}.nin_shortcut.conv3d`, inputs, outputs, [1, 1, 1]);
  };
  const middle = (side: string) => {
    residual(`${side}.mid.block_1`, 64, 64);
    for (const part of [0, 1]) {
      modules.norm(`${side}.mid.attn_1.${part}.norm.norm`, 64);
      for (const conv of ['q', 'k', 'v', 'proj_out'])
        modules.conv(`${side}.mid.attn_1.${part}.${conv}.conv3d`, 64, 64, [1, 1, 1]);
    }
    residual(`${side}.mid.block_2`, 64, 64);
  };
  const step = (name: string, width: number, kernels: readonly (readonly [number, number, number])[]) => {
    for (const [i, kernel] of kernels.entries()) {
      if (!spare(`${name}.conv${i + 1}`)) modules.conv(`${name}.conv${i + 1}.conv3d`, width, width, kernel);
    }
  };
  const [space, time, one] = [
    [1, 3, 3],
    [3, 1, 1],
    [1, 1, 1],
  ] as const;
  pair('encoder.conv_in', 3 * patch ** 3, 32);
  for (const [i, width] of widths.entries()) {
    residual(`encoder.down.${i}.block.0`, widths[i - 1] ?? 32, width);
    if (i < 2) step(`encoder.down.${i}.downsample`, width, [space, time, one]);
  }
  middle('encoder');
  modules.norm('encoder.norm_out.norm', 64);
  pair('encoder.conv_out', 64, 16);
  modules.conv('quant_conv.conv3d', 16, 6, one);
  modules.conv('post_quant_conv.conv3d', 6, 16, one);
  pair('decoder.conv_in', 16, 64);
  middle('decoder');
  for (const [i, width] of widths.entries()) {
    for (const j of [0, 1]) residual(`decoder.up.${i}.block.${j}`, j === 0 ? (widths[i + 1] ?? 64) : width, width);
    if (i > 0) step(`decoder.up.${i}.upsample`, width, [time, space, one]);
  }
  modules.norm('decoder.norm_out.norm', 32);
  pair('decoder.conv_out', 32, 3 * patch ** 3);
  return modules.shapes;
}

interface Case {
  readonly time: number;
  readonly space: number;
  readonly patch: number;
  readonly input: readonly number[];
  readonly golden: Golden;
}

const cases: readonly Case[] = [
  {
    time: 4,
    space: 8,
    patch: 4,
    input: [1, 3, 9, 16, 16],
    golden: {
      latents: [0.1027, 0.0704, 0.2946, -0.5428],
      latentMean: 0.15465,
      tokens: [42356, 42356, 42421, 33962, 42356, 42356, 42421, 33962, 42868, 42356, 42421, 33962],
      mean: 0.21949,
      absolute: 3.00728,
      first: [0.0423, 0.4521, -3.2253, 2.7817],
      last: [-2.1195, 0.0573],
    },
  },
  {
    time: 8,
    space: 16,
    patch: 4,
    input: [1, 3, 9, 32, 32],
    golden: {
      latents: [-0.359, -0.6219, 0.2011, -0.5231],
      latentMean: -0.151,
      tokens: [16603, 46954, 29349, 33954, 16603, 46890, 29357, 33954],
      mean: -0.55303,
      absolute: 3.36301,
      first: [0.3367, -2.5917, -2.9094, -0.7137],
      last: [2.6541, -3.248],
    },
  },
  {
    time: 8,
    space: 8,
    patch: 4,
    input: [1, 3, 17, 16, 16],
    golden: {
      latents: [-0.1058, 0.2594, 0.3318, -0.6966],
      latentMean: 0.1079,
      tokens: [42356, 44917, 42349, 33970, 42347, 44917, 42349, 33962, 42347, 44917, 42349, 33962],
      mean: 0.21287,
      absolute: 3.09519,
      first: [0.4391, -4.3291, -3.1532, 1.7247],
      last: [-0.9376, -4.5936],
    },
  },
  {
    time: 4,
    space: 8,
    patch: 2,
    input: [1, 3, 5, 16, 16],
    golden: {
      latents: [0.5704, -0.6393, -0.3446, -0.8107],
      latentMean: -0.12725,
      tokens: [42358, 28954, 33883, 31393, 42357, 28890, 31835, 31402],
      mean: -0.22574,
      absolute: 1.13119,
      first: [0.6033, 0.0357, 0.2772, -0.3113],
      last: [-0.6063, 0.2981],
    },
  },
  {
    time: 4,
    space: 8,
    patch: 4,
    input: [1, 3, 1, 16, 16],
    golden: {
      latents: [0.1555, 0.129, -0.1325, -1.1355],
      latentMean: -0.00577,
      tokens: [32109, 44916, 39188, 33961],
      mean: 0.30892,
      absolute: 3.21679,
      first: [1.9919, -1.9873, -1.1397, -2.3634],
      last: [-3.6683, 1.5934],
    },
  },
];

describe('Cosmos DV', () => {
  testFixture('cosmos_dv', 'cosmos-dv');

  it.each(cases)('has the same numbers: $time × $space × $space, patches of $patch, $input', async (each) => {
    const { time, space, patch, input, golden } = each;
    const config = { temporal_compression: time, spatial_compression: space };
    const checkpoint = await hashedCheckpoint(shapes(patch), { config });
    const { manifest } = await expectGolden(checkpoint, hashedInput(input, [-1, 1]), golden);
    expect(manifest.size).toMatchObject({ reduction: space, frames: { rule: 'causal', reduction: time } });
  });

  it('learns from the name of its file how much it compresses', async () => {
    const { input, golden } = cases[0]!;
    const checkpoint = { ...(await hashedCheckpoint(shapes(4))), file: 'Cosmos-0.1-Tokenizer-DV4x8x8/autoencoder.jit' };
    await expectGolden(checkpoint, hashedInput(input, [-1, 1]), golden);
  });

  it('learns it from the steps in the file where only those taken are there', async () => {
    const { input, golden } = cases[0]!;
    const spare = (name: string) => /down\.1|up\.1|down\.0\.downsample\.conv2|up\.2\.upsample\.conv1/.test(name);
    await expectGolden(await hashedCheckpoint(shapes(4, spare)), hashedInput(input, [-1, 1]), golden);
  });
});
