import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { tamingShapes } from './taming-shapes.ts';

const sizes = { width: 32, multipliers: [1, 2, 2], z: 16, dimension: 8, entries: 64 } as const;
const named = (name: string, settings: object = {}) => ({ model: { class_path: name, init_args: settings } });

describe('IBQ', () => {
  testFixture('ibq', 'ibq');

  it('takes the largest product where a VQGAN of the same weights takes the nearest entry', async () => {
    const shapes = tamingShapes({ ...sizes, blocks: 1, attended: [2] });
    const checkpoint = await hashedCheckpoint(shapes, { config: named('src.IBQ.models.ibqgan.IBQ') });
    await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-1, 1]), {
      latents: [-0.2381, -0.3245, 0.0543, 0.9362],
      latentMean: 0.03486,
      tokens: [56, 10, 56, 27, 33, 21, 27, 28, 3, 52, 9, 9, 9, 30, 45, 33, 46, 38, 48, 26, 45, 3, 25, 48],
      mean: -0.20356,
      absolute: 0.52115,
      first: [-0.3102, -0.441, -0.2337, -0.2279],
      last: [-0.2412, -0.1938],
    });
  });

  it.each([
    ['four blocks to a level', 4, undefined, 'ibq', 'dot'],
    ['two blocks to a level', 2, undefined, 'taming-vqgan', 'l2'],
    ['four blocks, and settings that name a VQGAN', 4, named('taming.models.vqgan.VQModel'), 'taming-vqgan', 'l2'],
    ['two blocks, and settings that name IBQ', 2, named('src.IBQ.models.ibqgan.IBQ'), 'ibq', 'dot'],
    [
      'two blocks, and settings that name a data set first',
      2,
      { data: { class_path: 'main.Data' }, ...named('src.IBQ.models.ibqgan.IBQ') },
      'ibq',
      'dot',
    ],
    [
      'four blocks, and settings that name the class of a callback alone',
      4,
      { model: { ddconfig: { ch: 32 } }, trainer: { callbacks: [{ class_path: 'Checkpoints' }] } },
      'ibq',
      'dot',
    ],
    ['vectors of length 1', 4, named('src.IBQ.models.ibqgan.IBQ', { l2_normalize: true }), 'ibq', 'cosine'],
  ])('is told from a VQGAN: %s', async (_, blocks, config, architecture, score) => {
    const checkpoint = await hashedCheckpoint(tamingShapes({ ...sizes, blocks, attended: [] }), { config });
    const { manifest } = (await convertCheckpoint(checkpoint))!;
    expect(manifest).toMatchObject({ architecture, quantizer: { score, codebookSize: 64, entryDimension: 8 } });
  });
});
