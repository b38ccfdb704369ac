import { TokenscopeError } from '../../core/errors.ts';
import { type ByteSource, readBytes } from '../byte-source.ts';
import { damaged, unsafe } from './failure.ts';
import { PickleCut, unpickle } from './pickle.ts';
import { type Contents, type FindStorage, readContents } from './torch.ts';
import { entrySource, readZip, type ZipArchive, type ZipEntry } from './zip.ts';

const MOST_PICKLE = 64 * 2 ** 20;
/** Storages are never deflated by torch; archives packed again by hand may have small ones. */
const MOST_DEFLATED = 512 * 2 ** 20;

/**
 * What torch.save and torch.jit.save have written since PyTorch 1.6: a zip archive of one pickle and one entry for each storage.
 * Only its directory and the pickle are read. Throws `checkpoint-damaged`, `-unsafe`, `-big-endian`, `-type`, `-empty` and, for
 * other zip archives, `checkpoint-format`.
 */
export async function readTorchZip(source: ByteSource): Promise<Contents> {
  const archive = await readZip(source);
  const root = findRoot(archive);
  await checkOrder(archive, root);
  const script =
    archive.entries.has(`${root}constants.pkl`) || [...archive.entries.keys()].some((name) => name.startsWith(`${root}code/`));
  const value = await readPickle(archive, archive.entries.get(`${root}data.pkl`)!);
  return readContents(value, source.name, storages(archive, root), { objects: script });
}

/** The folder of the shortest `…/data.pkl`, with its slash. */
function findRoot({ source, entries }: ZipArchive): string {
  const names = [...entries.keys()];
  const pickles = names.filter((name) => name === 'data.pkl' || name.endsWith('/data.pkl'));
  const [shortest] = pickles.sort((a, b) => a.length - b.length);
  if (shortest !== undefined) return shortest.slice(0, -'data.pkl'.length);
  const format = names.some((name) => name.endsWith('.npy')) ? 'NumPy .npz' : 'zip';
  throw new TokenscopeError('checkpoint-format', { file: source.name, format });
}

/** A file without the entry is little-endian. */
async function checkOrder(archive: ZipArchive, root: string): Promise<void> {
  const entry = archive.entries.get(`${root}byteorder`);
  if (!entry || entry.size > 16) return;
  const order = new TextDecoder().decode(await readEntry(archive, entry)).trim();
  if (order === 'big') throw new TokenscopeError('checkpoint-big-endian', { file: archive.source.name });
}

async function readEntry(archive: ZipArchive, entry: ZipEntry): Promise<ArrayBuffer> {
  return readBytes(entrySource(archive, entry, MOST_PICKLE), 0, entry.size);
}

async function readPickle(archive: ZipArchive, entry: ZipEntry): Promise<unknown> {
  const file = archive.source.name;
  if (entry.size > MOST_PICKLE) unsafe(file)(`${entry.name} has ${entry.size} bytes`);
  const bytes = new Uint8Array(await readEntry(archive, entry));
  const fail = damaged(file);
  try {
    return unpickle(bytes, 0, fail).value;
  } catch (error) {
    if (error instanceof PickleCut) return fail('it ends within its pickle');
    throw error;
  }
}

function storages(archive: ZipArchive, root: string): FindStorage {
  const sources = new Map<string, ByteSource>();
  const fail = damaged(archive.source.name);
  return (key, bytes) => {
    const entry = archive.entries.get(`${root}data/${key}`) ?? fail(`storage ${key} is missing`);
    if (entry.size < bytes) fail(`storage ${key} has ${entry.size} bytes instead of ${bytes}`);
    const source = sources.get(key) ?? entrySource(archive, entry, MOST_DEFLATED);
    sources.set(key, source);
    // torch stores storages as they are; packed again by hand they keep their size. More would be unpacked for nothing.
    if (entry.deflated && entry.size > bytes) unsafe(archive.source.name)(`${entry.name} would unpack to ${entry.size} bytes`);
    return { source, from: 0 };
  };
}
