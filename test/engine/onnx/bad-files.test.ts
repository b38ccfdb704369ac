import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Graph } from '../../../src/convert/graph.ts';
import { proposeModel } from '../../../src/engine/onnx/propose.ts';
import { type OnnxModel, readModel, writeModel } from '../../../src/onnx/model.ts';
import { nodeRuntime } from '../node-runtime.ts';
import { droppedFolder } from './dropped-folder.ts';

const FOLDER = join(import.meta.dirname, '../../fixtures/onnx/dropped');
const runtime = nodeRuntime();
const propose = (files: Readonly<Record<string, Blob>>) =>
  proposeModel(files, { corrections: {}, runtime, facts: runtime.facts, job: (run) => run(), onProgress: () => {} });
const bytesOf = (path: string) => new Uint8Array(readFileSync(join(FOLDER, path)));
const refused = (files: Readonly<Record<string, Blob | Uint8Array<ArrayBuffer> | string>>) =>
  propose(Object.fromEntries(Object.entries(files).map(([name, part]) => [name, new Blob([part])])));

/** The combined model with something changed in it. */
function changed(path: string, change: (model: OnnxModel) => OnnxModel): Uint8Array<ArrayBuffer> {
  return writeModel(change(readModel(bytesOf(path), path)));
}

describe('files that are no model', () => {
  it.each([
    ['an empty file', '', 'media-empty'],
    ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n', 'onnx-pointer'],
    ['a web page', '<!DOCTYPE html><html><body>Sign in</body></html>', 'model-web-page'],
    ['text', 'hello, this is no model at all', 'onnx-not'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13), 'onnx-not'],
  ])('%s', async (_, content, code) => {
    await expect(refused({ 'model.onnx': content })).rejects.toMatchObject({ code });
  });

  it('a graph that ends too early', async () => {
    const whole = bytesOf('combined/model.onnx');
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const part = whole.slice(0, Math.floor(whole.length * share));
      await expect(refused({ 'model.onnx': part })).rejects.toMatchObject({ code: 'model-corrupt' });
    }
  });

  it('only weights', async () => {
    await expect(refused({ 'weights.bin': 'x' })).rejects.toMatchObject({ code: 'onnx-not' });
    await expect(refused({ 'a/model.onnx_data': 'x' })).rejects.toMatchObject({ code: 'onnx-only-weights' });
  });
});

describe('weights in other files', () => {
  const external = () => bytesOf('external/model.onnx');
  const data = () => bytesOf('external/model.onnx.data');

  it('that are missing are named', async () => {
    await expect(refused({ 'model.onnx': external() })).rejects.toMatchObject({
      code: 'onnx-external-missing',
      parameters: { file: 'model.onnx', missing: 'model.onnx.data' },
    });
  });

  it('that are cut off, or a pointer', async () => {
    await expect(refused({ 'model.onnx': external(), 'model.onnx.data': data().slice(0, 1000) })).rejects.toMatchObject({
      code: 'onnx-external-short',
      parameters: { bytes: 1000 },
    });
    const pointer = 'version https://git-lfs.github.com/spec/v1\n';
    await expect(refused({ 'model.onnx': external(), 'model.onnx.data': pointer })).rejects.toMatchObject({
      code: 'onnx-pointer',
      parameters: { file: 'model.onnx.data' },
    });
  });

  it.each(['../weights.bin', '/etc/passwd', 'a/../../b', 'C:\\weights', '..\\weights', ''])(
    'named %j are refused',
    async (path) => {
      const bytes = changed('external/model.onnx', (model) => ({
        ...model,
        graph: {
          ...model.graph!,
          initializers: model.graph!.initializers.map((tensor) => ({
            ...tensor,
            external: tensor.external.map((entry) => (entry.key === 'location' ? { ...entry, value: path } : entry)),
          })),
        },
      }));
      await expect(refused({ 'model.onnx': bytes, 'model.onnx.data': data(), passwd: 'x' })).rejects.toMatchObject({
        code: 'onnx-external-path',
      });
    },
  );

  it('at places that make no sense', async () => {
    const bytes = changed('external/model.onnx', (model) => ({
      ...model,
      graph: {
        ...model.graph!,
        initializers: model.graph!.initializers.map((tensor) => ({
          ...tensor,
          external: tensor.external.map((entry) => (entry.key === 'offset' ? { ...entry, value: '-4' } : entry)),
        })),
      },
    }));
    await expect(refused({ 'model.onnx': bytes, 'model.onnx.data': data() })).rejects.toMatchObject({ code: 'model-corrupt' });
  });

  it('in folders, with a dot in front of the name', async () => {
    const bytes = changed('external/model.onnx', (model) => ({
      ...model,
      graph: {
        ...model.graph!,
        initializers: model.graph!.initializers.map((tensor) => ({
          ...tensor,
          external: tensor.external.map((entry) => (entry.key === 'location' ? { ...entry, value: './parts/w.bin' } : entry)),
        })),
      },
    }));
    const proposal = await refused({ 'my model/model.onnx': bytes, 'my model/parts/w.bin': data() });
    expect(proposal.manifest.quantizer.kind).toBe('vq');
    expect(proposal.manifest.title).toBe('my model');
  });
});

describe('graphs that cannot become a tokenizer', () => {
  it('operators that nobody has', async () => {
    const bytes = changed('combined/model.onnx', (model) => ({
      ...model,
      opsets: [...model.opsets, { domain: 'my.company', version: 1 }],
      graph: {
        ...model.graph!,
        nodes: model.graph!.nodes.map((node) => (node.op === 'Tanh' ? { ...node, op: 'Squash', domain: 'my.company' } : node)),
      },
    }));
    await expect(refused({ 'model.onnx': bytes })).rejects.toMatchObject({
      code: 'onnx-operators',
      parameters: { operators: expect.stringContaining('Squash') },
    });
  });

  it('operators of a set that nobody declared, and a set that is yet to come', async () => {
    const foreign = changed('combined/model.onnx', (model) => ({
      ...model,
      graph: {
        ...model.graph!,
        nodes: model.graph!.nodes.map((node) => (node.op === 'Tanh' ? { ...node, op: 'Squash', domain: 'my.company' } : node)),
      },
    }));
    await expect(refused({ 'model.onnx': foreign })).rejects.toMatchObject({
      code: 'onnx-operators',
      parameters: { operators: 'my.company:Squash' },
    });
    const future = changed('combined/model.onnx', (model) => ({ ...model, opsets: [{ domain: '', version: 99 }] }));
    await expect(refused({ 'model.onnx': future })).rejects.toMatchObject({
      code: 'onnx-opset',
      parameters: { file: 'model.onnx', opset: '99' },
    });
  });

  it.each([[[2 ** 20, 2 ** 20]], [[-5, 3, 4, 4]]])('a weight that is declared as %s', async (dims) => {
    const bytes = changed('combined/model.onnx', (model) => {
      const [first, ...others] = model.graph!.initializers;
      return { ...model, graph: { ...model.graph!, initializers: [{ ...first!, dims }, ...others] } };
    });
    await expect(refused({ 'model.onnx': bytes })).rejects.toMatchObject({
      code: 'model-corrupt',
      parameters: { reason: expect.stringContaining(`declared as ${dims.join(' × ')}`) },
    });
  });

  it('weights that are no numbers are a fault of the dropped file', async () => {
    const bytes = changed('combined/model.onnx', (model) => ({
      ...model,
      graph: {
        ...model.graph!,
        initializers: model.graph!.initializers.map((tensor) =>
          tensor.dims.length === 4
            ? { ...tensor, raw: new Uint8Array(new Float32Array(tensor.raw!.length / 4).fill(Number.NaN).buffer) }
            : tensor,
        ),
      },
    }));
    await expect(refused({ 'model.onnx': bytes })).rejects.toMatchObject({
      code: 'model-corrupt',
      parameters: { file: 'model.onnx' },
    });
  });

  it('half of it', async () => {
    const { 'encoder.onnx': encoder, 'decoder.onnx': decoder } = droppedFolder(join(FOLDER, 'tokens'));
    await expect(propose({ 'encoder.onnx': encoder! })).rejects.toMatchObject({ code: 'onnx-no-decoder' });
    await expect(propose({ 'decoder.onnx': decoder! })).rejects.toMatchObject({ code: 'onnx-no-encoder' });
  });

  it('a continuous autoencoder', async () => {
    const { 'encoder.onnx': encoder, 'decoder.onnx': decoder } = droppedFolder(join(FOLDER, 'codebook-file'));
    await expect(propose({ 'encoder.onnx': encoder!, 'decoder.onnx': decoder! })).rejects.toMatchObject({
      code: 'onnx-no-tokens',
    });
  });

  it('parts of different models', async () => {
    const files = droppedFolder(join(FOLDER, 'tokens'));
    const other = droppedFolder(join(FOLDER, 'codebook-file'));
    await expect(
      propose({ 'encoder.onnx': files['encoder.onnx']!, 'decoder.onnx': other['decoder.onnx']! }),
    ).resolves.toMatchObject({
      manifest: { quantizer: { kind: 'vq' } },
    });
    const grey = droppedFolder(join(FOLDER, 'int32-flat'));
    const pair = { 'encoder.onnx': files['encoder.onnx']!, 'decoder.onnx': grey['dec.onnx']! };
    await expect(propose(pair)).rejects.toMatchObject({ code: expect.stringMatching(/^onnx-/) });
  });

  it('more than pixels going in', async () => {
    const graph = new Graph('two');
    const x = graph.input('image', 'float32', ['n', 3, 'h', 'w']);
    graph.output('recon', graph.mul(x, graph.input('strength', 'float32', [1])), ['n', 3, 'h', 'w']);
    await expect(refused({ 'model.onnx': graph.encode() })).rejects.toMatchObject({
      code: 'onnx-inputs',
      parameters: { inputs: 'strength' },
    });
  });

  it('a language model and a classifier: what goes in and comes out is said', async () => {
    const language = new Graph('language');
    const ids = language.input('input_ids', 'int64', ['n', 'l']);
    language.output('logits', language.cast(ids, 'float32'), ['n', 'l']);
    await expect(refused({ 'model.onnx': language.encode() })).rejects.toMatchObject({
      code: 'onnx-foreign',
      parameters: { takes: 'input_ids (n × l)', gives: 'logits (n × l)' },
    });
    const classifier = new Graph('classifier');
    const image = classifier.input('image', 'float32', ['n', 3, 32, 32]);
    classifier.output('classes', classifier.mul(image, image), ['n', 10]);
    await expect(refused({ 'model.onnx': classifier.encode() })).rejects.toMatchObject({
      code: 'onnx-foreign',
      parameters: { takes: 'image (n × 3 × 32 × 32)', gives: 'classes (n × 10)' },
    });
  });

  it('several pictures at a time', async () => {
    const graph = new Graph('four');
    const image = graph.input('image', 'float32', [4, 3, 32, 32]);
    graph.output('recon', graph.mul(image, image), [4, 3, 32, 32]);
    await expect(refused({ 'model.onnx': graph.encode() })).rejects.toMatchObject({
      code: 'onnx-batch',
      parameters: { count: 4 },
    });
  });
});
