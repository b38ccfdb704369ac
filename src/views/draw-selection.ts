import { useLayoutEffect } from 'react';
import { usePlaygroundStore } from '../state/hooks.ts';
import type { Selection } from '../state/store.ts';

/**
 * Draws the selection outside React: at once, and again in the same task in which it changes. Keep `draw` stable
 * (useCallback); a new one draws again.
 */
export function useDrawSelection(draw: (selection: Selection) => void): void {
  const store = usePlaygroundStore();
  useLayoutEffect(() => {
    draw(store.getState().selection);
    return store.subscribe((state, before) => {
      if (state.selection !== before.selection) draw(state.selection);
    });
  }, [store, draw]);
}
