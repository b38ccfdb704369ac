import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sentenceOf } from '../../src/cli/error-sentence.ts';
import { publishedFixtures } from '../../src/cli/published.ts';
import { check } from '../../src/cli/tokenscope/check.ts';
import { convert } from '../../src/cli/tokenscope/convert.ts';
import { decode } from '../../src/cli/tokenscope/decode.ts';
import { encode } from '../../src/cli/tokenscope/encode.ts';
import type { Manifest } from '../../src/core/manifest.ts';
import { readNpy, writeNpy } from '../../src/core/npy.ts';

const fixtures = join(import.meta.dirname, '../fixtures/published');
const FIXED = join(import.meta.dirname, '../fixtures/onnx/dropped/grey');
const full = process.env.TOKENSCOPE_FULL !== undefined;
const few = ['taming_vqgan_zip', 'cosmos_di_jit', 'showo_magvitv2', 'tats_vqgan', 'magvit_vqgan3d_pool'];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tokenscope-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const array = (path: string) => readNpy(new Uint8Array(readFileSync(path)), path);

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let difference = a.length === b.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < a.length; i++) difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
  return difference;
}

function filesOf(name: string): string[] {
  const from = join(fixtures, name);
  return readdirSync(from)
    .filter((file) => !/\.npy$|^expected\.json$/.test(file))
    .map((file) => join(from, file));
}

describe('the command line, from a published checkpoint to pixels', () => {
  it.each(full ? publishedFixtures() : few)('%s', async (name) => {
    const model = join(folder, name);
    const out = join(folder, `${name}-out`);
    const from = join(fixtures, name);
    expect(await convert([...filesOf(name), '--out', model])).toBe(0);
    expect(await check([model])).toBe(0);

    expect(await encode([model, join(from, 'input.npy'), '--out', out])).toBe(0);
    expect(worst(array(join(out, 'tokens.npy')).data, array(join(from, 'tokens.npy')).data)).toBe(0);
    expect(worst(array(join(out, 'latents.npy')).data, array(join(from, 'latents.npy')).data)).toBeLessThan(5e-5);

    expect(await decode([model, join(from, 'tokens.npy'), '--out', out])).toBe(0);
    const made = array(join(out, 'reconstruction.npy'));
    const theirs = array(join(from, 'reconstruction.npy'));
    expect(made.shape).toEqual(theirs.shape);
    expect(worst(made.data, theirs.data)).toBeLessThan(1e-4);
    const pictures = readdirSync(out).filter((file) => file.endsWith('.png'));
    expect(pictures).toHaveLength(theirs.shape.length === 5 ? theirs.shape[2]! : theirs.shape[0]!);
  });
});

it('a published network takes a longer clip in one pass: what comes later changes nothing before it, where it is causal', async () => {
  const model = join(folder, 'cosmos_dv');
  expect(await convert([...filesOf('cosmos_dv'), '--out', model])).toBe(0);
  const { data } = array(join(fixtures, 'cosmos_dv/input.npy'));
  const [short, long, area] = [17, 25, 32 * 32];
  const longer = Float32Array.from({ length: 3 * long * area }, (_, i) => {
    const frame = Math.floor(i / area) % long;
    const within = Math.floor(i / (long * area)) * short * area + Math.min(frame, 2 * short - 2 - frame) * area;
    return data[within + (i % area)]!;
  });
  const file = join(folder, 'longer.npy');
  writeFileSync(file, writeNpy(longer, [1, 3, long, 32, 32]));
  expect(await encode([model, file, '--out', folder])).toBe(0);
  const { shape, data: tokens } = array(join(folder, 'tokens.npy'));
  const before = array(join(fixtures, 'cosmos_dv/tokens.npy')).data;
  expect(shape).toEqual([4, 4, 4]);
  expect([...tokens.slice(0, before.length)]).toEqual([...before]);
  expect(await decode([model, join(folder, 'tokens.npy'), '--out', folder])).toBe(0);
  expect(array(join(folder, 'reconstruction.npy')).shape).toEqual([1, 3, long, 32, 32]);
});

describe('ONNX graphs', () => {
  const dropped = join(import.meta.dirname, '../fixtures/onnx/dropped');
  const pair = ['encoder.onnx', 'decoder.onnx'].map((name) => join(dropped, 'sixteen', name));
  const manifestOf = (model: string): Manifest => JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8'));

  it('become a model folder, with the scaling that was said', async () => {
    const model = join(folder, 'graphs');
    expect(await convert([...pair, '--out', model, '--pixels', 'zero-255', '--bgr', '--title', 'Mine'])).toBe(0);
    const { title, id, quantizer, pixels } = manifestOf(model);
    expect({ title, id }).toEqual({ title: 'Mine', id: 'graphs' });
    expect(quantizer).toEqual({ kind: 'vq', codebookSize: 32, entryDimension: 16, score: 'l2' });
    expect(pixels).toEqual({ range: [0, 255], outputRange: [0, 255], channels: 'bgr' });
    expect(await check([model])).toBe(0);
    const out = join(folder, 'graphs-out');
    writeFileSync(join(folder, 'grey.npy'), writeNpy(new Float32Array(3 * 16 * 24).fill(100), [1, 3, 16, 24]));
    expect(await encode([model, join(folder, 'grey.npy'), '--out', out])).toBe(0);
    expect(array(join(out, 'tokens.npy')).shape).toEqual([1, 4, 6]);
  });

  it('of one name are told apart by their folders; what is no tokenizer is refused', async () => {
    const model = join(folder, 'folders');
    const parts = ['vae_encoder', 'vae_decoder'].map((part) => join(dropped, 'in-decoder', part, 'model.onnx'));
    expect(await convert([...parts, '--out', model])).toBe(0);
    expect(manifestOf(model).pixels.range).toEqual([-1, 1]);
    await expect(convert([pair[0]!, '--out', model])).rejects.toMatchObject({ code: 'onnx-no-decoder' });
    await expect(convert([...pair, '--out', model, '--pixels', 'bytes'])).rejects.toThrow('--pixels is one of minus-one-one');
    await expect(convert([...pair, '--out', model, '--half'])).rejects.toThrow('--half and --graph are for checkpoints');
  });
});

it('a checkpoint converts into half precision and the faster graph, and its folder says so', async () => {
  const model = join(folder, 'half-fast');
  expect(await convert([...filesOf('taming_vqgan_zip'), '--out', model, '--half', '--graph', 'fast'])).toBe(0);
  const { conversion } = JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8')) as Manifest;
  expect(conversion).toMatchObject({ weights: 'half', graph: 'fast', referred: 0 });
  expect(conversion!.relaid).toBeGreaterThan(0);
  expect(await check([model])).toBe(0);
});

it('an array of one channel is the grey picture', async () => {
  const model = join(import.meta.dirname, '../../models/toy');
  const grey = Float32Array.from({ length: 2 * 16 * 8 }, (_, i) => Math.sin(i));
  const planes = [0, 1].flatMap((n) => [0, 1, 2].map(() => [...grey.subarray(n * 128, (n + 1) * 128)]));
  const tokensOf = async (name: string, values: Float32Array, channels: number) => {
    writeFileSync(join(folder, `${name}.npy`), writeNpy(values, [2, channels, 16, 8]));
    expect(await encode([model, join(folder, `${name}.npy`), '--out', join(folder, name)])).toBe(0);
    return array(join(folder, name, 'tokens.npy'));
  };
  expect(await tokensOf('grey', grey, 1)).toEqual(await tokensOf('colour', Float32Array.from(planes.flat()), 3));
});

describe('what goes wrong is one sentence', () => {
  const said = async (work: Promise<unknown>) => {
    const error = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    return (await sentenceOf(error)) ?? (error as Error).message;
  };

  it('no model folder, no manifest, no file', async () => {
    expect(await said(encode([join(folder, 'nowhere'), 'a.npy', '--out', folder]))).toMatch(/nowhere is not a folder/);
    expect(await said(encode([fixtures, 'a.npy', '--out', folder]))).toMatch(/has no manifest\.json/);
    expect(await said(convert([join(folder, 'nothing.ckpt'), '--out', folder]))).toMatch(/nothing\.ckpt cannot be opened/);
    expect(await said(convert([fixtures, '--out', folder]))).toMatch(/is a folder/);
    expect(await said(convert([join(folder, 'a.ckpt')]))).toMatch(/--out/);
    expect(await said(convert(['a.ckpt', '--out', folder, '--graph', 'best']))).toMatch(/plain or fast, not best/);
  });

  it('a file that is no checkpoint', async () => {
    const file = join(folder, 'words.ckpt');
    writeFileSync(file, 'just words, no weights');
    expect(await said(convert([file, '--out', join(folder, 'x')]))).toMatch(/words\.ckpt/);
  });

  it('an array of the wrong shape', async () => {
    const model = join(import.meta.dirname, '../../models/toy');
    const file = join(folder, 'wide.npy');
    writeFileSync(file, writeNpy(new Float32Array(3 * 30 * 32), [1, 3, 30, 32]));
    expect(await said(encode([model, file, '--out', folder]))).toMatch(/30 × 32 pixels; .* takes multiples of 8/);
    const fixed = join(folder, 'fixed');
    expect(await convert([join(FIXED, 'mnist_vqvae.onnx'), '--out', fixed, '--title', 'Grey'])).toBe(0);
    writeFileSync(file, writeNpy(new Float32Array(3 * 32 * 32), [1, 3, 32, 32]));
    expect(await said(encode([fixed, file, '--out', folder]))).toMatch(/32 × 32 pixels; Grey takes 28 × 28 only/);
    writeFileSync(file, writeNpy(new Float32Array(32 * 32), [32, 32]));
    expect(await said(encode([model, file, '--out', folder]))).toMatch(/takes N × C × H × W/);
  });
});
