import { useSyncExternalStore } from 'react';

export type DialogName =
  | 'keys'
  | 'save'
  | 'open'
  | 'framing'
  | 'tray'
  | 'tokens'
  | 'stored'
  | 'self-test'
  | 'onnx'
  | 'clip-save'
  | 'model';

let shown: DialogName | undefined;
const listeners = new Set<() => void>();

/** Opens one of the page's dialogs, instead of the one that is open; none without a name. */
export function showDialog(name?: DialogName): void {
  shown = name;
  for (const listener of listeners) listener();
}

export function useShownDialog(): DialogName | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}
