import { TokenscopeError } from '../../core/errors.ts';
import { type ByteSource, readBytes } from '../byte-source.ts';
import { damaged, type Fail } from './failure.ts';
import { PickleCut, unpickle } from './pickle.ts';
import type { PickledStorage } from './pickled.ts';
import { type Contents, type FindStorage, readContents } from './torch.ts';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const VERSION = 1001;
const FIRST_READ = 2 ** 18;
/** What is read beyond the pickles are tensors that may be of no use. */
const GROWTH = 1.25;
const MOST_PICKLE = 64 * 2 ** 20;
/** Before each storage: how many elements it has, as int64. */
const COUNT = 8;

/**
 * What torch.save wrote before PyTorch 1.6: five pickles, then the storages in the order of the fifth, each behind its length.
 * Only the pickles are read, in growing pieces. Throws as `readTorchZip` does; `checkpoint-format` for another pickle.
 */
export async function readTorchLegacy(source: ByteSource): Promise<Contents> {
  const { root, keys, storages, end } = await readPickles(source);
  const places = await placeStorages(source, keys, storages, end);
  return readContents(root, source.name, places);
}

interface Pickles {
  readonly root: unknown;
  readonly keys: readonly string[];
  readonly storages: ReadonlyMap<string, PickledStorage>;
  readonly end: number;
}

async function readPickles(source: ByteSource): Promise<Pickles> {
  const fail = damaged(source.name);
  let bytes = new Uint8Array(0);
  for (let length = FIRST_READ; ; length = Math.ceil(length * GROWTH)) {
    const to = Math.min(length, source.size);
    bytes = join(bytes, new Uint8Array(await readBytes(source, bytes.length, to)));
    try {
      return parsePickles(bytes, source.name, fail);
    } catch (error) {
      if (!(error instanceof PickleCut)) throw error;
      if (to >= source.size || to >= MOST_PICKLE) fail('it ends within its pickle');
    }
  }
}

function join(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function parsePickles(bytes: Uint8Array, file: string, fail: Fail): Pickles {
  const storages = new Map<string, PickledStorage>();
  let at = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(bytes, at, fail, (storage) => storages.set(storage.key, storage));
    at = end;
    return value;
  };
  if (next() !== MAGIC) throw new TokenscopeError('checkpoint-format', { file, format: 'Python pickle' });
  if (next() !== VERSION) fail('it is of another version of this format');
  const system = next();
  if (system instanceof Map && system.get('little_endian') === false)
    throw new TokenscopeError('checkpoint-big-endian', { file });
  const root = next();
  const keys = next();
  if (!Array.isArray(keys)) return fail('its list of storages is missing');
  return { root, keys: keys.map(String), storages, end: at };
}

async function placeStorages(
  source: ByteSource,
  keys: readonly string[],
  storages: Pickles['storages'],
  start: number,
): Promise<FindStorage> {
  const fail = damaged(source.name);
  const places = new Map<string, { from: number; to: number }>();
  let at = start;
  let last: { from: number; total: number } | undefined;
  for (const key of keys) {
    const { total, size } = storages.get(key) ?? fail(`storage ${key} is of no tensor`);
    const from = at + COUNT;
    at = from + total * size;
    places.set(key, { from, to: at });
    last = { from, total };
  }
  if (at > source.size) fail('it ends within a tensor');
  if (last) await checkCount(source, last, fail);
  return (key, bytes) => {
    const { from, to } = places.get(key) ?? fail(`storage ${key} is missing`);
    if (bytes > to - from) fail(`storage ${key} is too short`);
    return { source, from };
  };
}

/** The count before the last storage: it stands where it should only if all storages are as long as the pickle says. */
async function checkCount(source: ByteSource, { from, total }: { from: number; total: number }, fail: Fail): Promise<void> {
  const count = new DataView(await readBytes(source, from - COUNT, from)).getBigInt64(0, true);
  if (count !== BigInt(total)) fail('its storages are not as long as they should be');
}
