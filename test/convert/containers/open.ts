import { blobSource } from '../../../src/convert/byte-source.ts';
import { openCheckpoint } from '../../../src/convert/open-checkpoint.ts';
import { readValues, type StoredTensors } from '../../../src/convert/tensors.ts';
import { TokenscopeError } from '../../../src/core/errors.ts';

/** Files as a visitor drops them. */
export function openFiles(files: Readonly<Record<string, Blob>>) {
  return openCheckpoint(Object.entries(files).map(([name, blob]) => ({ name, source: blobSource(blob, name) })));
}

/** All values by name. */
export async function valuesOf(tensors: StoredTensors): Promise<Record<string, number[]>> {
  const values: Record<string, number[]> = {};
  for (const [name, tensor] of tensors) values[name] = [...(await readValues(tensor))!];
  return values;
}

/** The error that opening these files, and reading every tensor, ends in: its code and what it is about. */
export async function refusalOf(files: Readonly<Record<string, Blob>>): Promise<unknown> {
  try {
    await valuesOf((await openFiles(files)).tensors);
  } catch (error) {
    if (error instanceof TokenscopeError) return { code: error.code, ...error.parameters };
    throw error;
  }
  return undefined;
}
