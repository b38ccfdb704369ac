import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import type { StoredTensor } from '../../../src/convert/tensors.ts';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { Modules } from './taming-shapes.ts';

const widths = [32, 64, 64];

/** Three levels of which the first `halved` of the encoder and the last of the decoder change the size. */
function shapes(patch: number, halved: number, channels = 6) {
  const modules = new Modules();
  const middle = (half: string) => {
    modules.residual(`${half}.mid.block_1`, 64, 64);
    modules.attention(`${half}.mid.attn_1`, 64);
    modules.residual(`${half}.mid.block_2`, 64, 64);
  };
  modules.conv('encoder.conv_in', 3 * patch ** 2, 32, 3);
  for (const [i, width] of widths.entries()) {
    modules.residual(`encoder.down.${i}.block.0`, widths[i - 1] ?? 32, width);
    if (i < halved) modules.conv(`encoder.down.${i}.downsample.conv`, width, width, 3);
  }
  middle('encoder');
  modules.norm('encoder.norm_out', 64);
  modules.conv('encoder.conv_out', 64, 16, 3);
  modules.conv('quant_conv', 16, channels, 1);
  modules.conv('post_quant_conv', channels, 16, 1);
  modules.conv('decoder.conv_in', 16, 64, 3);
  middle('decoder');
  for (const [i, width] of [...widths.entries()].reverse()) {
    for (const j of [0, 1]) modules.residual(`decoder.up.${i}.block.${j}`, j === 0 ? (widths[i + 1] ?? 64) : width, width);
    if (i >= 3 - halved) modules.conv(`decoder.up.${i}.upsample.conv`, width, width, 3);
  }
  modules.norm('decoder.norm_out', 32);
  modules.conv('decoder.conv_out', 32, 3 * patch ** 2, 3);
  return modules.shapes;
}

describe('Cosmos DI', () => {
  testFixture('cosmos_di', 'cosmos-di');
  testFixture('cosmos_di_jit', 'cosmos-di');

  const input = hashedInput([1, 3, 32, 48], [-1, 1]);

  it('has the same numbers with patches of 4 pixels', async () => {
    const { manifest } = await expectGolden(await hashedCheckpoint(shapes(4, 1)), input, {
      latents: [0.2757, 0.6513, -0.2239, 0.4178],
      latentMean: -0.032,
      tokens: [
        31989, 31606, 45243, 31525, 46844, 47477, 29418, 16301, 21668, 47398, 15670, 34989, 29026, 18518, 16627, 13419, 18622,
        47804, 15605, 19565, 19133, 31405, 31861, 31898,
      ],
      mean: -0.232,
      absolute: 1.77394,
      // biome-ignore lint/suspicious/noApproximativeNumericConstant: it only looks like the logarithm of e.
      first: [-0.8642, -0.915, -2.117, 0.4342],
      last: [-0.1836, 0.4195],
    });
    expect(manifest.size.reduction).toBe(8);
  });

  it('has the same numbers with patches of 2 pixels', async () => {
    const { manifest } = await expectGolden(await hashedCheckpoint(shapes(2, 2)), input, {
      latents: [-0.477, -0.5693, -0.0238, -0.2087],
      latentMean: 0.03086,
      tokens: [
        34210, 43882, 47028, 46971, 32620, 34093, 47854, 17053, 18750, 24871, 47916, 34093, 45356, 28468, 5927, 82, 26475, 34486,
        29419, 47836, 16596, 16115, 17131, 32029,
      ],
      mean: -0.21068,
      absolute: 0.94098,
      first: [0.0661, -0.752, -0.6784, -1.2802],
      last: [0.2399, -0.1516],
    });
    expect(manifest.size.reduction).toBe(8);
  });

  const levelsOf = async (config: unknown, channels: number, stored?: readonly number[]) => {
    const { tensors, ...rest } = await hashedCheckpoint(shapes(4, 3, channels), { config });
    const bytes = async () => BigInt64Array.from(stored ?? [], BigInt).buffer;
    const all = new Map<string, StoredTensor>(tensors);
    if (stored) all.set('quantizer._levels', { dtype: 'I64', shape: [channels], bytes });
    return (await convertCheckpoint({ ...rest, tensors: all }))?.manifest.quantizer.levels;
  };

  it('takes its levels from the file, from its settings, or as many channels usually have', async () => {
    expect(await levelsOf(undefined, 6)).toEqual([8, 8, 8, 5, 5, 5]);
    expect(await levelsOf(undefined, 4)).toEqual([8, 5, 5, 5]);
    expect(await levelsOf({ levels: [7, 5, 5, 5, 5] }, 5)).toEqual([7, 5, 5, 5, 5]);
    expect(await levelsOf({ levels: [7, 5] }, 4, [4, 4, 4, 3])).toEqual([4, 4, 4, 3]);
    expect(await levelsOf({ levels: [3, 3, 3, 3, 3, 3, 3, 3] }, 8)).toEqual([3, 3, 3, 3, 3, 3, 3, 3]);
  });

  it('is not what has more channels than levels are known for, or another quantizer', async () => {
    expect(await levelsOf(undefined, 16)).toBeUndefined();
    expect(await levelsOf({ quantizer: 'RESFSQ' }, 6)).toBeUndefined();
    expect(await levelsOf({ name: 'CI' }, 6)).toBeUndefined();
  });
});
