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

/** For a button: the browser asks the visitor first. Throws `clipboard-denied` and `clipboard-empty`. */
export async function readClipboard(): Promise<Pasted> {
  const items = await navigator.clipboard.read().catch((error: unknown) => {
    throw new TokenscopeError('clipboard-denied', {}, { cause: error });
  });
  const files: File[] = [];
  let text = '';
  for (const item of items) {
    const picture = item.types.find((type) => type.startsWith('image/'));
    if (picture) files.push(new File([await item.getType(picture)], 'clipboard', { type: picture }));
    else if (item.types.includes('text/plain')) text ||= (await (await item.getType('text/plain')).text()).trim();
  }
  if (files.length === 0 && text === '') throw new TokenscopeError('clipboard-empty', {});
  return { files, text };
}
