import { describe, expect, it } from 'vitest';
import { filesFromDrop, pickFromFolder } from '../../src/media/dropped-files.ts';

const file = (name: string, type = '') => new File(['x'], name, { type });

/** What a browser hands over when a folder (an object) or a file (null) is dropped. */
type Tree = { readonly [name: string]: Tree | null };

function entryOf(name: string, content: Tree | null, path = `/${name}`): unknown {
  if (!content) return { isDirectory: false, fullPath: path, file: (done: (file: File) => void) => done(file(name)) };
  const children = Object.entries(content).map(([child, inside]) => entryOf(child, inside, `${path}/${child}`));
  return {
    isDirectory: true,
    createReader: () => ({ readEntries: (done: (entries: unknown[]) => void) => done(children.splice(0, 2)) }),
  };
}

function drop(tree: Tree): DataTransfer {
  const items = Object.entries(tree).map(([name, content]) => ({
    kind: 'file',
    getAsFile: () => file(name),
    webkitGetAsEntry: () => entryOf(name, content),
  }));
  return { items } as unknown as DataTransfer;
}

const names = (files: readonly File[]) => files.map((each) => each.webkitRelativePath || each.name);

describe('filesFromDrop', () => {
  it('walks folders in natural order and says what it passed over', async () => {
    const photos = { '10.jpg': null, '2.png': null, more: { '1.heic': null, 'notes.txt': null }, '.DS_Store': null };
    const { files, remarks } = await filesFromDrop(drop({ photos }));
    expect(names(files)).toEqual(['photos/2.png', 'photos/10.jpg', 'photos/more/1.heic']);
    expect(remarks).toEqual([{ text: 'sources.notice.skipped', parameters: { skipped: 1 } }]);
  });

  it('keeps whatever was dropped by itself, so that its error can name it', async () => {
    const { files, remarks } = await filesFromDrop(drop({ 'b.txt': null, 'a.png': null }));
    expect(names(files)).toEqual(['a.png', 'b.txt']);
    expect(remarks).toEqual([]);
  });

  it('keeps a model together', async () => {
    const { files } = await filesFromDrop(drop({ 'vqgan-f8': { 'manifest.json': null, 'encoder.onnx': null } }));
    expect(names(files)).toEqual(['vqgan-f8/manifest.json', 'vqgan-f8/encoder.onnx']);
  });

  it('stops at 5,000 files', async () => {
    const many = Object.fromEntries(Array.from({ length: 5100 }, (_, i) => [`${i}.png`, null]));
    const { files, remarks } = await filesFromDrop(drop({ many }));
    expect(files.length).toBe(5000);
    expect(remarks).toEqual([{ text: 'sources.notice.cut', parameters: { kept: 5000 } }]);
  });
});

describe('pickFromFolder', () => {
  it('takes pictures by type or name, and files without an ending', () => {
    const inside = [file('a.bin', 'image/png'), file('b.TIFF'), file('scan'), file('c.json'), file('d.pdf', 'application/pdf')];
    expect(names(pickFromFolder(inside).files)).toEqual(['a.bin', 'b.TIFF', 'scan']);
  });

  it('says that a folder holds no picture', () => {
    expect(() => pickFromFolder([file('a.txt'), file('b.md')])).toThrow(
      expect.objectContaining({ code: 'media-none', parameters: { skipped: 2 } }),
    );
  });
});
