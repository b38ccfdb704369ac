import type { StoredModel } from './protocol.ts';

/** Downloaded files by hash, and which model needs which. Nothing here throws: without storage, everything is just absent. */
export interface ModelStore {
  /** What is kept under a hash: the whole file, or its beginning when a download broke off. */
  read(sha256: string): Promise<Blob | undefined>;
  write(sha256: string, content: Blob): Promise<void>;
  remove(sha256: string): Promise<void>;
  /** Lists a model's files, so that it can be shown and deleted. */
  remember(id: string, hashes: readonly string[]): Promise<void>;
  list(): Promise<StoredModel[]>;
  delete(id: string): Promise<void>;
}

/** In the origin's private file system where there is one (it takes https or localhost). */
export async function openModelStore(): Promise<ModelStore> {
  try {
    const root = await navigator.storage.getDirectory();
    const files = await root.getDirectoryHandle('files', { create: true });
    const models = await root.getDirectoryHandle('models', { create: true });
    return directoryStore(files, models);
  } catch {
    return noStore;
  }
}

const noStore: ModelStore = {
  read: async () => undefined,
  write: async () => {},
  remove: async () => {},
  remember: async () => {},
  list: async () => [],
  delete: async () => {},
};

function directoryStore(files: FileSystemDirectoryHandle, models: FileSystemDirectoryHandle): ModelStore {
  const read = async (directory: FileSystemDirectoryHandle, name: string) => {
    const file = await directory
      .getFileHandle(name)
      .then((handle) => handle.getFile())
      .catch(() => undefined);
    return file?.size ? file : undefined;
  };
  const remove = (directory: FileSystemDirectoryHandle, name: string) => directory.removeEntry(name).catch(() => {});
  const hashesOf = async (id: string): Promise<string[]> => {
    const list = await read(models, id);
    return (await list?.text())?.split('\n') ?? [];
  };
  const names = async () => {
    const found: string[] = [];
    for await (const name of models.keys()) found.push(name);
    return found;
  };

  return {
    read: (sha256) => read(files, sha256),
    // Full disk, private window, another tab writing the same file: the model runs from memory.
    write: (sha256, content) => writeFile(files, sha256, content).catch(() => remove(files, sha256)),
    remove: (sha256) => remove(files, sha256),
    remember: (id, hashes) => writeFile(models, id, new Blob([hashes.join('\n')])).catch(() => {}),
    async list() {
      const listed = (await names()).map(async (id) => {
        const contents = await Promise.all((await hashesOf(id)).map((sha256) => read(files, sha256)));
        return { id, bytes: contents.reduce((sum, file) => sum + (file?.size ?? 0), 0) };
      });
      return (await Promise.all(listed)).filter(({ bytes }) => bytes > 0);
    },
    async delete(id) {
      const own = await hashesOf(id);
      await remove(models, id);
      const needed = new Set((await Promise.all((await names()).map(hashesOf))).flat());
      for (const sha256 of own) if (!needed.has(sha256)) await remove(files, sha256);
    },
  };
}

/** The part of FileSystemSyncAccessHandle used here; the page's type library does not know it. */
interface SyncAccess {
  truncate(size: number): void;
  write(content: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  flush(): void;
  close(): void;
}

const PIECE = 4 * 2 ** 20;

/** In pieces, so that a large file never stands in memory as a whole. */
export async function writeFile(directory: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const handle = await directory.getFileHandle(name, { create: true });
  const access = await (handle as unknown as { createSyncAccessHandle(): Promise<SyncAccess> }).createSyncAccessHandle();
  try {
    access.truncate(0);
    for (let at = 0; at < content.size; ) {
      at += access.write(new Uint8Array(await content.slice(at, at + PIECE).arrayBuffer()), { at });
    }
    access.flush();
  } finally {
    access.close();
  }
}
