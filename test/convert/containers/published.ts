import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { blobSource } from '../../../src/convert/byte-source.ts';
import type { CheckpointFile } from '../../../src/convert/open-checkpoint.ts';

const folder = join(import.meta.dirname, '../../fixtures/published');

export const publishedNames = readdirSync(folder);

/** The files as a visitor drops them: everything in the folder but what a reference computed. */
export function publishedFiles(name: string): CheckpointFile[] {
  const files = readdirSync(join(folder, name)).filter((file) => !file.endsWith('.npy') && file !== 'expected.json');
  return files.map((file) => ({ name: file, source: blobSource(new Blob([readPublished(name, file)]), file) }));
}

export function readPublished(name: string, file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(folder, name, file)));
}
