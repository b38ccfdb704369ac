import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { blobSource } from '../../../src/convert/byte-source.ts';
import { openCheckpoint } from '../../../src/convert/open-checkpoint.ts';
import { readValues } from '../../../src/convert/tensors.ts';

/** Files of a few hundred bytes: what PyTorch 1.13 wrote, and Flax's layout. */
async function open(file: string) {
  const blob = new Blob([new Uint8Array(readFileSync(join(import.meta.dirname, '../../fixtures/containers', file)))]);
  const { tensors, carried } = await openCheckpoint([{ name: file, source: blobSource(blob, file) }]);
  const values: Record<string, unknown> = {};
  for (const [name, tensor] of tensors) {
    values[name] = [tensor.dtype, tensor.shape.join(), [...((await readValues(tensor)) ?? [])]];
  }
  return { tensors, values, carried };
}

const ladder = Array.from({ length: 12 }, (_, i) => i);
const stateDict = {
  'a.weight': ['F32', '3,4', ladder],
  'b.view': ['F32', '2,2', [4, 5, 8, 9]],
  'c.param': ['F32', '2,2', [1, 1, 1, 1]],
  'd.half': ['F16', '2', [1, 1]],
  'e.bf16': ['BF16', '2', [1, 1]],
  'f.i64': ['I64', '', [5]],
  'g.bool': ['BOOL', '2', [1, 0]],
};

describe('small files of every container', () => {
  it('PyTorch zip: views, parameters, other types, and the settings beside them', async () => {
    const { tensors, values, carried } = await open('zip.ckpt');
    expect(values).toEqual(stateDict);
    expect(carried).toEqual({ args: { downsample: [4, 4, 4], n_codes: 2048 } });
    // A view has no place of its own in the file; a whole tensor has.
    expect(tensors.get('b.view')!.span).toBeUndefined();
    expect(tensors.get('a.weight')!.span).toBeDefined();
  });

  it('PyTorch legacy', async () => expect((await open('legacy.ckpt')).values).toEqual(stateDict));

  it('a whole module, its class unknown', async () => {
    const { values } = await open('module.pkl');
    expect(values).toEqual({
      'conv.weight': ['F32', '1,1,1,1', [0.46911609172821045]],
      'conv.bias': ['F32', '1', [0.3004697561264038]],
    });
  });

  it('TorchScript', async () => {
    const { values } = await open('script.jit');
    expect(values).toEqual({
      'encoder.conv.weight': ['BF16', '2,2', [1, 2, 3, 4]],
      'encoder.conv.idx': ['I64', '3', [7, 8, 9]],
    });
  });

  it('Flax: parameters alone, an array in pieces', async () => {
    const { values } = await open('tree.msgpack');
    expect(values).toEqual({
      'Conv_0/kernel': ['F32', '1,1,2,3', [0, 1, 2, 3, 4, 5]],
      'Conv_0/bias': ['F32', '3', [0.5, -0.5, 2]],
      big: ['F32', '2,2', [1, 2, 3, 4]],
    });
  });
});

const torch2 = join(import.meta.dirname, '../../fixtures/containers/torch-2');
/** Shapes, and SHA-256 of the bytes row-major, as torch 2.15 reads them. */
const expected: Readonly<Record<string, Readonly<Record<string, [number[], string]>>>> = JSON.parse(
  readFileSync(join(torch2, 'expected.json'), 'utf8'),
);

describe('files of torch 2.15: pickle protocols, whole modules, scripts, views, every type of number', () => {
  it.each(Object.keys(expected))('%s', async (file) => {
    const { tensors } = await open(join('torch-2', file));
    const read: Record<string, [readonly number[], string]> = {};
    for (const [name, tensor] of tensors) {
      read[name] = [
        tensor.shape,
        createHash('sha256')
          .update(new Uint8Array(await tensor.bytes()))
          .digest('hex'),
      ];
    }
    expect(read).toEqual(expected[file]);
  });
});
