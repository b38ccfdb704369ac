import { blobSource } from '../../convert/byte-source.ts';
import { unsafe } from '../../convert/containers/failure.ts';
import { entrySource, readZip } from '../../convert/containers/zip.ts';

/** One packed file is unpacked into memory; stored ones stay where they are, however large. */
const MOST_PACKED = 2 ** 31;
const MOST_FILES = 2000;

/** The files of a zip by their paths. Throws `checkpoint-damaged`, and `checkpoint-unsafe` for what unpacks without end or leads out. */
export async function unpackZip(zip: Blob, name: string): Promise<Readonly<Record<string, Blob>>> {
  const archive = await readZip(blobSource(zip, name));
  const entries = [...archive.entries.values()].filter((entry) => !entry.name.endsWith('/') && !isClutter(entry.name));
  const packed = entries.reduce((sum, { deflated, size }) => sum + (deflated ? size : 0), 0);
  if (entries.length > MOST_FILES) unsafe(name)(`${entries.length} entries`);
  if (packed > MOST_PACKED) unsafe(name)(`it unpacks to ${packed} bytes`);
  const files = new Map<string, Blob>();
  for (const entry of entries) files.set(entry.name, await entrySource(archive, entry, MOST_PACKED).slice(0, entry.size));
  return Object.fromEntries(files);
}

/** What systems leave in zip files. */
function isClutter(name: string): boolean {
  return name.startsWith('__MACOSX/') || /(^|\/)\.[^/]*$/.test(name);
}
