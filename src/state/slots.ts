import { entryCount } from '../core/entry-count.ts';
import type { Manifest } from '../core/manifest.ts';
import { firstCell, followGrid, isUsual, tokenAt } from './selection.ts';
import type { Selection, Slot, State, Store } from './store.ts';

export function emptySlot(key: number, manifest: Manifest): Slot {
  return {
    key,
    manifest,
    phase: 'recorded',
    progress: undefined,
    model: undefined,
    error: undefined,
    codebook: undefined,
    geometry: undefined,
    entryPictures: undefined,
    result: undefined,
    visit: { counts: new Uint32Array(entryCount(manifest)), pictures: 0 },
  };
}

export function findSlot(state: State, key: number): Slot | undefined {
  return state.slots.find((slot) => slot.key === key);
}

/** Other slots; the selection follows when another grid is the active one now. */
export function withSlots(state: State, slots: readonly Slot[]): Pick<State, 'slots' | 'selection'> {
  const before = state.slots[0];
  const after = slots[0];
  if (before?.result?.grid === after?.result?.grid) return { slots, selection: state.selection };
  if (after?.result && !before?.result && isUsual(state.selection)) {
    const { grid } = after.result;
    const cell = firstCell(grid.shape, after.clip?.reconstruction);
    return { slots, selection: { cell, entry: tokenAt(grid, cell) } };
  }
  const sameModel = !before || before.manifest.id === after?.manifest.id;
  const selection = withinCodebook(state.selection, after);
  return { slots, selection: followGrid(selection, before?.result?.grid, after?.result?.grid, sameModel) };
}

/** A link may name an entry that this codebook does not have. */
function withinCodebook(selection: Selection, slot: Slot | undefined): Selection {
  const size = slot?.result?.counts.length;
  return size !== undefined && selection.entry !== undefined && selection.entry >= size
    ? { ...selection, entry: undefined }
    : selection;
}

/** Changes one slot, if it is still there. */
export function changeSlot(store: Store, key: number, change: Partial<Slot> | ((slot: Slot) => Partial<Slot>)): void {
  store.setState((state) => {
    if (!findSlot(state, key)) return state;
    const slots = state.slots.map((slot) =>
      slot.key === key ? { ...slot, ...(typeof change === 'function' ? change(slot) : change) } : slot,
    );
    return withSlots(state, slots);
  });
}
