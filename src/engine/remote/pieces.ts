import type { Pieces, Range } from '../../convert/http-requests.ts';
import type { FolderStore, StoredPieces } from '../folder-store.ts';

/** Smaller ones come again as fast as they are found. */
const LEAST = 2 ** 12;

interface Piece extends Range {
  readonly content: Blob;
}

/** Pieces of a file on this machine, as long as `agreed` says that they may be kept. */
export async function keptPieces(folders: FolderStore, key: string, agreed: () => boolean): Promise<Pieces> {
  const begun = await folders.begun(key);
  const known = begun ? await readPieces(begun) : [];
  let opened: Promise<StoredPieces> | undefined;
  return {
    find(range) {
      const piece = known.find(({ from, to }) => from <= range.from && range.to <= to);
      return piece && Promise.resolve(piece.content.slice(range.from - piece.from, range.to - piece.from));
    },
    keep({ from, to }, content) {
      if (to - from < LEAST || !agreed()) return;
      opened ??= folders.pieces(key);
      void opened.then((pieces) => pieces.write(`${from}-${to}`, content));
    },
  };
}

/** Whole ones only: the page may have been closed while one was written. */
async function readPieces(begun: StoredPieces): Promise<readonly Piece[]> {
  const pieces = begun.names.map(async (name) => {
    const [from = 0, to = 0] = name.split('-').map(Number);
    const content = await begun.read(name);
    return content?.size === to - from ? [{ from, to, content }] : [];
  });
  return (await Promise.all(pieces)).flat();
}
