import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { hashedCheckpoint } from './hashed-weights.ts';
import { openFixture } from './run-fixture.ts';
import { tamingShapes } from './taming-shapes.ts';

const sizes = { width: 32, multipliers: [1, 2], blocks: 2, attended: [1], z: 8, dimension: 4, entries: 16 } as const;

async function checkpointWith(
  change: (tensors: Map<string, Checkpoint['tensors'] extends ReadonlyMap<string, infer T> ? T : never>) => void,
) {
  const checkpoint = await hashedCheckpoint(tamingShapes(sizes));
  const tensors = new Map(checkpoint.tensors);
  change(tensors);
  return { ...checkpoint, tensors };
}

/** One of every kind of layer. */
const NEEDED = [
  'encoder.conv_in.weight',
  'encoder.down.0.block.1.norm1.weight',
  'encoder.down.0.block.1.conv2.weight',
  'encoder.down.1.block.0.nin_shortcut.weight',
  'encoder.down.1.attn.1.q.weight',
  'encoder.down.1.attn.0.proj_out.bias',
  'encoder.down.0.downsample.conv.weight',
  'encoder.mid.block_2.conv1.weight',
  'encoder.mid.attn_1.k.bias',
  'encoder.conv_out.bias',
  'quant_conv.weight',
  'post_quant_conv.bias',
  'decoder.conv_in.weight',
  'decoder.up.1.block.2.conv2.bias',
  'decoder.up.1.upsample.conv.weight',
  'decoder.norm_out.bias',
  'decoder.conv_out.weight',
];

describe('a checkpoint that lacks a tensor, or has one too many', () => {
  it('is refused by the name of any one that is gone', async () => {
    for (const name of NEEDED) {
      const checkpoint = await checkpointWith((tensors) => tensors.delete(name));
      const converted = convertCheckpoint(checkpoint);
      await expect(converted, name).rejects.toMatchObject({
        code: 'model-corrupt',
        parameters: { reason: expect.stringContaining(name) as unknown },
      });
    }
  });

  it('is refused by the name of what it has too many of, if that is no ballast of a training', async () => {
    const extra = await checkpointWith((tensors) => {
      tensors.set('encoder.extra.weight', tensors.get('quant_conv.weight')!);
    });
    await expect(convertCheckpoint(extra)).rejects.toMatchObject({
      code: 'checkpoint-unrecognised',
      parameters: {
        looks: 'tokenizer',
        family: ' (taming-vqgan)',
        tensors: 'encoder.extra.weight (4 × 8 × 1 × 1)',
      },
    });
    const ballast = await checkpointWith((tensors) => {
      for (const name of [
        'loss.discriminator.main.0.weight',
        'quantize.used',
        'quantize.embedding.cluster_size',
        'model_ema.decay',
        'logvar',
        'criterion.vgg.features.0.weight',
      ]) {
        tensors.set(name, tensors.get('quant_conv.bias')!);
      }
    });
    await expect(convertCheckpoint(ballast)).resolves.toMatchObject({ manifest: { architecture: 'taming-vqgan' } });
  });

  it.each([
    ['cosmos_di', 'encoder.down.0.downsample.conv', 'it makes pictures smaller 0 times, and larger 1 times'],
    ['cosmos_dv', 'encoder.down.0.downsample.conv1.conv3d', 'it halves space 1 times and doubles it 2 times'],
    [
      'diffusers_vq_oldnames',
      'decoder.up_blocks.0.upsamplers.0.conv',
      'it has no tensor decoder.up_blocks.0.upsamplers.0.conv.weight',
    ],
    ['magvit_vqgan3d_pool', 'decoder/GroupNorm_0', 'it has no tensor decoder/GroupNorm_0/scale'],
    ['showo_magvitv2', 'encoder.down.1.downsample.conv', 'it has no tensor encoder.down.1.downsample.conv.weight'],
    ['taming_gumbel_f8', 'quantize.proj', 'it has no tensor quantize.proj.weight'],
  ])('is refused when a layer of %s is gone whole: %s', async (name, layer, reason) => {
    const checkpoint = await openFixture(name);
    const part = [`${layer}.`, `${layer}/`];
    const rest = [...checkpoint.tensors].filter(([tensor]) => !part.some((start) => tensor.startsWith(start)));
    const tensors = new Map(rest);
    await expect(convertCheckpoint({ ...checkpoint, tensors })).rejects.toMatchObject({
      code: 'model-corrupt',
      parameters: { reason },
    });
  });

  it('is told when its decoder is not there, and when its pictures are no pictures', async () => {
    const alone = await checkpointWith((tensors) => {
      for (const name of [...tensors.keys()]) if (name.startsWith('decoder.')) tensors.delete(name);
    });
    await expect(convertCheckpoint(alone)).rejects.toMatchObject({
      parameters: { reason: 'it holds an encoder without its decoder' },
    });
    const labels = await hashedCheckpoint(tamingShapes({ ...sizes, colours: 182 }));
    await expect(convertCheckpoint(labels)).rejects.toMatchObject({
      parameters: { reason: 'its pictures have 182 channels, not 3' },
    });
  });
});
