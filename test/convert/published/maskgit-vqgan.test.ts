import { describe, expect, it } from 'vitest';
import { expectGolden, type Golden } from './golden.ts';
import { asFlax, hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { testFixture } from './run-fixture.ts';

/** Three levels of one block each: 32, 64 and 64 channels. */
function shapes({ halving = false } = {}): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, readonly number[]>();
  const conv = (name: string, inputs: number, outputs: number, kernel: number, bias: boolean) => {
    found.set(`${name}.weight`, [outputs, inputs, kernel, kernel]);
    if (bias) found.set(`${name}.bias`, [outputs]);
  };
  const norm = (name: string, width: number) => {
    found.set(`${name}.weight`, [width]);
    found.set(`${name}.bias`, [width]);
  };
  const block = (name: string, inputs: number, outputs: number) => {
    norm(`${name}.norm1`, inputs);
    conv(`${name}.conv1`, inputs, outputs, 3, false);
    norm(`${name}.norm2`, outputs);
    conv(`${name}.conv2`, outputs, outputs, 3, false);
    if (inputs !== outputs) conv(`${name}.nin_shortcut`, outputs, outputs, 1, false);
  };
  conv('encoder.conv_in', 3, 32, 3, false);
  for (const [i, [inputs, outputs]] of [[32, 32] as const, [32, 64] as const, [64, 64] as const].entries()) {
    block(`encoder.down.${i}.block.0`, inputs, outputs);
    if (halving && i < 2) conv(`encoder.down.${i}.downsample.conv`, outputs, outputs, 4, true);
  }
  block('encoder.mid.0', 64, 64);
  norm('encoder.norm_out', 64);
  conv('encoder.conv_out', 64, 8, 1, true);
  found.set('quantize.embedding.weight', [64, 8]);
  conv('decoder.conv_in', 8, 64, 3, true);
  block('decoder.mid.0', 64, 64);
  for (const [i, [inputs, outputs]] of [[64, 32] as const, [64, 64] as const, [64, 64] as const].entries()) {
    block(`decoder.up.${i}.block.0`, inputs, outputs);
    if (i > 0) conv(`decoder.up.${i}.upsample_conv`, outputs, outputs, 3, true);
  }
  norm('decoder.norm_out', 32);
  conv('decoder.conv_out', 32, 3, 3, true);
  return found;
}

const golden: Golden = {
  latents: [0.163, -0.3781, -0.3755, 0.1836],
  latentMean: -0.02011,
  tokens: [45, 16, 12, 62, 39, 62, 32, 55, 52, 15, 5, 0, 3, 12, 32, 52, 32, 32, 3, 32, 38, 22, 25, 31],
  mean: -0.2126,
  absolute: 0.49621,
  first: [0.1731, -0.3096, -0.5573, -0.3559],
  last: [0.0265, 0.1492],
};

/** How MaskGIT's own Flax code names the modules of that network. */
const flaxModules: Readonly<Record<string, string>> = {
  'encoder.conv_in': 'encoder/Conv_0',
  'encoder.down.0.block.0': 'encoder/ResBlock_0',
  'encoder.down.1.block.0': 'encoder/ResBlock_1',
  'encoder.down.2.block.0': 'encoder/ResBlock_2',
  'encoder.mid.0': 'encoder/ResBlock_3',
  'encoder.norm_out': 'encoder/GroupNorm_0',
  'encoder.conv_out': 'encoder/Conv_1',
  'quantize.embedding': 'quantizer/codebook',
  'decoder.conv_in': 'decoder/Conv_0',
  'decoder.mid.0': 'decoder/ResBlock_0',
  'decoder.up.2.block.0': 'decoder/ResBlock_1',
  'decoder.up.2.upsample_conv': 'decoder/Conv_1',
  'decoder.up.1.block.0': 'decoder/ResBlock_2',
  'decoder.up.1.upsample_conv': 'decoder/Conv_2',
  'decoder.up.0.block.0': 'decoder/ResBlock_3',
  'decoder.norm_out': 'decoder/GroupNorm_0',
  'decoder.conv_out': 'decoder/Conv_3',
  norm1: 'GroupNorm_0',
  conv1: 'Conv_0',
  norm2: 'GroupNorm_1',
  conv2: 'Conv_1',
  nin_shortcut: 'Conv_2',
};

function flaxModule(name: string): string {
  const known = flaxModules[name];
  if (known) return known;
  const cut = name.lastIndexOf('.');
  return `${flaxModules[name.slice(0, cut)]}/${flaxModules[name.slice(cut + 1)]}`;
}

describe('MaskGIT VQGAN', () => {
  testFixture('maskgit_vqgan', 'maskgit-vqgan');

  const input = hashedInput([1, 3, 16, 24], [0, 1]);

  it('takes [0, 1], and loses what goes into a block whose channels change', async () => {
    const model = await expectGolden(await hashedCheckpoint(shapes()), input, golden);
    expect(model.manifest.pixels).toMatchObject({ range: [0, 1], outputRange: [0, 1] });
  });

  it('halves by convolutions where it has some, numbered in between in Flax', async () => {
    const between: Readonly<Record<string, string>> = {
      'encoder.down.0.downsample.conv': 'encoder/Conv_1',
      'encoder.down.1.downsample.conv': 'encoder/Conv_2',
      'encoder.conv_out': 'encoder/Conv_3',
    };
    const module = (name: string) => between[name] ?? flaxModule(name);
    const checkpoint = await hashedCheckpoint(shapes({ halving: true }), { store: (tensor) => asFlax(tensor, module) });
    await expectGolden(checkpoint, input, {
      latents: [0.0051, -0.2012, -1.4087, -0.2361],
      latentMean: -0.01565,
      tokens: [31, 55, 10, 32, 18, 22, 19, 2, 54, 55, 5, 34, 33, 5, 32, 55, 32, 12, 2, 48, 3, 2, 55, 31],
      mean: -0.21582,
      absolute: 0.49567,
      first: [0.2496, -0.0665, -0.7007, -0.7584],
      last: [-0.2448, -0.0912],
    });
  });

  it('is read from Flax too, with no weight laid out anew', async () => {
    const checkpoint = await hashedCheckpoint(shapes(), { store: (tensor) => asFlax(tensor, flaxModule) });
    const model = await expectGolden(checkpoint, input, golden);
    expect(model.report).toMatchObject({ copied: 0, ignored: [] });
  });
});
