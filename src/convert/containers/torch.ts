import { TokenscopeError } from '../../core/errors.ts';
import type { StoredTensor } from '../tensors.ts';
import { isBallast } from '../tidy-names.ts';
import { damaged } from './failure.ts';
import { PickledTensor } from './pickled.ts';
import { type AnyTensor, findStateDict } from './state-dict.ts';
import { type StoragePlace, storedView } from './strided.ts';

/** The tensors of one file and what it says beside them. */
export interface Contents {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly carried?: unknown;
}

/** Where a storage of `bytes` bytes stands; throws when there is none or it is too short. */
export type FindStorage = (key: string, bytes: number) => StoragePlace;

/**
 * The tensors of an unpickled object. Throws `checkpoint-empty` and, for those that cannot be read here, `checkpoint-type`;
 * what the training alone needed is left out then.
 */
export function readContents(root: unknown, file: string, find: FindStorage, options = { objects: false }): Contents {
  const { tensors, carried } = findStateDict(root, options, damaged(file));
  if (tensors.size === 0) throw new TokenscopeError('checkpoint-empty', { file });
  const legible = [...tensors].filter(([name, tensor]) => tensor instanceof PickledTensor || !isBallast(name));
  const stored = legible.map(([name, tensor]) => [name, readTensor(name, tensor, file, find)] as const);
  return { tensors: new Map(stored), ...(carried !== undefined && { carried }) };
}

function readTensor(name: string, tensor: AnyTensor, file: string, find: FindStorage): StoredTensor {
  if (!(tensor instanceof PickledTensor)) throw new TokenscopeError('checkpoint-type', { file, tensor: name, type: tensor.type });
  const { storage } = tensor;
  const { source, from } = find(storage.key, storage.total * storage.size);
  return storedView({ source, from: from + storage.viewed * storage.size }, tensor, name);
}
