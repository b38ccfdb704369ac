import { describe, expect, it } from 'vitest';
import type { Checkpoint, ConvertOptions } from '../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { blobSource } from '../../src/convert/byte-source.ts';
import { openCheckpoint } from '../../src/convert/open-checkpoint.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { publishedFiles } from './containers/published.ts';

/** The checkpoint with one number of one tensor replaced. */
async function spoil(checkpoint: Checkpoint, name: string, bits: Uint8Array): Promise<Checkpoint> {
  const tensor = checkpoint.tensors.get(name)!;
  const bytes = new Uint8Array(await tensor.bytes());
  bytes.set(bits, bytes.length - bits.length);
  const source = blobSource(new Blob([bytes]), 'spoilt');
  const span = { source, from: 0, to: bytes.length };
  const other = { ...tensor, ...(tensor.span && { span }), bytes: async () => bytes.buffer };
  return { ...checkpoint, tensors: new Map([...checkpoint.tensors, [name, other]]) };
}

async function refusal(checkpoint: Checkpoint, options: ConvertOptions): Promise<unknown> {
  try {
    await convertCheckpoint(checkpoint, options);
  } catch (error) {
    if (error instanceof TokenscopeError) return { code: error.code, ...error.parameters };
    throw error;
  }
  return undefined;
}

const nan = Uint8Array.of(0, 0, 0xc0, 0x7f);
const infinite = Uint8Array.of(0, 0, 0x80, 0xff);
const halfNan = Uint8Array.of(0, 0x7e);
const large = new Uint8Array(Float32Array.of(-70_000).buffer);

describe('weights that are no numbers', () => {
  it.each([
    ['diffusers_vq_ldm', 'decoder.conv_in.weight', nan, { weights: 'stored', check: true }],
    ['diffusers_vq_ldm', 'decoder.conv_in.weight', infinite, { weights: 'stored', check: true }],
    ['diffusers_vq_ldm', 'decoder.conv_in.weight', nan, { weights: 'half' }],
    ['diffusers_vq_ldm', 'quantize.embedding.weight', nan, { weights: 'stored' }],
    ['diffusers_vq_amused', 'encoder.conv_norm_out.bias', halfNan, { weights: 'stored', check: true }],
    ['diffusers_vq_amused', 'encoder.conv_norm_out.bias', halfNan, { weights: 'half' }],
    ['cosmos_di_jit', 'decoder.conv_in.weight', Uint8Array.of(0xc0, 0x7f), { weights: 'stored' }],
  ] as const)('%s: %s is named', async (name, tensor, bits, options) => {
    const checkpoint = await openCheckpoint(publishedFiles(name));
    const spoilt = await spoil(checkpoint, tensor, bits);
    expect(await refusal(spoilt, options)).toEqual({ code: 'checkpoint-not-finite', file: checkpoint.file, tensor });
    expect(await refusal(checkpoint, options)).toBeUndefined();
  });

  it('numbers that half precision cannot hold are named, and stay where nobody asks for it', async () => {
    const [name, tensor] = ['diffusers_vq_ldm', 'decoder.conv_in.weight'];
    const spoilt = await spoil(await openCheckpoint(publishedFiles(name)), tensor, large);
    expect(await refusal(spoilt, { weights: 'half' })).toEqual({ code: 'checkpoint-beyond-half', file: spoilt.file, tensor });
    expect(await refusal(spoilt, { weights: 'stored', check: true })).toBeUndefined();
  });
});
