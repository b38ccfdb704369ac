import type { ConvertedModel } from '../convert/architecture.ts';
import { convertCheckpoint, unrecognised } from '../convert/architectures/index.ts';
import { idFrom, modelFolder } from '../convert/model-folder.ts';
import { LICENCE_NOT_STATED } from '../core/licence.ts';
import type { FolderStore } from './folder-store.ts';
import type { CheckpointFile, Conversion, ConvertOptions, Loaded, RemoteChoice, RemoteFacts } from './protocol.ts';
import { folderFacts, onnxFacts } from './remote/facts.ts';
import { Reading } from './remote/reading.ts';

interface CheckpointParts {
  readonly fetch: typeof fetch;
  readonly folders: FolderStore;
}

/** Converts checkpoints. One whose head was read to be shown to the visitor is not read again when it is opened. */
export function keepCheckpoints({ fetch, folders }: CheckpointParts) {
  let inspected: Reading | undefined;

  function take(files: readonly CheckpointFile[]): Reading {
    const known = inspected?.isOf(files) ? inspected : undefined;
    inspected = undefined;
    return known ?? new Reading(files, { fetch, folders });
  }

  return {
    /** See `RemoteEngine.inspectModel`. */
    async inspect(choice: RemoteChoice, signal: AbortSignal): Promise<RemoteFacts> {
      if (choice.kind === 'folder') return folderFacts(choice, { fetch, signal });
      if (choice.kind === 'onnx') return onnxFacts(choice, { fetch, signal });
      const reading = take(choice.files.map(({ name, url }) => ({ name, content: url })));
      const facts = await reading.under(signal, () => reading.facts());
      inspected = facts.whole ? undefined : reading;
      return facts;
    },

    /** See `Engine.convert`. */
    async convert(
      files: readonly CheckpointFile[],
      { form = { weights: 'stored', graph: 'plain' }, identity }: ConvertOptions,
      onProgress: (progress: Loaded) => void,
      signal: AbortSignal,
    ): Promise<Conversion> {
      const start = performance.now();
      const reading = take(files);
      return reading.under(signal, async () => {
        const checkpoint = await reading.begin(onProgress);
        const converted = await convertCheckpoint(checkpoint, form);
        if (!converted) throw unrecognised(checkpoint);
        signal.throwIfAborted();
        const conversion = folderOf(converted, identity, await reading.largest());
        // Opening it need not wait for the disk.
        if (reading.remote) void reading.keep(conversion.manifest.id, conversion.files);
        return { ...conversion, milliseconds: performance.now() - start };
      });
    },
  };
}

export type Checkpoints = ReturnType<typeof keepCheckpoints>;

function folderOf(converted: ConvertedModel, given: ConvertOptions['identity'], file: string): Omit<Conversion, 'milliseconds'> {
  const name = file.replace(/^.*[/\\]/, '');
  const { architecture } = converted.manifest;
  const { licence = LICENCE_NOT_STATED, repository } = given ?? {};
  const identity = {
    id: given?.id ?? idFrom(name),
    title: given?.title ?? `${name} (${architecture})`,
    source: { licence, ...(repository && { repository }) },
  };
  const folder = modelFolder(converted, identity);
  const manifest = new Blob([JSON.stringify(folder.manifest, null, 2)], { type: 'application/json' });
  return {
    manifest: folder.manifest,
    files: { ...Object.fromEntries(folder.files), 'manifest.json': manifest },
    report: converted.report,
  };
}
