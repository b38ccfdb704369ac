import { describe, expect, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { VideoModules } from './video-shapes.ts';

/** Two stages of 32 and 64 channels. */
function shapes(batch: boolean, colours = 3) {
  const modules = new VideoModules();
  const residual = (name: string, width: number) => {
    for (const part of [1, 2]) {
      modules.norm(`${name}.norm${part}`, width, { batch });
      modules.conv(`${name}.conv${part}.conv`, width, width, [3, 3, 3]);
    }
  };
  modules.conv('encoder.conv_first.conv', colours, 16, [3, 3, 3]);
  for (const i of [0, 1]) {
    modules.conv(`encoder.conv_blocks.${i}.down.conv`, 16 * 2 ** i, 32 * 2 ** i, [4, 4, 4]);
    residual(`encoder.conv_blocks.${i}.res`, 32 * 2 ** i);
  }
  modules.norm('encoder.final_block.0', 64, { batch });
  modules.conv('pre_vq_conv.conv', 64, 8, [1, 1, 1]);
  modules.conv('post_vq_conv.conv', 8, 64, [1, 1, 1]);
  modules.norm('decoder.final_block.0', 64, { batch });
  for (const [i, inputs, outputs] of [
    [0, 64, 64],
    [1, 64, 32],
  ] as const) {
    modules.convTranspose(`decoder.conv_blocks.${i}.up.convt`, inputs, outputs, [4, 4, 4]);
    for (const part of [1, 2]) residual(`decoder.conv_blocks.${i}.res${part}`, outputs);
  }
  modules.conv('decoder.conv_last.conv', 32, colours, [3, 3, 3]);
  modules.shapes.set('codebook.embeddings', [64, 8]);
  return modules.shapes;
}

const carried = { args: { downsample: [2, 4, 4], sequence_length: 32, sample_every_n_frames: 2, resolution: 128 } };
const input = hashedInput([1, 3, 4, 16, 16], [-0.5, 0.5]);

describe('TATS', () => {
  testFixture('tats_vqgan', 'tats');
  testFixture('tats_vqgan_group', 'tats');

  it('has the same numbers with batch norms', async () => {
    const checkpoint = await hashedCheckpoint(shapes(true), { gain: 2 });
    const { manifest } = await expectGolden({ ...checkpoint, carried }, input, {
      latents: [5.6318, 0.5862, -10.4314, -5.7267],
      latentMean: 3.71945,
      tokens: [49, 6, 61, 43, 57, 6, 6, 6, 0, 47, 35, 35, 6, 0, 35, 27, 49, 6, 61, 43, 57, 61, 6, 6, 0, 47, 59, 35, 6, 0, 2, 31],
      mean: 6.97892,
      absolute: 24.68597,
      first: [26.3143, 46.7041, 46.0293, 76.6286],
      last: [40.7264, 7.6311],
    });
    expect(manifest.size).toMatchObject({ preferred: [128, 128], frames: { rule: 'grouped', reduction: 2, window: 16 } });
  });

  it('has the same numbers with group norms', async () => {
    const checkpoint = await hashedCheckpoint(shapes(false), { gain: 2 });
    await expectGolden({ ...checkpoint, carried }, input, {
      latents: [1.7902, -0.7857, -1.5755, -0.2962],
      latentMean: 0.07606,
      tokens: [
        49, 6, 53, 21, 56, 59, 21, 43, 61, 13, 10, 26, 6, 0, 35, 56, 49, 26, 38, 45, 36, 31, 21, 43, 52, 49, 10, 21, 6, 0, 49, 31,
      ],
      mean: -0.66089,
      absolute: 4.54159,
      first: [1.0381, 5.4797, 15.677, -2.1377],
      last: [5.4995, -3.9349],
    });
  });

  it('has the same numbers in grey, and where clips go on at their other end', async () => {
    const checkpoint = await hashedCheckpoint(shapes(true, 1), { gain: 2 });
    await expectGolden({ ...checkpoint, carried: { args: { ...carried.args, padding_type: 'circular' } } }, input, {
      latents: [-8.6241, -0.4888, -4.9015, 1.9568],
      latentMean: 3.24384,
      tokens: [26, 6, 0, 21, 26, 2, 6, 0, 21, 26, 0, 6, 21, 0, 27, 57, 27, 6, 0, 21, 0, 26, 6, 0, 26, 26, 61, 26, 21, 26, 25, 0],
      mean: 24.81271,
      absolute: 26.41317,
      first: [22.9497, 23.3952, 31.101, 42.5667],
      last: [21.0106, -9.214],
    });
  });

  it('names a padding that it does not know', async () => {
    const checkpoint = await hashedCheckpoint(shapes(false), { gain: 2 });
    const wrong = { ...checkpoint, carried: { args: { ...carried.args, padding_type: 'volumetric' } } };
    await expect(expectGolden(wrong, input, {} as never)).rejects.toMatchObject({
      parameters: { reason: 'it pads by volumetric' },
    });
  });
});
