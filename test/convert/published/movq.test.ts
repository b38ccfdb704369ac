import { describe, expect, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
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
});
