import { TokenscopeError } from '../core/errors.ts';

/** What was on the clipboard: picture files, or text (token indices, an address). */
export interface Pasted {
  readonly files: readonly File[];
  readonly text: string;
}

/** From a paste event, which needs no permission. Throws `clipboard-empty`. */
export function readPaste({ clipboardData }: Pick<ClipboardEvent, 'clipboardData'>): Pasted {
  const files = [...(clipboardData?.files ?? [])];
  const text = clipboardData?.getData('text/plain').trim() ?? '';
  if (files.length === 0 && text === '') throw new TokenscopeError('clipboard-empty', {});
  return { files, text };
}
