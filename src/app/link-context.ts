import { createContext, useContext } from 'react';

/** Gives the whole address of the present state. */
export const LinkContext = createContext<() => string>(() => location.href);

export function useLink(): () => string {
  return useContext(LinkContext);
}
