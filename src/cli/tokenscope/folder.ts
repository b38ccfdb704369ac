import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelFolder } from '../../convert/model-folder.ts';
import { parseManifest } from '../../core/parse-manifest.ts';
import type { ModelContents } from '../../engine/model-files.ts';

const MANIFEST = 'manifest.json';

/** Writes a model folder, which then stands for itself: no file of it points into the checkpoint it was made of. */
export async function writeFolder(folder: string, { manifest, files }: ModelFolder): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), new Uint8Array(await content.arrayBuffer()));
  writeFileSync(join(folder, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** A model folder as the engine opens it. Throws when a file that the manifest lists is not there or has another length. */
export function readFolder(folder: string): ModelContents {
  const names = listFolder(folder);
  if (!names.includes(MANIFEST)) throw new Error(`${folder} has no ${MANIFEST}: it is not a model folder.`);
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8'));
  } catch {
    throw new Error(`${join(folder, MANIFEST)} is not JSON.`);
  }
  const manifest = parseManifest(json, join(folder, MANIFEST));
  return {
    manifest,
    file(name) {
      if (!names.includes(name)) throw new Error(`${folder} has no file ${name}, which its manifest names.`);
      const bytes = readFileSync(join(folder, name));
      const listed = manifest.files.find((file) => file.name === name)?.bytes ?? bytes.length;
      if (listed !== bytes.length) throw new Error(`${join(folder, name)} has ${bytes.length} bytes, not ${listed}.`);
      return new Blob([bytes]);
    },
  };
}

/** Names of all files of a folder. */
export function listFolder(folder: string): string[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`${folder} is not a folder.`);
  return readdirSync(folder);
}
