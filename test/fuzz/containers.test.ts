import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blobSource } from '../../src/convert/byte-source.ts';
import { writeSafetensors } from '../../src/convert/containers/safetensors.ts';
import { openCheckpoint } from '../../src/convert/open-checkpoint.ts';
import { elementBytes, elementCount, readValues, type StoredTensors } from '../../src/convert/tensors.ts';
import { TokenscopeError } from '../../src/core/errors.ts';
import { publishedFiles } from '../convert/containers/published.ts';
import { WrittenTensor } from '../convert/containers/write-pickle.ts';
import { writeTorchLegacy, writeTorchZip } from '../convert/containers/write-torch.ts';
import { writeZip } from '../convert/containers/write-zip.ts';
import { mutation, PATIENCE, rounds } from './mutate.ts';

const small = (file: string) => () => new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures/containers', file)));
const bytesOf = async (blob: Blob | undefined) => new Uint8Array(await blob!.arrayBuffer());
const state = {
  state_dict: { w: new WrittenTensor('0', [2, 2]), v: new WrittenTensor('1', [3], { strides: [2], count: 6 }) },
  args: { z: 4 },
};
const storages = { 0: Float32Array.of(1, 2, 3, 4), 1: new Float32Array(6) };

const seeds: Readonly<Record<string, () => Uint8Array | Promise<Uint8Array>>> = {
  'PyTorch zip': small('zip.ckpt'),
  'PyTorch legacy': small('legacy.ckpt'),
  'a whole module': small('module.pkl'),
  TorchScript: small('script.jit'),
  Flax: small('tree.msgpack'),
  'a zip with 64-bit sizes': async () => bytesOf(await writeTorchZip(state, storages, [], true)),
  'a small legacy file': () => bytesOf(writeTorchLegacy(state, storages)),
  'a deflated zip': async () => bytesOf(await writeZip([{ name: 'm/data.pkl', data: small('zip.ckpt')(), deflated: true }])),
  safetensors: () =>
    writeSafetensors(
      new Map([
        ['encoder.weight', { dtype: 'F32', shape: [2, 3], data: new Float32Array(6) }],
        ['scale', { dtype: 'F16', shape: [], data: Uint16Array.of(0x3c00) }],
      ]),
    ).bytes,
};

/** Longest that any of them may take; the machine may be busy. */
const MOST_MILLISECONDS = 5000;
/** What a tensor may ask for at most, whatever the file says of it. */
const MOST_BYTES = 2 ** 26;

/** Opens it and reads what a conversion would; anything but a named error is thrown on. */
async function survive(bytes: Uint8Array, config?: string): Promise<void> {
  const start = performance.now();
  try {
    const files = [new Blob([new Uint8Array(bytes)]), ...(config ? [new Blob([config])] : [])];
    const { tensors } = await openCheckpoint(
      files.map((blob, i) => ({ name: i ? 'config.json' : 'a.ckpt', source: blobSource(blob, 'a.ckpt') })),
    );
    await readSome(tensors, bytes.length);
  } catch (error) {
    if (!(error instanceof TokenscopeError) || error.code === 'internal') throw error;
  }
  expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
}

async function readSome(tensors: StoredTensors, fileSize: number): Promise<void> {
  for (const tensor of tensors.values()) {
    const size = elementCount(tensor.shape) * elementBytes[tensor.dtype];
    expect(size).toBeLessThanOrEqual(Math.max(fileSize * 1100, MOST_BYTES));
    if (size > 2 ** 20) continue;
    expect((await tensor.bytes()).byteLength).toBe(size);
    await readValues(tensor);
  }
}

describe('a damaged file ends in tensors or in a named error', { timeout: PATIENCE }, () => {
  it.each(Object.keys(seeds))('%s', async (kind) => {
    const seed = await seeds[kind]!();
    await survive(seed);
    await fc.assert(
      fc.asyncProperty(mutation, async (mutate) => survive(mutate(seed))),
      rounds(1000),
    );
  });

  it.each(['taming_vqgan_zip', 'taming_vqgan_legacy', 'cosmos_di_jit', 'magvit_vqgan3d_conv', 'llamagen_vq'])(
    '%s',
    async (name) => {
      const file = publishedFiles(name).find(({ name: each }) => !/\.(json|yaml)$/.test(each))!;
      const whole = await bytesOf(await file.source.slice(0, file.source.size));
      // Its two ends, where everything but numbers stands.
      const head = 2 ** 16;
      await fc.assert(
        fc.asyncProperty(mutation, fc.boolean(), async (mutate, atEnd) => {
          const cut = atEnd ? whole.length - head : head;
          const [front, back] = [whole.subarray(0, cut), whole.subarray(cut)];
          const blob = atEnd ? [front, mutate(back)] : [mutate(front), back];
          await survive(Buffer.concat(blob));
        }),
        rounds(15),
      );
    },
  );

  it('noise behind the first bytes of every kind', async () => {
    const begins = fc.constantFrom(
      [0x50, 0x4b, 3, 4],
      [0x80, 2],
      [0x80, 4, 0x95],
      [0x83, 0xa1],
      [0xde, 0, 9, 0xa1],
      [9, 0, 0, 0, 0, 0, 0, 0, 0x7b],
      [],
    );
    await fc.assert(
      fc.asyncProperty(begins, fc.uint8Array({ maxLength: 400 }), async (begin, noise) =>
        survive(Uint8Array.from([...begin, ...noise])),
      ),
      rounds(1000),
    );
  });

  it('any JSON beside the weights', async () => {
    const seed = await seeds.safetensors!();
    const note = fc.oneof(
      fc.json(),
      fc.dictionary(fc.string(), fc.jsonValue()).map((map) => JSON.stringify({ weight_map: map })),
    );
    await fc.assert(
      fc.asyncProperty(note, async (json) => survive(seed, json)),
      rounds(200),
    );
  });
});
