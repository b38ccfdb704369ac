import { describe, expect, test } from 'vitest';
import type { LatentLayout, QuantizerSettings } from '../../src/core/manifest.ts';
import type { Projection, Quantizer } from '../../src/core/quantizer.ts';
import { cellCount, type GridShape, type Latents, latentVector } from '../../src/core/token-grid.ts';
import { fromLatents, latentDims, toLatents } from '../../src/engine/latent-layout.ts';
import { createQuantize } from '../../src/engine/quantize.ts';
import { blocksFor, buildQuantizerGraph, splitEntries } from '../../src/engine/quantizer-graph.ts';
import { rankByArithmetic, rankCandidates, scoringOf, winners } from '../../src/engine/search.ts';
import { quantizers } from '../../src/quantizers/index.ts';
import { nodeRuntime } from './node-runtime.ts';

const runtime = nodeRuntime();

/** Repeatable numbers in [-1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function latentsOf(d: number, shape: GridShape, seed: number): Latents {
  return { data: numbers(d * cellCount(shape), seed), d, shape };
}

function bruteForce(quantizer: Quantizer, latents: Latents, count: number, mask?: Float32Array) {
  return Array.from({ length: cellCount(latents.shape) }, (_, cell) => {
    const vector = latentVector(latents, cell);
    return Array.from({ length: quantizer.codebookSize }, (_, token) => ({
      token,
      distance: quantizer.distance(vector, token) + (mask?.[token] ?? 0),
    }))
      .sort((a, b) => a.distance - b.distance || a.token - b.token)
      .slice(0, count);
  });
}

async function expectAgreement(
  settings: QuantizerSettings,
  codebook: Float32Array,
  latents: Latents,
  { layout = 'NDHW', projection, mask }: { layout?: LatentLayout; projection?: Projection; mask?: Float32Array } = {},
) {
  const quantizer = quantizers.vq!.open(settings, codebook, projection);
  const { quantize, release } = createQuantize({ runtime, provider: 'wasm', settings, quantizer, projection, layout });
  const dims = latentDims(layout, 1, latents.d, latents.shape);
  const tensor = new runtime.ort.Tensor('float32', fromLatents(latents, layout), dims);
  const nearest = await quantize(tensor, async () => latents, mask);
  await release();
  const expected = bruteForce(quantizer, latents, nearest.count, mask);
  expect([...nearest.entries]).toEqual(expected.flat().map(({ token }) => token));
  expect([...nearest.distances]).toEqual([...Float32Array.from(expected.flat(), ({ distance }) => distance)]);
  return nearest;
}

const shape = { t: 1, h: 5, w: 7 };
const K = 96;
const D = 6;
const base: QuantizerSettings = { kind: 'vq', codebookSize: K, entryDimension: D };

describe('the quantizer graph agrees with brute force', () => {
  test.each(['l2', 'cosine', 'dot'] as const)('%s', async (score) => {
    const nearest = await expectAgreement({ ...base, score }, numbers(K * D, 1), latentsOf(D, shape, 2));
    expect(nearest.count).toBe(8);
    expect(new Set(winners(nearest)).size).toBeGreaterThan(5);
  });

  test('projection, with and without bias', async () => {
    const weight = numbers(K * D, 3);
    const settings: QuantizerSettings = { ...base, score: 'projection' };
    await expectAgreement(settings, numbers(K * D, 1), latentsOf(D, shape, 2), { projection: { weight } });
    await expectAgreement(settings, numbers(K * D, 1), latentsOf(D, shape, 2), { projection: { weight, bias: numbers(K, 4) } });
  });

  test('entries brought to unit length', async () => {
    await expectAgreement({ ...base, score: 'l2', normalizeEntries: true }, numbers(K * D, 1), latentsOf(D, shape, 2));
  });

  test.each(['NDHW', 'NHWD', 'NDTHW', 'NTHWD', 'TDHW'] as const)('latents as %s', async (layout) => {
    const planes = layout.includes('T') ? { ...shape, t: 3 } : shape;
    await expectAgreement({ ...base, score: 'l2' }, numbers(K * D, 1), latentsOf(D, planes, 2), { layout });
  });

  test('fewer entries than runners-up', async () => {
    const nearest = await expectAgreement({ ...base, codebookSize: 3, score: 'l2' }, numbers(3 * D, 1), latentsOf(D, shape, 2));
    expect(nearest.count).toBe(3);
  });

  test('equal entries: the lowest index wins', async () => {
    const codebook = new Float32Array(K * D);
    codebook.set(numbers(D, 9), 40 * D);
    const nearest = await expectAgreement({ ...base, score: 'l2' }, codebook, {
      ...latentsOf(D, shape, 2),
      data: new Float32Array(D * 35),
    });
    expect([...nearest.entries.subarray(0, 8)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test('a masked entry does not win', async () => {
    const mask = Float32Array.from({ length: K }, (_, token) => (token < 16 ? 0 : 1e9));
    const nearest = await expectAgreement({ ...base, score: 'l2' }, numbers(K * D, 1), latentsOf(D, shape, 2), { mask });
    expect(Math.max(...nearest.entries)).toBeLessThan(16);
  });

  test('an encoder of another width is named', async () => {
    await expect(expectAgreement({ ...base, score: 'l2' }, numbers(K * D, 1), latentsOf(D + 1, shape, 2))).rejects.toMatchObject({
      code: 'manifest-invalid',
    });
  });
});

describe('in blocks', () => {
  test('one block up to 64 MB of scores, then as many as it takes', () => {
    expect(blocksFor(1024, 16_384)).toBe(1);
    expect(blocksFor(1025, 16_384)).toBe(2);
    expect(blocksFor(4096, 65_536)).toBe(16);
  });

  test('blocks cover every entry once', () => {
    for (const [size, blocks] of [
      [96, 1],
      [96, 5],
      [7, 7],
      [10, 4],
    ] as const) {
      const covered = splitEntries(size, blocks).flatMap(({ from, to }) => Array.from({ length: to - from }, (_, i) => from + i));
      expect(covered).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  });

  test('give the same answer as one', async () => {
    const settings: QuantizerSettings = { ...base, score: 'l2' };
    const quantizer = quantizers.vq!.open(settings, numbers(K * D, 1));
    const scoring = scoringOf(settings, quantizer, undefined);
    const latents = latentsOf(D, shape, 2);
    const graph = buildQuantizerGraph({ scoring, codebookSize: K, entryDimension: D, layout: 'NDHW', count: 8, blocks: 5 });
    const session = await runtime.createSession(graph, { file: 'blocks' });
    const outputs = await session.run({
      latents: new runtime.ort.Tensor('float32', latents.data, [1, D, shape.h, shape.w]),
      mask: new runtime.ort.Tensor('float32', new Float32Array(K), [K]),
    });
    const candidates = splitEntries(K, 5).map(({ from }, b) =>
      Int32Array.from(outputs[`indices_${b}`]!.data as BigInt64Array, (index) => Number(index) + from),
    );
    const expected = bruteForce(quantizer, latents, 8).flat();
    expect([...rankCandidates(quantizer, latents, candidates).entries]).toEqual(expected.map(({ token }) => token));
    await session.release();
  });
});

test('fsq and lfq by arithmetic agree with brute force', () => {
  for (const settings of [
    { kind: 'lfq', bits: 6 },
    { kind: 'fsq', levels: [4, 3, 5] },
  ] as const) {
    const quantizer = quantizers[settings.kind]!.open(settings);
    const latents = latentsOf(quantizer.entryDimension, shape, 5);
    const nearest = rankByArithmetic(quantizer, latents);
    const expected = bruteForce(quantizer, latents, 8).flat();
    expect([...nearest.entries]).toEqual(expected.map(({ token }) => token));
  }
});

test('latents survive every layout', () => {
  for (const layout of ['NDHW', 'NHWD', 'NDTHW', 'NTHWD', 'TDHW'] as const) {
    const latents = latentsOf(3, layout.includes('T') ? { t: 2, h: 3, w: 4 } : { t: 1, h: 3, w: 4 }, 6);
    const dims = latentDims(layout, 1, latents.d, latents.shape);
    expect(toLatents(fromLatents(latents, layout), layout, dims)).toEqual(latents);
  }
});
