import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type NpyArray, readNpy, writeNpy } from '../../core/npy.ts';

/** A file whole, in memory of its own (a Buffer's slices would share theirs). */
export function readBytes(path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    throw new Error(`${path} cannot be opened.`);
  }
}

/** A NumPy file, read whole. */
export function readArray(path: string): NpyArray {
  return readNpy(readBytes(path), basename(path));
}

/** Writes `<name>.npy` into a folder, which is made when it is not there. */
export function writeArray(folder: string, name: string, data: Float32Array | Int32Array, shape: readonly number[]): void {
  writeFile(folder, `${name}.npy`, writeNpy(data, shape));
}

export function writeFile(folder: string, name: string, bytes: Uint8Array): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), bytes);
}
