import type { StoredTensors } from './tensors.ts';

/** Length of one axis of a tensor; 0 when there is no such tensor or axis. */
export function sizeOf(tensors: StoredTensors, name: string, axis = 0): number {
  return tensors.get(name)?.shape[axis] ?? 0;
}

/** How many numbered parts follow each other from 0: for `down`, the names `down.0.…`, `down.1.…` are two. */
export function countParts(tensors: StoredTensors, list: string): number {
  const found = new Set<string>();
  for (const name of tensors.keys()) {
    if (name.startsWith(`${list}.`)) found.add(name.slice(list.length + 1).split('.', 1)[0]!);
  }
  let count = 0;
  while (found.has(String(count))) count++;
  return count;
}
