import { useEffect, useMemo, useState } from 'react';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { cellIndex } from '../core/token-grid.ts';
import type { Actions } from '../state/actions.ts';
import { useActions, usePlaygroundStore } from '../state/hooks.ts';
import type { State, Store } from '../state/store.ts';
import type { Frame, Point } from '../ui/viewport.ts';
import type { SharedView } from '../ui/zoom.ts';

/** What all panels of Compare share: where they look, and where the pointer is (in fractions of the picture). */
export interface CompareLink {
  readonly frame: Frame;
  readonly view: SharedView;
  readonly pointer: StoreApi<Point>;
  /** Pixels of the active model's picture in one side of a loupe. */
  readonly loupePixels: number;
  point(at: Point): void;
}

/** One view and one pointer for all panels; the pointer and the page's selected cell follow each other. */
export function useCompareLink(frame: Frame, loupePixels: number): CompareLink {
  const store = usePlaygroundStore();
  const actions = useActions();
  const [pointer] = useState(() => createStore<Point>(() => selectedPoint(store.getState())));
  useEffect(
    () =>
      store.subscribe((state, before) => {
        if (state.selection.cell !== before.selection.cell || state.slots[0]?.result?.grid !== before.slots[0]?.result?.grid) {
          followSelection(state, pointer);
        }
      }),
    [store, pointer],
  );
  const view = useMemo<SharedView>(
    () => ({ read: () => store.getState().compare, write: (next) => actions.setCompare(next) }),
    [store, actions],
  );
  return useMemo(
    () => ({ frame, view, pointer, loupePixels, point: (at) => pointTo(at, pointer, store, actions) }),
    [frame, view, pointer, loupePixels, store, actions],
  );
}

function pointTo(at: Point, pointer: StoreApi<Point>, store: Store, actions: Actions): void {
  pointer.setState(at);
  const state = store.getState();
  const shape = state.slots[0]?.result?.grid.shape;
  if (!shape) return;
  const cell = { t: 0, row: Math.floor(at.y * shape.h), column: Math.floor(at.x * shape.w) };
  if (cellIndex(shape, cell) !== cellIndex(shape, state.selection.cell)) actions.selectCell(cell);
}

function selectedPoint(state: State): Point {
  const { h, w } = state.slots[0]?.result?.grid.shape ?? { h: 32, w: 32 };
  const { row, column } = state.selection.cell;
  return { x: Math.min(1, (column + 0.5) / w), y: Math.min(1, (row + 0.5) / h) };
}

/** A pointer inside the selected cell stays where it is. */
function followSelection(state: State, pointer: StoreApi<Point>): void {
  const { h, w } = state.slots[0]?.result?.grid.shape ?? { h: 32, w: 32 };
  const { x, y } = pointer.getState();
  const { row, column } = state.selection.cell;
  if (Math.floor(x * w) !== column || Math.floor(y * h) !== row) pointer.setState(selectedPoint(state));
}
