import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildModel } from '../../models/build.ts';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { readTrained } from './tokenscope-2d.ts';

const trained = join(import.meta.dirname, '../fixtures/tokenscope-2d/group-attention');

describe('building the folder of a model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tokenscope-model-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const read = (name: string) => readFileSync(join(folder, name));
  const change = (extra: object) => {
    const manifest = JSON.parse(read('manifest.json').toString()) as object;
    writeFileSync(join(folder, 'manifest.json'), JSON.stringify({ ...manifest, ...extra }));
  };
  const recorded = [{ sample: 'a', grid: [1, 1], tokens: 'AA==', reconstruction: 'recorded-a.webp' }];
  const atlas = { file: 'atlas.webp', cell: 8, columns: 4 };

  it('gives the committed toy, byte for byte', async () => {
    await buildModel('toy', folder);
    const committed = join(import.meta.dirname, '../../models/toy');
    for (const name of ['encoder.onnx', 'decoder.onnx', 'weights.safetensors', 'codebook.safetensors', 'check.safetensors']) {
      expect(read(name).equals(readFileSync(join(committed, name)))).toBe(true);
    }
  });

  it('keeps what was recorded while weights and codebook stay the same', async () => {
    const { files } = await buildModel('toy', folder);
    const picture = { name: 'atlas.webp', bytes: 9 };
    change({ recorded, atlas, figures: [{ set: 'a', psnr: 9 }], files: [...files, picture] });
    const again = await buildModel('toy', folder);
    expect(again).toMatchObject({ recorded, atlas, figures: [{ set: 'a', psnr: 9 }] });
    expect(again.files).toEqual([...files, picture]);
  });

  it('drops it when they changed', async () => {
    const { files } = await buildModel('toy', folder);
    const older = files.map((file) => (file.name === 'codebook.safetensors' ? { ...file, sha256: '0'.repeat(64) } : file));
    change({ recorded, atlas, files: older });
    for (const name of ['atlas.webp', 'recorded-a.webp']) writeFileSync(join(folder, name), 'picture');
    const again = await buildModel('toy', folder);
    expect(again.files).toEqual(files);
    expect(again.recorded).toBeUndefined();
    expect(again.atlas).toBeUndefined();
    expect(readdirSync(folder).filter((name) => name.endsWith('.webp'))).toEqual([]);
  });

  it('says which name it does not know', async () => {
    await expect(buildModel('rqvae', folder)).rejects.toThrow('rqvae begins with none of vqvae, vqgan, magvit, magvit2');
  });
});

describe('converting a checkpoint of ours', () => {
  const refusal = async (change: (checkpoint: Awaited<ReturnType<typeof readTrained>>) => object) => {
    const checkpoint = await readTrained(trained);
    return convertCheckpoint({ ...checkpoint, file: 'weights.safetensors', ...change(checkpoint) }).catch((error: unknown) =>
      error instanceof TokenscopeError ? error.parameters : error,
    );
  };
  const without = (tensors: ReadonlyMap<string, unknown>, name: string) =>
    new Map([...tensors].filter(([each]) => each !== name));

  it.each([
    [{ patch: 3 }, 'its settings: a patch of 3'],
    [{ widths: [8, 8] }, 'its settings: levels that do not match'],
    [{ blocks: 'many' }, 'its settings: a level is not a whole number'],
    [{ groups: 0.5 }, 'its settings: a size is not a whole number'],
    [{ norm: 'layer' }, 'its settings: norm layer'],
    [{ activation: 'gelu' }, 'its settings: activation gelu'],
    [{ lookup: 'dot' }, 'its settings: lookup dot'],
    [{ attention: 1 }, 'its settings: epsilon or attention'],
    [{ widths: [8, 8, 16] }, 'encoder.levels.1.down.weight is 12 × 8 × 4 × 4, not 16 × 8 × 4 × 4'],
    [{ codebookSize: 32 }, 'codebook is 16 × 4, not 32 × 4'],
  ])('refuses settings that cannot be or do not fit: %j', async (wrong, reason) => {
    expect(await refusal(({ config }) => ({ config: { ...(config as object), ...wrong } }))).toEqual({
      file: 'weights.safetensors',
      reason,
    });
  });

  it('names a tensor that is missing', async () => {
    expect(await refusal(({ tensors }) => ({ tensors: without(tensors, 'decoder.lift.bias') }))).toEqual({
      file: 'weights.safetensors',
      reason: 'it has no tensor decoder.lift.bias',
    });
  });

  it('leaves what is not ours to others', async () => {
    expect(await refusal(() => ({ config: undefined }))).toBeUndefined();
    expect(await refusal(({ config }) => ({ config: { ...(config as object), architecture: 'another' } }))).toBeUndefined();
    expect(await refusal(({ tensors }) => ({ tensors: without(tensors, 'encoder.stem.weight') }))).toBeUndefined();
  });
});
