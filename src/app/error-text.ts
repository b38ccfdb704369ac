import type { ErrorCode, TokenscopeError } from '../core/errors.ts';
import { useTexts } from '../i18n/index.ts';

/** The two sentences of an error: what happened to which thing, and what to do. */
export function useErrorText() {
  const { t } = useTexts();
  // One code with its own parameters is typed; any code with its own is not expressible.
  const say = t as unknown as (key: string, parameters: object) => string;
  const whatOf = (code: ErrorCode, parameters: object) => say(`errors.${code}.what`, parameters);
  return {
    whatOf,
    what: ({ code, parameters }: TokenscopeError) => whatOf(code, parameters),
    remedy: ({ code, parameters }: TokenscopeError) => say(`errors.${code}.remedy`, parameters),
    /** Any text by its key, with whatever parameters came with it. */
    say,
  };
}
