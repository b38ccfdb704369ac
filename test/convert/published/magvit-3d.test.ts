import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { expectGolden, type Golden } from './golden.ts';
import { hashedCheckpoint, hashedInput, type Shapes } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';

type Named = readonly [name: string, shape: readonly number[]];

/** One level of 4 filters with one block, and no norms. */
function shapes(): Shapes {
  const conv = (name: string, side: number, inputs: number, outputs: number, biased = false): Named[] => {
    const kernel = [`${name}/kernel`, [side, side, side, inputs, outputs]] as const;
    return biased ? [kernel, [`${name}/bias`, [outputs]]] : [kernel];
  };
  const blocks = (half: string) => [0, 1].flatMap((i) => [0, 1].flatMap((j) => conv(`${half}/ResBlock_${i}/Conv_${j}`, 3, 4, 4)));
  return new Map<string, readonly number[]>([
    ...conv('encoder/Conv_0', 3, 3, 4),
    ...blocks('encoder'),
    ...conv('encoder/Conv_1', 1, 4, 4, true),
    ['quantizer/codebook', [16, 4]],
    ...conv('decoder/Conv_0', 3, 4, 4, true),
    ...blocks('decoder'),
    ...conv('decoder/Conv_1', 3, 4, 3, true),
  ]);
}

/** What Flax itself computed. */
const padded: readonly (readonly [mode: string, golden: Golden])[] = [
  [
    'wrap',
    {
      latents: [2.6879, 11.1341, 2.2973, 4.7944],
      latentMean: -0.23965,
      tokens: [...'001010011101111011111011101000100011101110011100'].map((bit) => (bit === '1' ? 12 : 2)),
      mean: 3.03104,
      absolute: 29.05165,
      first: [-7.5972, -67.1247, -44.9223, 1.7947],
      last: [-25.2886, -2.5259],
    },
  ],
  [
    'reflect_even',
    {
      latents: [0.3992, 3.9983, 1.2273, 4.5622],
      latentMean: -0.59147,
      tokens: [...'111011111110011011111011101010101010111111111011'].map((bit) => (bit === '1' ? 12 : 2)),
      mean: 2.66768,
      absolute: 12.56551,
      first: [-13.1037, -5.8155, 0.7861, -8.0252],
      last: [15.0854, 1.224],
    },
  ],
];

describe('MAGVIT 3D', () => {
  testFixture('magvit_vqgan3d_pool', 'magvit-3d');
  testFixture('magvit_vqgan3d_conv', 'magvit-3d');

  it.each(padded)('pads by hand: %s', async (mode, golden) => {
    const checkpoint = await hashedCheckpoint(shapes(), { gain: 3, config: { vqvae: { custom_conv_padding: mode } } });
    await expectGolden(checkpoint, hashedInput([1, 3, 2, 6, 4], [0, 1]), golden);
  });

  it('names a mode of padding that it does not know', async () => {
    const checkpoint = await hashedCheckpoint(shapes(), { config: { custom_conv_padding: 'symmetric' } });
    await expect(convertCheckpoint(checkpoint)).rejects.toMatchObject({ parameters: { reason: 'it pads by symmetric' } });
  });
});
