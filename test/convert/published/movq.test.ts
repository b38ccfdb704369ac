import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { expectGolden, expectSameFast } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { decodeWith } from './run-fixture.ts';
import { tamingShapes } from './taming-shapes.ts';

describe("MoVQ with CompVis's names", () => {
  it('modulates the norms of its decoder by the quantized latents', async () => {
    const sizes = { width: 32, multipliers: [1, 2, 2], blocks: 2, attended: [2], z: 4, dimension: 4, entries: 64 };
    const checkpoint = await hashedCheckpoint(tamingShapes(sizes, { modulated: true }));
    const model = await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-1, 1]), {
      latents: [-0.6678, -0.899, -0.2258, -0.4787],
      latentMean: 0.04923,
      tokens: [39, 7, 5, 7, 52, 23, 1, 39, 23, 26, 26, 40, 40, 54, 54, 39, 40, 54, 15, 53, 47, 44, 54, 23],
      mean: -0.05269,
      absolute: 0.27058,
      first: [0.0806, -0.1941, -0.373, -0.4294],
      last: [0.165, 0.2552],
    });
    expect(model.manifest.architecture).toBe('movq');
  });

  it('enlarges latents that pass a convolution in both forms alike', async () => {
    const sizes = { width: 32, multipliers: [1, 2, 2], blocks: 1, attended: [], z: 4, dimension: 4, entries: 64 };
    const shapes = tamingShapes(sizes, { modulated: true });
    const norms = [...shapes.keys()]
      .filter((name) => name.endsWith('.conv_y.bias'))
      .map((name) => name.replace('.conv_y.bias', ''));
    const convs = norms.flatMap((name) => [[`${name}.conv.weight`, [4, 4, 3, 3]] as const, [`${name}.conv.bias`, [4]] as const]);
    const checkpoint = await hashedCheckpoint(new Map([...shapes, ...convs]));
    const quantized = hashedInput([1, 4, 4, 6], [-1, 1]);
    const plain = (await convertCheckpoint(checkpoint))!;
    expect(plain.report.used).toContain(`${norms[0]}.conv.weight`);
    await expectSameFast(checkpoint, quantized, await decodeWith(plain, quantized));
  });
});
