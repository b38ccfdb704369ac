import type { State, Store } from './store.ts';
import { readLink, writeLink } from './url.ts';

/** The page's address, as much of it as a test can stand in for. */
export interface AddressBar {
  search(): string;
  replace(search: string): void;
  push(search: string): void;
  /** Back and forward. */
  onMove(listener: () => void): void;
}

/** Browsers refuse quick changes of the address (Safari: 100 in 30 s). */
const WRITE_EVERY_MS = 400;

/**
 * Keeps the address in step with the state. A change of place is a step that Back undoes; everything else replaces the
 * address, throttled. Gives the link to the present state.
 */
export function keepLink(store: Store, bar: AddressBar): () => string {
  const chosen = new Set<'language' | 'theme'>();
  const first = readLink(bar.search());
  if (first.language) chosen.add('language');
  if (first.theme) chosen.add('theme');
  let waiting: ReturnType<typeof setTimeout> | undefined;
  const link = (state: State = store.getState()) => writeLink(state, bar.search(), chosen);

  function settleNow(): void {
    clearTimeout(waiting);
    waiting = undefined;
  }

  function replace(): void {
    settleNow();
    const next = link();
    if (next !== bar.search().replace(/^\?/, '')) bar.replace(next);
  }

  store.subscribe((state, before) => {
    if (state.language !== before.language) chosen.add('language');
    if (state.theme !== before.theme) chosen.add('theme');
    // After Back the address has the place already.
    const step = state.place !== before.place && (readLink(bar.search()).place ?? 'pipeline') !== state.place;
    if (!step) waiting ??= setTimeout(replace, WRITE_EVERY_MS);
    else {
      settleNow();
      bar.push(link(state));
    }
  });

  bar.onMove(() => {
    const { place = 'pipeline' } = readLink(bar.search());
    if (place !== store.getState().place) store.setState({ place });
  });
  return link;
}
