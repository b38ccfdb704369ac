import type { Manifest } from '../core/manifest.ts';
import { writeFile } from './model-store.ts';
import type { StoredModel } from './protocol.ts';

/** Model folders made of files on servers, and what came of those that broke off. Nothing here throws: without storage, everything is just absent. */
export interface FolderStore {
  /** Keeps a whole folder under an id, in place of what was there. */
  keep(id: string, files: Readonly<Record<string, Blob>>): Promise<void>;
  folder(id: string): Promise<Readonly<Record<string, Blob>> | undefined>;
  /** Of a file that is on its way, named for a person. */
  pieces(name: string): Promise<StoredPieces>;
  /** The same, if any came before. */
  begun(name: string): Promise<StoredPieces | undefined>;
  list(): Promise<StoredModel[]>;
  delete(id: string): Promise<void>;
}

/** Pieces of a file by where they stand in it. */
export interface StoredPieces {
  readonly names: readonly string[];
  read(name: string): Promise<Blob | undefined>;
  write(name: string, piece: Blob): Promise<void>;
}

const MANIFEST = 'manifest.json';

/** In the origin's private file system where there is one (it takes https or localhost). */
export async function openFolderStore(): Promise<FolderStore> {
  try {
    const root = await navigator.storage.getDirectory();
    const folders = await root.getDirectoryHandle('folders', { create: true });
    const pieces = await root.getDirectoryHandle('pieces', { create: true });
    return directoryStore(folders, pieces);
  } catch {
    return noStore;
  }
}

const noStore: FolderStore = {
  keep: async () => {},
  folder: async () => undefined,
  pieces: async () => ({ names: [], read: async () => undefined, write: async () => {} }),
  begun: async () => undefined,
  list: async () => [],
  delete: async () => {},
};

function directoryStore(folders: FileSystemDirectoryHandle, pieces: FileSystemDirectoryHandle): FolderStore {
  const remove = (from: FileSystemDirectoryHandle, id: string) => from.removeEntry(id, { recursive: true }).catch(() => {});
  const contents = async (from: FileSystemDirectoryHandle, id: string): Promise<Record<string, File>> => {
    try {
      const directory = await from.getDirectoryHandle(id);
      const names = await namesOf(directory);
      return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(directory, name)] as const)));
    } catch {
      return {};
    }
  };
  const listed = async (from: FileSystemDirectoryHandle, what: Partial<StoredModel>) => {
    const ids = await namesOf(from);
    const found = ids.map(async (id) => {
      const files = await contents(from, id);
      return { id, bytes: sizeOf(files), ...(await describe(files[MANIFEST])), ...what };
    });
    return Promise.all(found);
  };

  return {
    async keep(id, files) {
      await remove(folders, id);
      try {
        const directory = await folders.getDirectoryHandle(id, { create: true });
        // The manifest comes last: without it a folder does not count.
        const names = Object.keys(files).filter((name) => name !== MANIFEST);
        for (const name of [...names, MANIFEST]) await writeFile(directory, name, files[name]!);
      } catch {
        await remove(folders, id);
      }
    },
    async folder(id) {
      const files = await contents(folders, id);
      return files[MANIFEST] && files;
    },
    async pieces(name) {
      const directory = await pieces.getDirectoryHandle(name, { create: true }).catch(() => undefined);
      return directory ? storedPieces(directory) : noStore.pieces(name);
    },
    async begun(name) {
      const directory = await pieces.getDirectoryHandle(name).catch(() => undefined);
      return directory && storedPieces(directory);
    },
    async list() {
      // One without a manifest broke off while it was written.
      const whole = (await listed(folders, { opens: true })).filter(({ title }) => title !== undefined);
      const begun = await listed(pieces, { begun: true });
      return [...whole, ...begun].filter(({ bytes }) => bytes > 0);
    },
    delete: async (id) => {
      await Promise.all([remove(folders, id), remove(pieces, id)]);
    },
  };
}

async function storedPieces(directory: FileSystemDirectoryHandle): Promise<StoredPieces> {
  return {
    names: await namesOf(directory),
    read: (name) => readFile(directory, name).catch(() => undefined),
    write: (name, piece) => writeFile(directory, name, piece).catch(() => directory.removeEntry(name).catch(() => {})),
  };
}

async function namesOf(directory: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of directory.keys()) names.push(name);
  return names;
}

async function readFile(directory: FileSystemDirectoryHandle, name: string): Promise<File> {
  return (await directory.getFileHandle(name)).getFile();
}

/** Nothing of a manifest that cannot be read. */
async function describe(manifest: Blob | undefined): Promise<Pick<StoredModel, 'title' | 'form'>> {
  try {
    const { title, conversion } = JSON.parse((await manifest?.text()) ?? 'null') as Partial<Manifest>;
    const { weights, graph } = conversion ?? {};
    return { ...(typeof title === 'string' && { title }), ...(weights && graph && { form: { weights, graph } }) };
  } catch {
    return {};
  }
}

function sizeOf(files: Readonly<Record<string, Blob>>): number {
  return Object.values(files).reduce((sum, { size }) => sum + size, 0);
}
