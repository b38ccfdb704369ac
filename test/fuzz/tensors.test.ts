import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Checkpoint } from '../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { openCheckpoint } from '../../src/convert/open-checkpoint.ts';
import { type ElementType, elementBytes, elementCount, type StoredTensor } from '../../src/convert/tensors.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { publishedFiles, publishedNames } from '../convert/containers/published.ts';
import { PATIENCE, rounds } from './mutate.ts';

const zeros = (dtype: ElementType, shape: readonly number[]): StoredTensor => ({
  dtype,
  shape,
  bytes: async () => new ArrayBuffer(elementCount(shape) * elementBytes[dtype]),
});

type Change = (tensors: Map<string, StoredTensor>, name: string) => void;

/** What a file of another version, or of nobody's good will, does to one tensor. */
const change = fc.oneof(
  fc.constant<Change>((tensors, name) => tensors.delete(name)),
  fc.string({ maxLength: 12 }).map(
    (other): Change =>
      (tensors, name) => {
        tensors.set(other, tensors.get(name)!);
        tensors.delete(name);
      },
  ),
  fc.array(fc.constantFrom(0, 1, 2, 3, 5, 64), { maxLength: 5 }).map(
    (shape): Change =>
      (tensors, name) => {
        tensors.set(name, zeros('F32', shape));
      },
  ),
  fc.tuple(fc.nat(4), fc.constantFrom(0, 1, 2, 7, 64)).map(
    ([axis, size]): Change =>
      (tensors, name) => {
        const { shape, dtype } = tensors.get(name)!;
        const other = shape.map((length, i) => (i === axis % shape.length ? size : length));
        if (elementCount(other) < 2 ** 22) tensors.set(name, zeros(dtype, other));
      },
  ),
  fc.constantFrom<ElementType>('I64', 'BOOL', 'F8_E4M3', 'F64', 'U64').map(
    (dtype): Change =>
      (tensors, name) => {
        tensors.set(name, zeros(dtype, tensors.get(name)!.shape));
      },
  ),
);

const setting = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(0, -1, 1e9, 'none', [[]], null));

async function survive(checkpoint: Checkpoint): Promise<void> {
  try {
    await convertCheckpoint(checkpoint);
  } catch (error) {
    if (!(error instanceof TokenscopeError) || error.code === 'internal') throw error;
  }
}

describe('another network than it seems is converted or refused by name', { timeout: PATIENCE }, () => {
  it.each(publishedNames)('%s with other tensors', async (name) => {
    const checkpoint = await openCheckpoint(publishedFiles(name));
    const names = [...checkpoint.tensors.keys()];
    const changes = fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(changes, async (list) => {
        const tensors = new Map(checkpoint.tensors);
        for (const [at, apply] of list) {
          const chosen = names[at % names.length]!;
          if (tensors.has(chosen)) apply(tensors, chosen);
        }
        await survive({ ...checkpoint, tensors });
      }),
      rounds(8),
    );
  });

  it.each(publishedNames)('%s with other settings', async (name) => {
    const checkpoint = await openCheckpoint(publishedFiles(name));
    const config = (checkpoint.config ?? {}) as Record<string, unknown>;
    const carried = (checkpoint.carried ?? {}) as Record<string, unknown>;
    const keys = Object.keys(config).length ? Object.keys(config) : ['levels', 'strides'];
    await fc.assert(
      fc.asyncProperty(fc.nat(), setting, setting, async (at, value, other) => {
        const key = keys[at % keys.length]!;
        await survive({ ...checkpoint, config: { ...config, [key]: value }, carried: { ...carried, args: other } });
      }),
      rounds(4),
    );
  });

  it('there are networks to change', () => expect(publishedNames.length).toBeGreaterThan(20));
});
