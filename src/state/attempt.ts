import { asTokenscopeError, isAbort } from '../core/errors.ts';
import type { Store } from './store.ts';

/** Runs a verb. A failure becomes `state.error`; an abort is silence, because something newer has begun. */
export async function attempt<T>(store: Store, work: () => Promise<T>): Promise<T | undefined> {
  store.setState({ error: undefined });
  return quietly(store, work);
}

/** The same for work in the background: an error on show stays until another one comes. */
export async function quietly<T>(store: Store, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isAbort(error)) store.setState({ error: asTokenscopeError(error) });
    return undefined;
  }
}
