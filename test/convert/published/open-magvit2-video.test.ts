import { describe, expect, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput, type Shapes } from './hashed-weights.ts';

const widths = [32, 64, 64];
const bits = 6;

function shapes(): Shapes {
  const all = new Map<string, readonly number[]>();
  const conv = (name: string, inputs: number, outputs: number, side: number, bias = true) => {
    all.set(`${name}.conv_1.weight`, [outputs, inputs, side, side, side]);
    if (bias) all.set(`${name}.conv_1.bias`, [outputs]);
  };
  const affine = (name: string, shape: readonly number[]) => {
    all.set(`${name}.weight`, shape);
    all.set(`${name}.bias`, [shape[0]!]);
  };
  const residual = (name: string, inputs: number, outputs: number) => {
    affine(`${name}.norm1`, [inputs]);
    affine(`${name}.norm2`, [outputs]);
    conv(`${name}.conv1`, inputs, outputs, 3, false);
    conv(`${name}.conv2`, outputs, outputs, 3, false);
    if (inputs !== outputs) conv(`${name}.nin_shortcut`, inputs, outputs, 1, false);
  };
  conv('encoder.conv_in', 3, 32, 3, false);
  for (const [i, width] of widths.entries()) {
    residual(`encoder.down.${i}.block.0`, widths[i - 1] ?? 32, width);
    if (i < 2) conv(`encoder.down.${i}.downsample`, width, width, 3);
  }
  residual('encoder.mid_block.0', 64, 64);
  affine('encoder.norm_out', [64]);
  conv('encoder.conv_out', 64, bits, 1);
  conv('decoder.conv_in', bits, 64, 3);
  residual('decoder.mid_block.0', 64, 64);
  for (const [i, width] of [...widths.entries()].reverse()) {
    const inputs = widths[i + 1] ?? 64;
    for (const part of ['gamma', 'beta']) affine(`decoder.adaptive.${i}.${part}`, [inputs, bits]);
    residual(`decoder.up.${i}.block.0`, inputs, width);
    // The finest step changes the size of pictures alone.
    if (i > 0) conv(`decoder.up.${i}.upsample.conv1`, width, (i === 1 ? 4 : 8) * width, 3);
  }
  affine('decoder.norm_out', [32]);
  conv('decoder.conv_out', 32, 3, 3);
  return all;
}

describe('Open-MAGVIT2 for clips', () => {
  it('gives the numbers of its own code', async () => {
    const { manifest } = await expectGolden(await hashedCheckpoint(shapes()), hashedInput([1, 3, 5, 16, 16], [-1, 1]), {
      latents: [0.0907, 0.1075, 0.1495, -0.0205],
      latentMean: -0.05577,
      tokens: [
        25, 25, 25, 60, 29, 26, 57, 57, 57, 57, 25, 53, 61, 17, 28, 63, 21, 32, 54, 62, 44, 12, 6, 22, 61, 1, 46, 16, 7, 21, 37,
        63, 58, 34, 5, 38, 17, 38, 21, 2, 2, 60, 8, 61, 2, 22, 16, 4,
      ],
      mean: -0.10349,
      absolute: 0.31411,
      first: [-0.1294, -0.1715, -0.0822, -0.1947],
      last: [-0.1189, 0.2147],
    });
    expect(manifest).toMatchObject({
      architecture: 'open-magvit2-video',
      medium: 'video',
      size: { reduction: 4, frames: { rule: 'causal', reduction: 2, window: 17 } },
    });
  });
});
