import { describe, expect, it } from 'vitest';
import { expectGolden, type Golden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { VideoModules } from './video-shapes.ts';

const WIDTH = 16;

/** Two stages, one residual block. */
function shapes() {
  const modules = new VideoModules();
  const stack = (name: string) => {
    const block = `${name}.0.block`;
    modules.norm(`${block}.0`, WIDTH, { batch: true });
    modules.conv(`${block}.2.conv`, WIDTH, WIDTH / 2, [3, 3, 3], { bias: false });
    modules.norm(`${block}.3`, WIDTH / 2, { batch: true });
    modules.conv(`${block}.5.conv`, WIDTH / 2, WIDTH, [1, 1, 1], { bias: false });
    modules.norm(`${block}.6`, WIDTH, { batch: true });
    for (const axis of ['w', 'h', 't']) {
      for (const part of ['w_qs', 'w_ks', 'w_vs']) modules.linear(`${block}.8.attn_${axis}.${part}`, WIDTH, { bias: false });
      modules.linear(`${block}.8.attn_${axis}.fc`, WIDTH);
    }
    modules.norm(`${name}.1`, WIDTH, { batch: true });
  };
  for (const i of [0, 1]) modules.conv(`encoder.convs.${i}.conv`, i === 0 ? 3 : WIDTH, WIDTH, [4, 4, 4]);
  modules.conv('encoder.conv_last.conv', WIDTH, WIDTH, [3, 3, 3]);
  stack('encoder.res_stack');
  modules.conv('pre_vq_conv.conv', WIDTH, 8, [1, 1, 1]);
  modules.conv('post_vq_conv.conv', 8, WIDTH, [1, 1, 1]);
  stack('decoder.res_stack');
  for (const i of [0, 1]) modules.convTranspose(`decoder.convts.${i}.convt`, WIDTH, i === 1 ? 3 : WIDTH, [4, 4, 4]);
  modules.shapes.set('codebook.embeddings', [64, 8]);
  return modules.shapes;
}

const published: readonly (readonly [downsample: readonly number[], input: readonly number[], golden: Golden])[] = [
  [
    [4, 4, 4],
    [1, 3, 8, 16, 16],
    {
      latents: [2.2851, 5.6734, 6.3893, 7.8358],
      latentMean: 1.31819,
      tokens: [29, 0, 0, 63, 0, 0, 0, 29, 0, 0, 63, 29, 29, 0, 0, 29, 0, 0, 0, 0, 50, 50, 50, 50, 50, 0, 6, 29, 50, 50, 50, 50],
      mean: 0.16753,
      absolute: 2.37389,
      first: [0.1855, -0.1905, -0.3749, -1.0003],
      last: [-0.3273, -0.0643],
    },
  ],
  [
    [4, 2, 2],
    [1, 3, 8, 8, 8],
    {
      latents: [2.6297, 1.9181, 3.0871, 3.5778],
      latentMean: 1.26067,
      tokens: [
        0, 0, 50, 6, 50, 50, 29, 29, 50, 0, 29, 29, 26, 0, 26, 28, 50, 0, 50, 41, 50, 50, 48, 0, 50, 50, 6, 6, 6, 50, 6, 6,
      ],
      mean: 0.44287,
      absolute: 5.81464,
      first: [-2.4074, -3.9269, -3.0393, -4.1202],
      last: [2.0506, -0.6805],
    },
  ],
  [
    [2, 4, 4],
    [1, 3, 4, 16, 16],
    {
      latents: [3.3193, 2.3954, 2.7228, 2.0649],
      latentMean: 1.3311,
      tokens: [
        0, 0, 50, 50, 29, 50, 20, 29, 50, 0, 29, 6, 29, 0, 50, 6, 50, 50, 50, 50, 29, 50, 28, 50, 41, 29, 48, 6, 29, 6, 6, 50,
      ],
      mean: 0.31225,
      absolute: 3.99564,
      first: [-0.9786, -2.1165, -2.2317, -2.0085],
      last: [-0.7669, 0.9262],
    },
  ],
];

describe('VideoGPT', () => {
  testFixture('videogpt_vqvae', 'videogpt');

  it.each(published)('has the same numbers with time, height and width reduced by %j', async (downsample, input, golden) => {
    const checkpoint = await hashedCheckpoint(shapes(), { gain: 2 });
    const carried = { args: { downsample, sequence_length: 16, resolution: 64 } };
    const { manifest } = await expectGolden({ ...checkpoint, carried }, hashedInput(input, [-0.5, 0.5]), golden);
    expect(manifest.size).toMatchObject({ reduction: downsample[1], frames: { rule: 'grouped', reduction: downsample[0] } });
    expect(manifest.size.preferred).toEqual([64, 64]);
  });

  it('is taken to reduce by 4 × 4 × 4 where no settings came with it, and refused where they do not fit', async () => {
    const checkpoint = await hashedCheckpoint(shapes(), { gain: 2 });
    const [, input, golden] = published[0]!;
    await expectGolden(checkpoint, hashedInput(input, [-0.5, 0.5]), golden);
    const wrong = { ...checkpoint, carried: { args: { downsample: [2, 2, 2] } } };
    await expect(expectGolden(wrong, hashedInput(input, [-0.5, 0.5]), golden)).rejects.toMatchObject({
      parameters: { reason: 'its settings ask for 1 stages, its weights have 2' },
    });
  });
});
