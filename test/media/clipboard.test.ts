import { describe, expect, it } from 'vitest';
import { readPaste } from '../../src/media/clipboard.ts';

const paste = (files: readonly File[], text: string) =>
  readPaste({ clipboardData: { files, getData: () => text } as unknown as DataTransfer });

describe('readPaste', () => {
  it('gives pictures and text', () => {
    const picture = new File(['x'], 'image.png', { type: 'image/png' });
    expect(paste([picture], ' 1 2 3 4\n')).toEqual({ files: [picture], text: '1 2 3 4' });
  });

  it('says that there is nothing to paste', () => {
    expect(() => paste([], '  ')).toThrow(expect.objectContaining({ code: 'clipboard-empty' }));
  });
});
