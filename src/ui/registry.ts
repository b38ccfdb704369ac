import { useEffect, useSyncExternalStore } from 'react';

/** A list that components on the page add to while they are mounted. */
export function registry<T>() {
  let entries: readonly T[] = [];
  const listeners = new Set<() => void>();
  const change = (next: readonly T[]) => {
    entries = next;
    for (const listener of listeners) listener();
  };
  return {
    /** Adds while the component is mounted; keep the entry stable (useMemo). */
    useEntry(entry: T | undefined): void {
      useEffect(() => {
        if (entry === undefined) return;
        change([...entries, entry]);
        return () => change(entries.filter((other) => other !== entry));
      }, [entry]);
    },
    useEntries(): readonly T[] {
      return useSyncExternalStore(
        (listener) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        () => entries,
      );
    },
    entries: () => entries,
  };
}
