import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { CatalogModel } from '../engine/protocol.ts';
import type { Sample } from '../media/samples.ts';
import type { Actions } from './actions.ts';
import { selectedPlane } from './selection.ts';
import type { Slot, State, Store } from './store.ts';

export interface Playground {
  readonly store: Store;
  readonly actions: Actions;
  /** Models and pictures that come with the page. */
  readonly catalog: readonly CatalogModel[];
  readonly samples: readonly Sample[];
}

export const PlaygroundContext = createContext<Playground | undefined>(undefined);

function usePlayground(): Playground {
  const playground = useContext(PlaygroundContext);
  if (!playground) throw new Error('No playground above this component.');
  return playground;
}

/** One slice of the state; the component draws again only when the slice changes. */
export function useTokenscope<T>(select: (state: State) => T): T {
  return useStore(usePlayground().store, select);
}

export function useActions(): Actions {
  return usePlayground().actions;
}

/** The store itself, for drawing outside React (pointer moves, canvases). */
export function usePlaygroundStore(): Store {
  return usePlayground().store;
}

/** The active model's slot. */
export function useActiveSlot(): Slot | undefined {
  return useTokenscope((state) => state.slots[0]);
}

/** The selected plane of the active model's token volume: the one pointed at, else the one at the playhead. */
export function useSelectedPlane(): number {
  return useTokenscope(selectedPlane);
}

/** Models that come with the page. */
export function useCatalog(): readonly CatalogModel[] {
  return usePlayground().catalog;
}

/** Pictures that come with the page. */
export function useSamples(): readonly Sample[] {
  return usePlayground().samples;
}
