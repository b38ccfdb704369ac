import { describe, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { Modules } from './taming-shapes.ts';

const bits = 6;
const counts = [2, 1, 2];

function shapes() {
  const modules = new Modules();
  const middle = (half: string) => {
    modules.residual(`${half}.mid.block_1`, 64, 64);
    modules.attention(`${half}.mid.attn_1`, 64);
    modules.residual(`${half}.mid.block_2`, 64, 64);
  };
  const level = (name: string, count: number, inputs: number, width: number) => {
    for (let j = 0; j < count; j++) modules.residual(`${name}.block.${j}`, j === 0 ? inputs : width, width);
  };
  const encoder = [32, 64, 64];
  modules.conv('encoder.conv_in', 3, 32, 3);
  for (const [i, width] of encoder.entries()) {
    level(`encoder.down.${i}`, counts[i]!, encoder[i - 1] ?? 32, width);
    if (i < 2) modules.conv(`encoder.down.${i}.downsample.conv`, width, width, 3);
  }
  middle('encoder');
  modules.norm('encoder.norm_out', 64);
  modules.conv('encoder.conv_out', 64, bits, 3);
  modules.conv('encoder.quant_conv', bits, bits, 1);
  modules.conv('decoder.post_quant_conv', bits, bits, 1);
  modules.conv('decoder.conv_in', bits, 64, 3);
  middle('decoder');
  const decoder = [32, 32, 64];
  for (const [i, width] of [...decoder.entries()].reverse()) {
    level(`decoder.up.${i}`, counts[i]!, decoder[i + 1] ?? 64, width);
    if (i > 0) modules.conv(`decoder.up.${i}.upsample.conv`, width, width, 3);
  }
  modules.norm('decoder.norm_out', 32);
  modules.conv('decoder.conv_out', 32, 3, 3);
  return modules.shapes;
}

describe('MAGVITv2 of Show-o', () => {
  testFixture('showo_magvitv2', 'showo-magvitv2');

  it('has the same numbers at other depths, without the buffers of its quantizer', async () => {
    await expectGolden(await hashedCheckpoint(shapes()), hashedInput([1, 3, 16, 24], [-1, 1]), {
      latents: [-0.1561, 0.3368, 0.1144, -1.2883],
      latentMean: -0.08052,
      tokens: [12, 44, 47, 26, 24, 19, 55, 12, 24, 26, 22, 45, 16, 19, 55, 12, 2, 18, 26, 12, 19, 26, 28, 16],
      mean: -0.21563,
      absolute: 0.52345,
      first: [0.0596, -0.3147, -0.6099, -0.5553],
      last: [-0.1194, 0.1414],
    });
  });
});
