import type { Checkpoint } from './architecture.ts';

const DEEPEST = 4;

/** A setting from the file beside a checkpoint or from the checkpoint itself, however deep it stands; the shallowest wins. */
export function findSetting({ config, carried }: Checkpoint, name: string): unknown {
  return search([config], name) ?? search([carried], name);
}

function search(level: readonly unknown[], name: string, depth = 0): unknown {
  const objects = level.filter((value): value is Record<string, unknown> => typeof value === 'object' && value !== null);
  const holder = objects.find((object) => !Array.isArray(object) && Object.hasOwn(object, name));
  if (holder) return holder[name];
  return depth < DEEPEST && objects.length > 0 ? search(objects.flatMap(Object.values), name, depth + 1) : undefined;
}

/** Three whole numbers of at least 1 (time, height, width), or one for all of them. */
export function asThree(value: unknown): readonly [number, number, number] | undefined {
  const list = typeof value === 'number' ? [value, value, value] : value;
  const whole = (side: unknown) => Number.isSafeInteger(side) && (side as number) >= 1;
  return Array.isArray(list) && list.length === 3 && list.every(whole) ? (list as [number, number, number]) : undefined;
}
