import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { openCheckpoint } from '../../../src/convert/open-checkpoint.ts';
import { elementBytes, elementCount, type StoredTensors } from '../../../src/convert/tensors.ts';
import { countingSource } from './counting.ts';
import { publishedFiles } from './published.ts';
import { type ArrayToWrite, type TreeToWrite, writeFlax } from './write-flax.ts';
import { WrittenTensor, writePickle } from './write-pickle.ts';
import { writeTorchLegacy } from './write-torch.ts';
import { writeZip } from './write-zip.ts';

const MIB = 2 ** 20;
/** Zeros that cost one MiB of memory, however many there are. */
const chunk = new Blob([new Uint8Array(MIB)]);
const zeros = (mib: number) => new Blob(Array<Blob>(mib).fill(chunk));

/** Moments of an optimizer, 32 MiB each: a gibibyte of them. */
const BALLAST = 32;
const BALLAST_MIB = 32;
const ballastShape = [BALLAST_MIB, MIB / 4];

async function contentOf(tensors: StoredTensors, name: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await tensors.get(name)!.bytes());
}

const storageTypes: Readonly<Record<string, string>> = { F32: 'FloatStorage', I64: 'LongStorage' };

async function writeTorch(tensors: StoredTensors, container: 'zip' | 'legacy'): Promise<Blob> {
  const state = new Map<string, WrittenTensor>();
  const storages: { key: string; count: number; data: Blob }[] = [];
  for (const [name, { dtype, shape }] of tensors) {
    const key = String(storages.length);
    state.set(name, new WrittenTensor(key, shape, { type: storageTypes[dtype]! }));
    storages.push({ key, count: elementCount(shape), data: new Blob([await contentOf(tensors, name)]) });
  }
  const moments = Array.from({ length: BALLAST }, (_, i) => new WrittenTensor(`m${i}`, ballastShape));
  for (const { key, count } of moments) storages.push({ key, count, data: zeros(BALLAST_MIB) });
  const root = writePickle({ epoch: 3, state_dict: state, optimizer_states: [{ state: moments }] });
  if (container === 'zip') {
    const data = storages.map(({ key, data }) => ({ name: `model/data/${key}`, data }));
    return writeZip([{ name: 'model/data.pkl', data: root }, ...data, { name: 'model/version', data: new Uint8Array([51, 10]) }]);
  }
  const magic = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex');
  const system = writePickle({ protocol_version: 1001, little_endian: true });
  const keys = writePickle(storages.map(({ key }) => key));
  const counted = storages.flatMap(({ count, data }) => [BigInt64Array.of(BigInt(count)), data]);
  return new Blob([magic, writePickle(1001), system, root, keys, ...counted]);
}

async function writeSparseSafetensors(tensors: StoredTensors): Promise<Blob> {
  const header: Record<string, unknown> = {};
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  let at = 0;
  const add = (name: string, dtype: string, shape: readonly number[], data: Blob) => {
    header[name] = { dtype, shape, data_offsets: [at, at + data.size] };
    parts.push(data);
    at += data.size;
  };
  for (let i = 0; i < BALLAST; i++) add(`optimizer.${i}`, 'F32', ballastShape, zeros(BALLAST_MIB));
  for (const [name, { dtype, shape }] of tensors) add(name, dtype, shape, new Blob([await contentOf(tensors, name)]));
  const json = new TextEncoder().encode(JSON.stringify(header));
  return new Blob([BigUint64Array.of(BigInt(json.length)), json, ...parts]);
}

async function writeSparseFlax(tensors: StoredTensors): Promise<Blob> {
  type Node = { [key: string]: Node | ArrayToWrite };
  const params: Node = {};
  for (const [name, { shape }] of tensors) {
    const path = name.split('/');
    const parent = path.slice(0, -1).reduce((node, key) => {
      node[key] ??= {};
      return node[key] as Node;
    }, params);
    parent[path.at(-1)!] = { dtype: 'float32', shape, data: new Blob([await contentOf(tensors, name)]) };
  }
  const moments = Array.from({ length: BALLAST }, (_, i) => {
    return [String(i), { dtype: 'float32', shape: ballastShape, data: zeros(BALLAST_MIB) }] as const;
  });
  return writeFlax({ opt_state: Object.fromEntries(moments), ema_params: params as TreeToWrite, step: 7 });
}

describe('a checkpoint of a gibibyte, most of it an optimizer', () => {
  it.each([
    ['taming_vqgan_zip', 'PyTorch zip', (tensors: StoredTensors) => writeTorch(tensors, 'zip')],
    ['taming_vqgan_zip', 'PyTorch legacy', (tensors: StoredTensors) => writeTorch(tensors, 'legacy')],
    ['diffusers_vq_oldnames', 'safetensors', writeSparseSafetensors],
    ['magvit_vqgan3d_conv', 'Flax', writeSparseFlax],
  ] as const)('%s as %s is opened and converted by reading its own tensors and little more', async (name, _, write) => {
    const published = publishedFiles(name);
    const plain = await openCheckpoint(published);
    const source = countingSource(await write(plain.tensors), 'model.ckpt');
    expect(source.size).toBeGreaterThan(1024 * MIB);

    const notes = published.filter(({ name: file }) => file.endsWith('.json'));
    const checkpoint = await openCheckpoint([{ name: 'model.ckpt', source }, ...notes]);
    expect(source.read).toBeLessThan(MIB);
    const opened = source.read;

    const converted = (await convertCheckpoint(checkpoint))!;
    const used = converted.report.used.map((each) => checkpoint.tensors.get(each)!);
    const usedBytes = used.reduce((sum, { dtype, shape }) => sum + elementCount(shape) * elementBytes[dtype], 0);
    expect(source.read - opened).toBeLessThanOrEqual(usedBytes);
    // What was referred to was not read, and what was read was copied.
    expect(converted.report.referred + converted.report.copied).toBeGreaterThan(usedBytes * 0.9);
    const again = (await convertCheckpoint(plain))!;
    expect(converted.report).toMatchObject({ referred: again.report.referred, copied: again.report.copied });
    for (const [file, content] of again.files) expect(await sameBytes(converted.files.get(file)!, content), file).toBe(true);
  });
});

it('a long pickle of the legacy kind is read little further than it goes', async () => {
  const note = 'x'.repeat(600_000);
  const moments = new Float32Array(MIB);
  const root = { note, w: new WrittenTensor('0', [2]), optimizer: new WrittenTensor('1', [MIB]) };
  const source = countingSource(writeTorchLegacy(root, { 0: Float32Array.of(1, 2), 1: moments }), 'model.ckpt');
  const { tensors } = await openCheckpoint([{ name: 'model.ckpt', source }]);
  expect([...tensors.keys()]).toEqual(['w', 'optimizer']);
  expect(source.read).toBeLessThan(1.3 * note.length);
});

async function sameBytes(a: Blob, b: Blob): Promise<boolean> {
  const [left, right] = await Promise.all([a, b].map(async (blob) => Buffer.from(await blob.arrayBuffer())));
  return left!.equals(right!);
}
