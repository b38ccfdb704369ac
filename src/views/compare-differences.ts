import { useMemo, useRef, useState } from 'react';
import type { Slot } from '../state/store.ts';
import { type DifferenceScale, differenceScale, pixelDifferences } from './compare-difference.ts';

/** Black of the fixed scale: a quarter of the full range. */
const FIXED_SCALE = 0.25;

/** The difference of every row, and one scale for all. */
export function useDifferences(slots: readonly Slot[]) {
  const [fitted, setFitted] = useState(true);
  const [known] = useState(() => new WeakMap<object, Uint16Array>());
  const maps = slots.map(({ result }) => {
    const { source, reconstruction } = result ?? {};
    if (!source || !reconstruction) return undefined;
    const map = known.get(reconstruction) ?? pixelDifferences(source, reconstruction.picture);
    known.set(reconstruction, map);
    return map;
  });
  const present = maps.filter((map) => map !== undefined);
  const value = useStableNumber(
    () => (fitted && present.length > 0 ? differenceScale(present) : FIXED_SCALE),
    [fitted, ...present],
  );
  const scale = useMemo<DifferenceScale>(() => ({ value, fitted, toggle: () => setFitted((on) => !on) }), [value, fitted]);
  return { maps, scale };
}

/** Computes again only when one of `inputs` (any number of them) is another object. */
function useStableNumber(compute: () => number, inputs: readonly unknown[]): number {
  const last = useRef<{ readonly inputs: readonly unknown[]; readonly value: number }>(undefined);
  const same = last.current?.inputs.length === inputs.length && inputs.every((input, i) => input === last.current?.inputs[i]);
  if (!last.current || !same) last.current = { inputs, value: compute() };
  return last.current.value;
}
