import { describe, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { Modules } from './taming-shapes.ts';

const widths = [32, 64, 64];
const bits = 6;
const plain = { bias: false };

function shapes() {
  const modules = new Modules();
  modules.conv('encoder.conv_in', 3, 32, 3, plain);
  for (const [i, width] of widths.entries()) {
    modules.residual(`encoder.down.${i}.block.0`, widths[i - 1] ?? 32, width, plain);
    if (i < 2) modules.conv(`encoder.down.${i}.downsample`, width, width, 3);
  }
  modules.residual('encoder.mid_block.0', 64, 64, plain);
  modules.norm('encoder.norm_out', 64);
  modules.conv('encoder.conv_out', 64, bits, 1);
  modules.conv('decoder.conv_in', bits, 64, 3);
  modules.residual('decoder.mid_block.0', 64, 64, plain);
  for (const [i, width] of [...widths.entries()].reverse()) {
    const inputs = widths[i + 1] ?? 64;
    for (const part of ['gamma', 'beta']) {
      modules.shapes.set(`decoder.adaptive.${i}.${part}.weight`, [inputs, bits]);
      modules.shapes.set(`decoder.adaptive.${i}.${part}.bias`, [inputs]);
    }
    modules.residual(`decoder.up.${i}.block.0`, inputs, width, plain);
    if (i > 0) modules.conv(`decoder.up.${i}.upsample.conv1`, width, 4 * width, 3);
  }
  modules.norm('decoder.norm_out', 32);
  modules.conv('decoder.conv_out', 32, 3, 3);
  return modules.shapes;
}

describe('Open-MAGVIT2', () => {
  testFixture('openmagvit2_lfq', 'open-magvit2');

  it('has the same numbers at other depths, at a size that is no square', async () => {
    await expectGolden(await hashedCheckpoint(shapes()), hashedInput([1, 3, 16, 24], [-1, 1]), {
      latents: [0.2979, 0.6131, 0.2216, 0.0935],
      latentMean: -0.18299,
      tokens: [53, 15, 27, 1, 36, 32, 11, 2, 13, 0, 25, 12, 53, 28, 1, 29, 12, 12, 63, 32, 6, 37, 0, 0],
      mean: -0.21649,
      absolute: 0.51194,
      first: [0.0406, -0.4471, -0.4526, -0.6566],
      last: [-0.1115, -0.0056],
    });
  });
});
