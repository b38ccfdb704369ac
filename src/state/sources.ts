import { WHOLE } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { TokenGrid } from '../core/token-grid.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { KeptPictures, ReadPicture } from './kept-pictures.ts';
import { checkTokens } from './run.ts';
import type { Source, Store } from './store.ts';
import type { OpenedFile } from './surroundings.ts';

export interface SourceParts {
  readonly store: Store;
  readonly pictures: KeptPictures;
  readonly read: ReadPicture;
  readonly tell: (remarks: readonly Remark[]) => void;
}

interface About {
  readonly name: string;
  readonly kind: Source['kind'];
  readonly sample?: string;
}

/** Opening of sources: the newest wins, and the one before stays until the new one could be read. */
export function keepSources({ store, pictures, read, tell }: SourceParts) {
  let newest = 0;

  /** Takes a key for a source that begins to open; those still opening are overtaken. */
  function begin(): number {
    store.setState({ busy: 'opening-source' });
    return ++newest;
  }

  const overtaken = (key: number) => key !== newest;

  /** Tokens that the model on screen has no entries for are refused while the source before still stands. */
  function refuseForeign(grid: TokenGrid): void {
    const model = store.getState().slots[0]?.model;
    if (model) checkTokens(grid, model.codebookSize);
  }

  function show(key: number, about: About, opened: OpenedFile, file?: Blob): void {
    const { source: before, framing } = store.getState();
    const source: Source =
      opened.kind === 'tokens'
        ? { key, ...about, kind: 'tokens', grid: opened.grid }
        : { key, ...about, height: opened.height, width: opened.width };
    if (opened.kind === 'tokens') pictures.clear();
    else pictures.keep({ key, name: about.name, ...(file ? { file } : {}) }, opened.picture);
    // A crop belongs to the picture it was drawn on; a camera's next frame is the same picture here.
    const drop = before && framing.fit === 'crop' && !(before.kind === 'camera' && about.kind === 'camera');
    store.setState({ source, ...(drop ? { framing: { ...framing, fit: 'fill', crop: WHOLE } } : {}) });
    if (about.kind !== 'camera') tell(opened.kind === 'picture' ? opened.remarks : []);
  }

  return {
    begin,
    overtaken,
    /** Reads a file and shows it, unless something newer was opened meanwhile. */
    async openFile(key: number, file: Blob, about: About): Promise<void> {
      const opened = await read(file, about.name);
      if (!overtaken(key)) {
        if (opened.kind === 'tokens') refuseForeign(opened.grid);
        return show(key, about, opened, file);
      }
      if (opened.kind === 'picture' && 'close' in opened.picture) opened.picture.close();
    },
    openBitmap(picture: ImageBitmap | Picture, about: About): void {
      const { height, width } = picture;
      show(begin(), about, { kind: 'picture', picture, height, width, remarks: [] });
    },
    openGrid(grid: TokenGrid, name: string): void {
      refuseForeign(grid);
      show(begin(), { name, kind: 'tokens' }, { kind: 'tokens', grid });
    },
    /** Reads the present file again, with the settings of now. */
    reread(): void {
      const { source } = store.getState();
      if (!source || source.grid || source.kind === 'camera') return;
      pictures.renew(++newest);
      store.setState({ source: { ...source, key: newest } });
    },
  };
}
