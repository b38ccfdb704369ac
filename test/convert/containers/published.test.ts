import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCheckpoint } from '../../../src/convert/open-checkpoint.ts';
import { readValues } from '../../../src/convert/tensors.ts';
import { publishedFiles, publishedNames } from './published.ts';

/** What torch, safetensors and numpy read from the same files. */
interface Contents {
  readonly file: string;
  readonly tensors: number;
  /** SHA-256 of the sorted lines `name type shape`. */
  readonly names: string;
  /** SHA-256 of all tensors' bytes, row-major, in the order of their names. */
  readonly bytes: string;
  readonly values: Readonly<Record<string, { shape: number[]; dtype: string; sum: number; first: number[]; last: number }>>;
}
const contents: Readonly<Record<string, Contents>> = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/published-contents.json'), 'utf8'),
);

/** Code units, as Python sorts. */
const byName = (a: string, b: string) => (a < b ? -1 : 1);

describe.each(publishedNames)('the published checkpoint %s', (name) => {
  const expected = contents[name]!;

  it('has the tensors that the framework which wrote it reads', async () => {
    const { file, tensors } = await openCheckpoint(publishedFiles(name));
    expect(file).toBe(expected.file);
    expect(tensors.size).toBe(expected.tensors);
    const lines = [...tensors].map(([each, { dtype, shape }]) => `${each} ${dtype} ${shape.join()}`);
    expect(sha256(lines.sort(byName).join('\n'))).toBe(expected.names);
    const hash = createHash('sha256');
    for (const each of [...tensors.keys()].sort(byName)) hash.update(new Uint8Array(await tensors.get(each)!.bytes()));
    expect(hash.digest('hex')).toBe(expected.bytes);
  });

  it('has their values', async () => {
    const { tensors } = await openCheckpoint(publishedFiles(name));
    for (const [each, { shape, dtype, sum, first, last }] of Object.entries(expected.values)) {
      const tensor = tensors.get(each)!;
      expect(tensor).toMatchObject({ shape, dtype });
      const values = [...(await readValues(tensor))!];
      expect([...values.slice(0, 3), values.at(-1)]).toEqual([...first, last]);
      expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(sum, 6);
    }
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
