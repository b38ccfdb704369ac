import { TokenscopeError } from '../../core/errors.ts';

/** Ends reading a file with a named error; `reason` says what is wrong with it. */
export type Fail = (reason: string) => never;

/** For a file that is what it seems to be, but broken: throws `checkpoint-damaged`. */
export function damaged(file: string): Fail {
  return (reason) => {
    throw new TokenscopeError('checkpoint-damaged', { file, reason });
  };
}

/** For a file built to do harm, or that cannot be told from one: throws `checkpoint-unsafe`. */
export function unsafe(file: string): Fail {
  return (reason) => {
    throw new TokenscopeError('checkpoint-unsafe', { file, reason });
  };
}
