// Until src/convert/open-checkpoint.ts is there.
import { existsSync, readFileSync } from 'node:fs';
import type { Checkpoint } from '../../../src/convert/architecture.ts';
import { readSafetensors } from '../../../src/convert/containers/safetensors.ts';

type Open = (files: { name: string; source: unknown }[]) => Promise<Checkpoint>;
const found = import.meta.glob('../../../src/convert/open-checkpoint.ts');

export async function openFiles(fixture: string, files: { name: string; source: unknown }[]): Promise<Checkpoint> {
  const load = Object.values(found)[0];
  const plain = `/tmp/plain/${fixture}`;
  if (process.env.PLAIN !== '1' && load) return ((await load()) as { openCheckpoint: Open }).openCheckpoint(files);
  if (!existsSync(`${plain}.safetensors`)) throw new Error(fixture);
  const tensors = await readSafetensors(new Blob([readFileSync(`${plain}.safetensors`)]), fixture);
  const { config, carried } = JSON.parse(readFileSync(`${plain}.json`, 'utf8'));
  return { file: fixture, tensors, ...(config && { config }), ...(carried && { carried }) };
}
