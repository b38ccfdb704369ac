import { Raw, writePickle } from './write-pickle.ts';
import { type EntryToWrite, writeZip } from './write-zip.ts';

type Storages = Readonly<Record<string, ArrayBufferView<ArrayBuffer>>>;

/** What torch.save writes of `root`; `also` are further entries of the archive. */
export function writeTorchZip(
  root: unknown,
  storages: Storages = {},
  also: readonly EntryToWrite[] = [],
  wide = false,
): Promise<Blob> {
  const data = Object.entries(storages).map(([key, view]) => ({ name: `m/data/${key}`, data: new Blob([view]) }));
  const pickle = root instanceof Raw ? Uint8Array.from([0x80, 2, ...root.bytes, 0x2e]) : writePickle(root);
  return writeZip([{ name: 'm/data.pkl', data: pickle }, ...data, ...also], { wide });
}

/** What torch.save wrote before 1.6. */
export function writeTorchLegacy(root: unknown, storages: Storages, { littleEndian = true } = {}): Blob {
  const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
  const system = writePickle({ protocol_version: 1001, little_endian: littleEndian });
  const parts = Object.values(storages).flatMap((view) => [BigInt64Array.of(BigInt(countOf(view))), view]);
  return new Blob([magic, writePickle(1001), system, writePickle(root), writePickle(Object.keys(storages)), ...parts]);
}

function countOf(view: ArrayBufferView): number {
  return view.byteLength / ('BYTES_PER_ELEMENT' in view ? (view.BYTES_PER_ELEMENT as number) : 1);
}
