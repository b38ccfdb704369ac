import { useActiveSlot, useTokenscope } from '../state/hooks.ts';
import type { Result, Selection, Slot } from '../state/store.ts';
import { type SelectedCell, selectedCell } from './selected-cell.ts';

/** The selected cell of the active model's result, with everything known about it. */
export function useSelectedCell(): SelectedCell | undefined {
  const slot = useActiveSlot();
  const selection = useTokenscope((state) => state.selection);
  return slot?.result && lastSelected(slot, slot.result, selection);
}

let last: { slot: Slot; selection: Selection; selected: SelectedCell } | undefined;

/** Many blocks ask for the same cell in the same moment: it is worked out once. */
function lastSelected(slot: Slot, result: Result, selection: Selection): SelectedCell {
  if (last?.slot !== slot || last.selection !== selection) {
    last = { slot, selection, selected: selectedCell(slot, result, selection) };
  }
  return last.selected;
}
