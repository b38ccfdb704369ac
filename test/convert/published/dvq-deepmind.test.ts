import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { Modules } from './taming-shapes.ts';

function shapes(quantizer: 'vectors' | 'scores') {
  const modules = new Modules();
  const block = (name: string) => {
    modules.conv(`${name}.conv.0`, 32, 8, 3);
    modules.conv(`${name}.conv.2`, 8, 32, 1);
  };
  modules.conv('encoder.net.0', 3, 16, 4);
  modules.conv('encoder.net.2', 16, 32, 4);
  modules.conv('encoder.net.4', 32, 32, 3);
  for (const i of [6, 7]) block(`encoder.net.${i}`);
  // As many scores as there are numbers in an entry.
  const [entries, dimension] = quantizer === 'scores' ? [32, 32] : [64, 8];
  modules.conv('quantizer.proj', 32, dimension, 1);
  modules.shapes.set('quantizer.embed.weight', [entries, dimension]);
  if (quantizer === 'vectors') modules.shapes.set('quantizer.data_initialized', [1]);
  modules.conv('decoder.net.0', dimension, 32, 3);
  for (const i of [2, 3]) block(`decoder.net.${i}`);
  modules.convTranspose('decoder.net.4', 32, 16, 4);
  modules.convTranspose('decoder.net.6', 16, 3, 4);
  return modules.shapes;
}

describe('deep-vector-quantization of karpathy', () => {
  testFixture('dvq_deepmind', 'dvq-deepmind');

  it('has the same numbers at other widths', async () => {
    const checkpoint = await hashedCheckpoint(shapes('vectors'), { gain: 3 });
    await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-0.5, 0.5]), {
      latents: [-23.2953, -33.2589, -42.1616, 0.367],
      latentMean: -8.66769,
      tokens: [37, 63, 44, 34, 63, 51, 37, 63, 49, 3, 63, 51, 63, 63, 63, 34, 16, 50, 50, 22, 43, 50, 43, 34],
      mean: -24.07883,
      absolute: 89.4507,
      first: [-2.3934, -34.3158, -30.4366, -28.2516],
      last: [-1.8606, 62.1994],
    });
  });

  it('names tokens by scores, also where there are as many entries as numbers in one', async () => {
    const golden = {
      latents: [0, 12.7523, 0, 0],
      latentMean: 11.03082,
      tokens: [25, 13, 25, 10, 25, 29, 25, 25, 19, 25, 25, 29, 25, 13, 3, 25, 24, 28, 23, 24, 24, 23, 24, 23],
      mean: -9.61953,
      absolute: 34.38936,
      first: [-1.0803, -7.0317, -5.3893, 1.4081],
      last: [-15.5558, 20.6684],
    };
    const input = hashedInput([1, 3, 16, 24], [-0.5, 0.5]);
    const checkpoint = await hashedCheckpoint(shapes('scores'), { gain: 3 });
    await expectGolden(checkpoint, input, golden);
    const told = { ...checkpoint, carried: { vq_flavor: 'vqvae' } };
    expect((await convertCheckpoint(told))!.manifest.quantizer.score).toBe('l2');
  });
});
