import { asTokenscopeError, isAbort, type TokenscopeError } from '../core/errors.ts';
import type { Store } from './store.ts';

/** Runs a verb. A failure becomes `state.error`; an abort is silence, because something newer has begun. */
export async function attempt<T>(store: Store, work: () => Promise<T>): Promise<T | undefined> {
  store.setState({ error: undefined });
  return quietly(store, work);
}

/** What was asked for, or why there is nothing; undefined after an abort. */
export type Answer<T> = { readonly value: T } | { readonly failed: TokenscopeError } | undefined;

/** What came of it, for a dialog that shows failures itself; undefined after an abort. */
export async function answered<T>(work: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return isAbort(error) ? undefined : { failed: asTokenscopeError(error) };
  }
}

/** The same as `attempt` for work in the background: an error on show stays until another one comes. */
export async function quietly<T>(store: Store, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!isAbort(error)) store.setState({ error: asTokenscopeError(error) });
    return undefined;
  }
}
