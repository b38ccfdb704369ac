import { convertCheckpoint, unrecognised } from '../convert/architectures/index.ts';
import { blobSource } from '../convert/byte-source.ts';
import { idFrom, modelFolder } from '../convert/model-folder.ts';
import { openCheckpoint } from '../convert/open-checkpoint.ts';
import type { CheckpointFile, Conversion } from './protocol.ts';

/** Not said by the file itself, and not ours to say. */
const LICENCE = 'not stated';

/**
 * A published checkpoint as a model folder whose weights stay in the files they came in. Throws `checkpoint-*`, and
 * `model-corrupt` for a network that was recognised but is not whole.
 */
export async function convertFiles(files: readonly CheckpointFile[], half: boolean, signal: AbortSignal): Promise<Conversion> {
  const start = performance.now();
  const checkpoint = await openCheckpoint(files.map(({ name, content }) => ({ name, source: blobSource(content, name) })));
  signal.throwIfAborted();
  const converted = await convertCheckpoint(checkpoint, { weights: half ? 'half' : 'stored' });
  if (!converted) throw unrecognised(checkpoint);
  signal.throwIfAborted();
  const name = largest(files).name.replace(/^.*[/\\]/, '');
  const { architecture } = converted.manifest;
  const identity = { id: idFrom(name), title: `${name} (${architecture})`, source: { licence: LICENCE } };
  const folder = modelFolder(converted, identity);
  const manifest = new Blob([JSON.stringify(folder.manifest, null, 2)], { type: 'application/json' });
  return {
    manifest: folder.manifest,
    files: { ...Object.fromEntries(folder.files), 'manifest.json': manifest },
    report: converted.report,
    milliseconds: performance.now() - start,
  };
}

function largest(files: readonly CheckpointFile[]): CheckpointFile {
  return files.reduce((a, b) => (b.content.size > a.content.size ? b : a));
}
