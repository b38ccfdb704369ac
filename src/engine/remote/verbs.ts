import type { FolderStore } from '../folder-store.ts';
import type { ModelStore } from '../model-store.ts';
import type { Engine, RemoteEngine } from '../protocol.ts';

interface RemoteParts {
  readonly fetch: typeof fetch;
  readonly store: Promise<ModelStore>;
  readonly folders: Promise<FolderStore>;
}

type RemoteVerbs = RemoteEngine & Pick<Engine, 'convert' | 'storedModels' | 'deleteStoredModel'>;

/** What the page can ask about models on servers and on this machine. Behind the doors of their own files: most visitors never convert anything. */
export function remoteVerbs({ fetch, store, folders }: RemoteParts): RemoteVerbs {
  let kept: Promise<import('../convert-files.ts').Checkpoints> | undefined;
  const checkpoints = () => {
    kept ??= (async () => (await import('../convert-files.ts')).keepCheckpoints({ fetch, folders: await folders }))();
    return kept;
  };

  return {
    convert: async (files, options, onProgress, signal) => (await checkpoints()).convert(files, options, onProgress, signal),
    lookUpModel: async (address, signal) => (await import('./look-up.ts')).lookUpModel(address, { fetch, signal }),
    inspectModel: async (choice, signal) => (await checkpoints()).inspect(choice, signal),
    fetchFiles: async (files, onProgress, signal) =>
      (await import('./facts.ts')).fetchFiles(files, onProgress, { fetch, signal }),
    storedFolder: async (id) => (await folders).folder(id),
    storedModels: async () => {
      const lists = await Promise.all([(await store).list(), (await folders).list()]);
      return lists.flat();
    },
    deleteStoredModel: async (id) => {
      await Promise.all([(await store).delete(id), (await folders).delete(id)]);
    },
  };
}
