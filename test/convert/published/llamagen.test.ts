import { describe, expect, it } from 'vitest';
import { expectGolden, type Golden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';
import { tamingShapes } from './taming-shapes.ts';

const LEVELS = 3;

/** LlamaGen's name for taming's: the decoder's levels in the order in which they run, no words in the middle. */
function rename(name: string): string {
  return name
    .replace(/^decoder\.up\.(\d+)/, (_, i) => `decoder.conv_blocks.${LEVELS - 1 - Number(i)}`)
    .replace('encoder.down', 'encoder.conv_blocks')
    .replace(/(conv_blocks\.\d+)\.block/, '$1.res')
    .replace('mid.block_1', 'mid.0')
    .replace('mid.attn_1', 'mid.1')
    .replace('mid.block_2', 'mid.2');
}

function shapes() {
  const sizes = { width: 32, multipliers: [1, 2, 2], blocks: 1, attended: [2], z: 16, dimension: 8, entries: 64 };
  return new Map([...tamingShapes(sizes)].map(([name, shape]) => [rename(name), shape]));
}

const golden: Golden = {
  latents: [0.3638, -0.5453, 0.1523, 0.6457],
  latentMean: 0.04604,
  tokens: [33, 56, 48, 38, 28, 23, 46, 48, 46, 27, 40, 7, 3, 42, 3, 21, 3, 37, 31, 7, 18, 34, 46, 38],
  mean: -0.23043,
  absolute: 0.53521,
  first: [-0.1992, -0.4801, -0.4002, -0.5355],
  last: [-0.2713, -0.2068],
};

describe('LlamaGen', () => {
  testFixture('llamagen_vq', 'llamagen');

  it('compares and decodes entries of unit length', async () => {
    const model = await expectGolden(await hashedCheckpoint(shapes()), hashedInput([1, 3, 16, 24], [-1, 1]), golden);
    expect(model.manifest.quantizer).toMatchObject({ score: 'cosine', normalizeEntries: true });
  });

  it('is found inside a language model (Janus)', async () => {
    const checkpoint = await hashedCheckpoint(
      new Map([...shapes(), ['language_model.model.embed_tokens.weight', [4, 4]], ['vision_model.encoder.weight', [2, 2]]]),
      { stored: (name) => (/_model\./.test(name) ? name : `gen_vision_model.${name}`) },
    );
    await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-1, 1]), golden);
  });
});
