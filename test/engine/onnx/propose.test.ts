import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Corrections, Proposal } from '../../../src/core/proposal.ts';
import { createEngine } from '../../../src/engine/engine.ts';
import { proposeModel } from '../../../src/engine/onnx/propose.ts';
import { openModelSessions } from '../../../src/engine/open-model.ts';
import { areas } from '../../../src/i18n/index.ts';
import { nodeRuntime } from '../node-runtime.ts';
import { droppedFolder } from './dropped-folder.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/onnx/dropped');
const runtime = nodeRuntime();

function propose(files: Readonly<Record<string, Blob>>, corrections: Corrections = {}): Promise<Proposal> {
  return proposeModel(files, { corrections, runtime, facts: runtime.facts, job: (run) => run(), onProgress: () => {} });
}
const fixture = (name: string) => droppedFolder(join(FOLDER, name));

const VQ = { kind: 'vq', codebookSize: 32, entryDimension: 6, score: 'l2' };
const FREE = { reduction: 4, multipleOf: 4, minimum: 4, preferred: [256, 256] };
const fixed = (side: number) => ({ reduction: 4, multipleOf: 4, fixed: true, preferred: [side, side] });
const PAIR = { 'encoder.onnx': 'encoder', 'decoder.onnx': 'decoder' };
const WHOLE = { 'model.onnx': 'combined' };

/** What must come out: roles, quantizer, size, order of the pixel axes, and whether the tokens proved it. */
const expected: Readonly<
  Record<string, readonly [roles: object, size: object, layout: string, agreement: string, quantizer?: object]>
> = {
  combined: [WHOLE, FREE, 'NCHW', 'agrees'],
  tokens: [PAIR, FREE, 'NCHW', 'agrees'],
  'int32-flat': [{ 'enc.onnx': 'encoder', 'dec.onnx': 'decoder' }, fixed(64), 'NCHW', 'agrees'],
  three: [
    { 'encoder_model.onnx': 'encoder', 'vq_model.onnx': 'quantizer', 'decoder_model.onnx': 'decoder' },
    FREE,
    'NCHW',
    'agrees',
  ],
  'in-decoder': [{ 'vae_encoder/model.onnx': 'encoder', 'vae_decoder/model.onnx': 'decoder' }, FREE, 'NCHW', 'agrees'],
  'latents-tokens': [PAIR, FREE, 'NCHW', 'runs'],
  'codebook-file': [PAIR, FREE, 'NCHW', 'runs'],
  cosine: [{ 'cosine.onnx': 'combined' }, FREE, 'NCHW', 'agrees'],
  grey: [{ 'mnist_vqvae.onnx': 'combined' }, fixed(28), 'NCHW', 'agrees'],
  half: [WHOLE, FREE, 'NCHW', 'agrees'],
  ema: [WHOLE, FREE, 'NCHW', 'agrees'],
  external: [WHOLE, FREE, 'NCHW', 'agrees'],
  lucidrains: [WHOLE, FREE, 'NCHW', 'agrees'],
  tf2onnx: [WHOLE, fixed(64), 'NHWC', 'agrees'],
  gumbel: [WHOLE, FREE, 'NCHW', 'agrees', { ...VQ, score: 'projection' }],
  fsq: [WHOLE, FREE, 'NCHW', 'agrees', { kind: 'fsq', levels: [8, 5, 5, 5] }],
  lfq: [WHOLE, FREE, 'NCHW', 'agrees', { kind: 'lfq', bits: 8, firstBit: 'least' }],
  'fsq-pair': [PAIR, fixed(32), 'NCHW', 'agrees', { kind: 'fsq', levels: [4, 3, 5] }],
  // As many numbers in a vector as the card has rows of cells: shape alone cannot tell which axis is which.
  sixteen: [PAIR, FREE, 'NCHW', 'agrees', { ...VQ, entryDimension: 16 }],
  rows: [PAIR, FREE, 'NCHW', 'agrees'],
  scores: [PAIR, FREE, 'NCHW', 'agrees', { kind: 'in-graph', codebookSize: 32, entryDimension: 6 }],
  'offset-pair': [PAIR, fixed(32), 'NCHW', 'agrees', { kind: 'in-graph', codebookSize: 64 }],
  'lfq-pair': [PAIR, FREE, 'NCHW', 'runs', { kind: 'lfq', bits: 8, firstBit: 'least' }],
  'video-causal': [
    { 'video.onnx': 'combined' },
    { ...FREE, preferred: [128, 128], frames: { rule: 'causal', reduction: 2, window: 9 } },
    'NCTHW',
    'agrees',
  ],
  'video-grouped': [
    { 'video.onnx': 'combined' },
    { ...FREE, preferred: [128, 128], frames: { rule: 'grouped', reduction: 2, window: 8 } },
    'NCTHW',
    'agrees',
  ],
};

describe('what exporters write', () => {
  it('is all expected', () => {
    const folders = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
    expect(folders.sort()).toEqual(Object.keys(expected).sort());
  });

  it.each(Object.entries(expected))('%s', async (name, [roles, size, layout, agreement, quantizer = VQ]) => {
    const proposal = await propose(fixture(name));
    const { manifest, graphs, claims, files } = proposal;
    expect(Object.fromEntries(graphs.map(({ file, role }) => [file, role]))).toEqual(roles);
    expect(manifest.quantizer).toEqual(quantizer);
    expect(manifest.size).toEqual(size);
    expect(proposal.inputLayout).toBe(layout);
    expect(manifest.medium).toBe(layout.length === 5 ? 'video' : 'image');
    expect(claims.find(({ about }) => about === 'agreement')?.because.text).toBe(`open.because.${agreement}`);
    expect(manifest.files.map((file) => file.name).sort()).toEqual(Object.keys(files).sort());
    for (const { because } of claims) expect(textOf(because.text), because.text).toBeTruthy();
    for (const { text } of proposal.findings) expect(textOf(text), text).toBeTruthy();
  });
});

/** A sentence by its key. */
function textOf(key: string): unknown {
  return key
    .split('.')
    .slice(1)
    .reduce<unknown>((tree, part) => (tree as Record<string, unknown>)?.[part], areas.open.en);
}

describe('what was made', () => {
  it('opens as a model: latents, tokens, distances, pixels', async () => {
    const { manifest, files } = await propose(fixture('external'));
    // Only the weights in use, in a file of their own.
    expect(Object.keys(files).sort()).toEqual(['codebook.safetensors', 'decoder.onnx', 'encoder.onnx', 'weights.bin']);
    const model = await openModelSessions({ manifest, file: (name) => files[name]! }, runtime, {
      provider: 'wasm',
      precision: 'float32',
    });
    const size = { frames: 1, height: 16, width: 24 };
    const { grid, latents, nearest } = await model.encodeArray(new Float32Array(3 * 16 * 24).fill(0.3), size);
    expect(grid.shape).toEqual({ t: 1, h: 4, w: 6 });
    expect(latents?.d).toBe(6);
    expect(nearest?.entries.length).toBeGreaterThan(24);
    expect((await model.decodeArray(grid.tokens, grid.shape, 1)).dims).toEqual([1, 3, 16, 24]);
    await model.release();
  });

  it('has the same key for the same files, and another for others', async () => {
    const [a, b] = [await propose(fixture('grey')), await propose(fixture('tf2onnx'))];
    expect((await propose(fixture('grey'))).key).toBe(a.key);
    expect(b.key).not.toBe(a.key);
  });

  it('says what operators cost', async () => {
    const costs = async (name: string) => (await propose(fixture(name))).findings.map(({ level, text }) => `${level} ${text}`);
    expect(await costs('half')).toEqual(['fails open.cost.half', 'note open.cost.threefold']);
    // What is cut away with the quantizer (one-hot rows) costs nothing.
    expect(await costs('tf2onnx')).toEqual([]);
    expect(await costs('video-causal')).toEqual(['slow open.cost.conv3d']);
    expect(await costs('grey')).toEqual(['note open.cost.threefold']);
    expect((await propose(fixture('half'))).provider).toBe('wasm');
  });
});

describe('corrections', () => {
  it('keep the quantizer inside, with its entries to be looked at', async () => {
    const { manifest, claims } = await propose(fixture('tokens'), { table: 'none' });
    expect(manifest.quantizer).toEqual({ kind: 'in-graph', codebookSize: 32, entryDimension: 6 });
    expect(manifest.graphs.encoder.carries).toBe('tokens');
    expect(claims.find(({ about }) => about === 'agreement')?.because.text).toBe('open.because.agrees');
  });

  it('leave the entries of a quantizer inside to be asked for', async () => {
    const { manifest, files } = await propose(fixture('grey'), { table: 'none' });
    const store = { read: async () => undefined, write: async () => {}, remove: async () => {}, remember: async () => {} };
    const engine = createEngine({
      runtime: Promise.resolve(runtime),
      store: Promise.resolve({ ...store, list: async () => [], delete: async () => {} } as never),
    });
    const folder = { ...files, 'manifest.json': new Blob([JSON.stringify(manifest)]) };
    const { id, entryDimension } = await engine.openModel(folder, {}, () => {}, new AbortController().signal);
    expect(entryDimension).toBe(6);
    expect((await engine.entries(id, 0, 32)).length).toBe(32 * 6);
    expect((await engine.entryGeometry(id)).length).toBe(32 * 3);
    expect((await engine.neighbours(id, 3, 4)).entries).toHaveLength(4);
    await expect(engine.distances(id, new Float32Array(6))).rejects.toMatchObject({ code: 'internal' });
    await engine.closeModel(id);
  });

  it('cut one file at its tokens too', async () => {
    const { manifest, claims } = await propose(fixture('tf2onnx'), { table: 'none' });
    expect(manifest.quantizer.kind).toBe('in-graph');
    expect(claims.find(({ about }) => about === 'agreement')?.because.text).toBe('open.because.agrees');
  });

  it('say how frames become planes', async () => {
    const frames = { rule: 'grouped', reduction: 2, window: 6 } as const;
    const { manifest, claims } = await propose(fixture('video-grouped'), { frames });
    expect(manifest.size.frames).toEqual(frames);
    expect(claims.find(({ about }) => about === 'frames')?.because.text).toBe('open.because.framesAsked');
  });

  it('choose the score where nothing proves it', async () => {
    const { manifest } = await propose(fixture('codebook-file'), { score: 'cosine' });
    expect(manifest.quantizer.score).toBe('cosine');
  });

  it('swap roles, which then do not fit', async () => {
    const roles = { 'encoder.onnx': 'decoder', 'decoder.onnx': 'encoder' } as const;
    await expect(propose(fixture('tokens'), { roles })).rejects.toMatchObject({ name: 'TokenscopeError' });
  });
});
