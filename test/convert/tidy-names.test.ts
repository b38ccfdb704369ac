import { describe, expect, it } from 'vitest';
import type { StoredTensor } from '../../src/convert/tensors.ts';
import { tidyNames } from '../../src/convert/tidy-names.ts';

const tensor = (...shape: number[]): StoredTensor => ({ dtype: 'F32', shape, bytes: async () => new ArrayBuffer(0) });

function tidied(tensors: Readonly<Record<string, StoredTensor>>): Readonly<Record<string, StoredTensor>> {
  return Object.fromEntries(tidyNames({ file: 'a.ckpt', tensors: new Map(Object.entries(tensors)) }, 'encoder.a.weight').tensors);
}

describe('the names of a checkpoint', () => {
  const own = tensor(2, 3);

  it.each([
    ['nothing', 'encoder.a.weight'],
    ['DataParallel', 'module.encoder.a.weight'],
    ['torch.compile, inside and out', '_orig_mod.encoder._orig_mod.a.weight'],
    ['latent-diffusion', 'first_stage_model.encoder.a.weight'],
    ['all of them', 'module.first_stage_model._orig_mod.encoder.a.weight'],
  ])('lose what was put before them: %s', (_, name) => {
    expect(tidied({ [name]: own })).toEqual({ 'encoder.a.weight': own });
  });

  it('are those of the network for pictures, not of the one for their condition', () => {
    const pictures = { 'first_stage_model.encoder.a.weight': own };
    expect(tidied({ 'cond_stage_model.encoder.a.weight': tensor(4), ...pictures })).toEqual({ 'encoder.a.weight': own });
  });

  it.each([
    ['without dots', 'model_ema.encoderaweight'],
    ['with dots', 'model_ema.encoder.a.weight'],
    ['of a wrapped network', 'model_ema.module.encoder.a.weight'],
  ])('stand for moving averages where there are any, %s', (_, name) => {
    const average = tensor(2, 3);
    expect(tidied({ 'encoder.a.weight': own, [name]: average })['encoder.a.weight']).toBe(average);
    // An average of another shape is that of something else.
    expect(tidied({ 'encoder.a.weight': own, [name]: tensor(3, 2) })['encoder.a.weight']).toBe(own);
  });
});
