import { describe, it } from 'vitest';
import { expectGolden } from './golden.ts';
import { hashedCheckpoint, hashedInput } from './hashed-weights.ts';
import { Modules } from './taming-shapes.ts';

const stacks = ['encoder.conv_stack.5', 'decoder.inverse_conv_stack.1'];

function shapes() {
  const modules = new Modules();
  modules.conv('encoder.conv_stack.0', 3, 16, 4);
  modules.conv('encoder.conv_stack.2', 16, 32, 4);
  modules.conv('encoder.conv_stack.4', 32, 32, 3);
  for (const stack of stacks) {
    modules.conv(`${stack}.stack.0.res_block.1`, 32, 8, 3, { bias: false });
    modules.conv(`${stack}.stack.0.res_block.3`, 8, 32, 1, { bias: false });
  }
  modules.conv('pre_quantization_conv', 32, 8, 1);
  modules.shapes.set('vector_quantization.embedding.weight', [64, 8]);
  modules.convTranspose('decoder.inverse_conv_stack.0', 8, 32, 3);
  modules.convTranspose('decoder.inverse_conv_stack.2', 32, 16, 4);
  modules.convTranspose('decoder.inverse_conv_stack.4', 16, 3, 4);
  return modules.shapes;
}

describe('vqvae of MishaLaskin', () => {
  it('gives the numbers of its own code, with one layer as both blocks of a stack', async () => {
    const { tensors, ...rest } = await hashedCheckpoint(shapes(), { gain: 3 });
    const twice = [...tensors].map(([name, tensor]) => [name.replace('.stack.0.', '.stack.1.'), tensor] as const);
    const checkpoint = { ...rest, tensors: new Map([...tensors, ...twice]) };
    await expectGolden(checkpoint, hashedInput([1, 3, 16, 24], [-0.5, 0.5]), {
      latents: [-32.5138, 57.6475, 54.8087, 16.2697],
      latentMean: 3.46396,
      tokens: [57, 42, 49, 4, 51, 21, 49, 42, 42, 21, 11, 21, 49, 21, 11, 21, 11, 21, 21, 21, 21, 21, 11, 21],
      mean: 18.64759,
      absolute: 59.79991,
      first: [1.8233, -39.2388, 25.1929, -17.6922],
      last: [-21.4577, 3.5703],
    });
  });
});
