import { describe, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { Modules } from './taming-shapes.ts';

function shapes() {
  const modules = new Modules();
  const stack = (half: string) => {
    for (const layer of [0, 1]) {
      const block = `${half}._residual_stack._layers.${layer}._block`;
      modules.conv(`${block}.1`, 32, 8, 3, { bias: false });
      modules.conv(`${block}.3`, 8, 32, 1, { bias: false });
    }
  };
  modules.conv('_encoder._conv_1', 3, 16, 4);
  modules.conv('_encoder._conv_2', 16, 32, 4);
  modules.conv('_encoder._conv_3', 32, 32, 3);
  stack('_encoder');
  modules.conv('_pre_vq_conv', 32, 8, 1);
  modules.shapes.set('_vq_vae._embedding.weight', [64, 8]);
  modules.conv('_decoder._conv_1', 8, 32, 3);
  stack('_decoder');
  modules.convTranspose('_decoder._conv_trans_1', 32, 16, 4);
  modules.convTranspose('_decoder._conv_trans_2', 16, 3, 4);
  return modules.shapes;
}

describe('pytorch-vq-vae of zalandoresearch', () => {
  testFixture('zalando_vqvae_ema', 'zalando-vqvae');

  it('has the same numbers at other widths, without moving averages and behind a wrapper', async () => {
    const checkpoint = await hashedCheckpoint(shapes(), { gain: 3, stored: (name) => `module.${name}` });
    await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-0.5, 0.5]), {
      latents: [-88.1287, -50.0217, 17.3879, -46.2165],
      latentMean: 15.14512,
      tokens: [27, 20, 18, 4, 62, 62, 4, 21, 21, 21, 16, 2, 20, 8, 21, 21, 21, 48, 21, 21, 21, 48, 21, 48],
      mean: 28.53983,
      absolute: 136.66152,
      first: [-32.5582, -45.4749, -85.511, -169.888],
      last: [2.5319, 9.3571],
    });
  });
});
