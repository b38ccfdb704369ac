import { useMemo } from 'react';
import { useActiveSlot, useTokenscope } from '../state/hooks.ts';
import { type SelectedCell, selectedCell } from './selected-cell.ts';

/** The selected cell of the active model's result, with everything known about it. */
export function useSelectedCell(): SelectedCell | undefined {
  const slot = useActiveSlot();
  const selection = useTokenscope((state) => state.selection);
  return useMemo(() => (slot?.result ? selectedCell(slot, slot.result, selection) : undefined), [slot, selection]);
}
