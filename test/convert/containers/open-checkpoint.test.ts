import { describe, expect, it } from 'vitest';
import { writeSafetensors } from '../../../src/convert/containers/safetensors.ts';
import { openFiles, refusalOf, valuesOf } from './open.ts';
import { type TreeToWrite, writeFlax } from './write-flax.ts';
import { encode, global, Raw, WrittenTensor } from './write-pickle.ts';
import { writeTorchZip } from './write-torch.ts';

const at = (key: string) => new WrittenTensor(key, [1]);
const one = { 0: Float32Array.of(1), 1: Float32Array.of(2), 2: Float32Array.of(3) };
const safe = (tensors: Readonly<Record<string, number>>) =>
  new Blob([
    writeSafetensors(
      new Map(Object.entries(tensors).map(([name, value]) => [name, { dtype: 'F32', shape: [1], data: Float32Array.of(value) }])),
    ).bytes,
  ]);
const json = (value: unknown) => new Blob([JSON.stringify(value)]);

async function opened(files: Readonly<Record<string, Blob>>) {
  const { tensors, ...rest } = await openFiles(files);
  return { ...rest, values: await valuesOf(tensors) };
}

describe('dictionaries around the weights', () => {
  it.each<[string, unknown, Record<string, number[]>]>([
    ['none', { w: at('0') }, { w: [1] }],
    ['Lightning', { state_dict: { w: at('0') }, optimizer_states: [at('1')], rng: at('2') }, { w: [1] }],
    ['a model in a module', { model: { state_dict: { w: at('0') } }, epoch: 3 }, { w: [1] }],
    ['averages, which are preferred', { model: { w: at('0') }, ema: { w: at('1') } }, { w: [2] }],
    ['averages of some', { model: { w: at('0'), running: at('2') }, ema: { w: at('1') } }, { w: [2], running: [3] }],
    ['averages of something else', { model: { w: at('0'), v: at('2') }, ema: { other: at('1') } }, { w: [1], v: [3] }],
    ['averages without names', { model: { w: at('0') }, ema: { shadow: [at('1')] } }, { w: [1] }],
    [
      'parts with dictionaries of their own',
      { encoder: { w: at('0') }, decoder: { w: at('1') } },
      { 'encoder.w': [1], 'decoder.w': [2] },
    ],
    ['lists and words beside tensors', { w: at('0'), note: 'a', more: [at('1')] }, { w: [1] }],
  ])('are taken off: %s', async (_, root, values) => {
    expect((await opened({ 'a.ckpt': await writeTorchZip(root, one) })).values).toEqual(values);
  });

  it('may hold settings as a dictionary, a Namespace or a class of omegaconf', async () => {
    const object = (name: string, state: unknown) => new Raw(...global('x', name), 0x29, 0x81, ...encode(state), 0x62);
    const wrapped = object('DictConfig', { _content: { size: object('AnyNode', { _val: 8 }) } });
    const open = async (key: string, value: unknown) =>
      (await opened({ 'a.ckpt': await writeTorchZip({ [key]: value, w: at('0') }, one) })).carried;
    expect(await open('hyper_parameters', { z: 4 })).toEqual({ z: 4 });
    expect(await open('args', object('Namespace', { z: 4, names: ['a', null, true, 2.5] }))).toEqual({
      z: 4,
      names: ['a', null, true, 2.5],
    });
    expect(await open('config', wrapped)).toEqual({ size: 8 });
    expect(await open('nothing', 1)).toBeUndefined();
  });

  it('of Flax: averages before parameters, the old optimizer’s target, no counters', async () => {
    const array = (value: number) => ({ dtype: 'float32', shape: [1], data: new Blob([Float32Array.of(value)]) });
    const open = async (tree: TreeToWrite) => (await opened({ checkpoint_7: writeFlax(tree) })).values;
    expect(await open({ conv: { kernel: array(1) } })).toEqual({ 'conv/kernel': [1] });
    expect(await open({ step: 7, params: { a: array(1) }, ema_params: { a: array(2) } })).toEqual({ a: [2] });
    expect(await open({ optimizer: { state: { a: array(1) }, target: { a: array(2) } } })).toEqual({ a: [2] });
    expect(await open({ params: { params: { a: array(3) } }, batch_stats: { b: array(4) } })).toEqual({ a: [3] });
  });
});

describe('several files', () => {
  const index = json({ weight_map: { a: 'model-00001-of-00002.safetensors', b: 'model-00002-of-00002.safetensors' } });
  const parts = { 'x/model-00001-of-00002.safetensors': safe({ a: 1 }), 'x/model-00002-of-00002.safetensors': safe({ b: 2 }) };

  it('shards with their index, a config beside them', async () => {
    const files = { ...parts, 'x/model.safetensors.index.json': index, 'x/config.json': json({ z: 3 }) };
    expect(await opened(files)).toEqual({ file: 'x/model.safetensors.index.json', values: { a: [1], b: [2] }, config: { z: 3 } });
  });

  it('settings in YAML beside the weights; config.json goes before them', async () => {
    const weights = { 'last.ckpt': await writeTorchZip({ a: at('0') }, one) };
    const yaml = new Blob(['model:\n  target: src.IBQ.models.ibqgan.IBQ  # its class\n  params: {ch_mult: [1, 2]}\n']);
    const settings = { model: { target: 'src.IBQ.models.ibqgan.IBQ', params: { ch_mult: [1, 2] } } };
    expect((await opened({ ...weights, 'model.yaml': yaml })).config).toEqual(settings);
    expect((await opened({ ...weights, 'model.yaml': yaml, 'notes.yml': new Blob(['no settings']) })).config).toEqual(settings);
    expect((await opened({ ...weights, 'model.yaml': yaml, 'config.json': json({ z: 3 }) })).config).toEqual({ z: 3 });
  });

  it('shards of PyTorch, and shards without an index', async () => {
    const torch = { 'pytorch_model-00001-of-00001.bin': await writeTorchZip({ a: at('0') }, one) };
    const bin = json({ weight_map: { a: 'pytorch_model-00001-of-00001.bin' } });
    expect((await opened({ ...torch, 'pytorch_model.bin.index.json': bin })).values).toEqual({ a: [1] });
    expect((await opened(parts)).values).toEqual({ a: [1], b: [2] });
  });

  it('name the shards that are missing', async () => {
    const [[name, part]] = Object.entries(parts) as [[string, Blob]];
    const missing = 'model-00002-of-00002.safetensors';
    const expected = { code: 'checkpoint-incomplete', missing };
    expect(await refusalOf({ [name]: part, 'i.json': index })).toEqual({ ...expected, file: 'i.json' });
    expect(await refusalOf({ [name]: part })).toEqual({ ...expected, file: name });
  });

  it('a shard that lacks what the index promises', async () => {
    const other = { ...parts, 'x/model-00002-of-00002.safetensors': safe({ c: 2 }), 'i.json': index };
    expect(await refusalOf(other)).toEqual({
      code: 'checkpoint-damaged',
      file: 'i.json',
      reason: 'none of its parts has the tensor b',
    });
  });

  it('two halves of a network are one, constants in both are one', async () => {
    const halves = { 'encoder.jit': safe({ 'encoder.w': 1, levels: 8 }), 'decoder.jit': safe({ 'decoder.w': 2, levels: 8 }) };
    expect((await opened(halves)).values).toEqual({ 'encoder.w': [1], 'decoder.w': [2], levels: [8] });
    const clash = { ...halves, 'decoder.jit': safe({ 'decoder.w': 2, levels: 7 }) };
    expect(await refusalOf(clash)).toEqual({
      code: 'checkpoint-clash',
      file: 'encoder.jit',
      other: 'decoder.jit',
      tensor: 'levels',
    });
  });

  it('two copies in different precision: the wider one is taken', async () => {
    const half = writeSafetensors(new Map([['a', { dtype: 'F16', shape: [1], data: Uint16Array.of(0x3c01) }]])).bytes;
    const files = {
      'model.fp16.safetensors': new Blob([half]),
      'model.safetensors': safe({ a: 1.0006 }),
      'README.md': new Blob(['# text']),
    };
    expect((await opened(files)).values).toEqual({ a: [Math.fround(1.0006)] });
  });

  it('a whole beside its halves', async () => {
    const halves = { 'encoder.jit': safe({ 'encoder.w': 1 }), 'decoder.jit': safe({ 'decoder.w': 2 }) };
    const whole = safe({ 'encoder.w': 1, 'decoder.w': 2 });
    expect((await opened({ ...halves, 'autoencoder.jit': whole })).values).toEqual({ 'encoder.w': [1], 'decoder.w': [2] });
  });

  it('two checkpoints of one training are not one', async () => {
    const files = { 'step=1.safetensors': safe({ a: 1 }), 'step=2.safetensors': safe({ a: 1.1 }) };
    expect(await refusalOf(files)).toEqual({
      code: 'checkpoint-clash',
      file: 'step=1.safetensors',
      other: 'step=2.safetensors',
      tensor: 'a',
    });
  });

  it('a config that is no JSON is named; other notes are passed over', async () => {
    const weights = { 'model.safetensors': safe({ a: 1 }) };
    expect(await refusalOf({ ...weights, 'config.json': new Blob(['{"a":']) })).toEqual({
      code: 'checkpoint-damaged',
      file: 'config.json',
      reason: 'it is not JSON',
    });
    expect(await refusalOf({ ...weights, 'notes.json': new Blob(['{"a":']), 'config.yaml': new Blob(['a: 1']) })).toBeUndefined();
  });
});

describe('a file that is no checkpoint', () => {
  const text = (words: string) => new Blob([words]);
  const bytes = (...values: number[]) => new Blob([Uint8Array.from(values)]);
  it.each<[string, Blob, object]>([
    ['nothing', bytes(), { code: 'checkpoint-unknown' }],
    ['one byte', bytes(0x80), { code: 'checkpoint-unknown' }],
    ['noise', bytes(7, 1, 200, 3, 4, 5, 6), { code: 'checkpoint-unknown' }],
    ['words', text('weights'), { code: 'checkpoint-unknown' }],
    ['JSON alone', text('{"a":1}'), { code: 'checkpoint-unknown' }],
    ['a web page', text('\n<!DOCTYPE html><title>Not found</title>'), { code: 'model-web-page' }],
    [
      'a pointer of Git LFS',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n'),
      { code: 'checkpoint-pointer' },
    ],
    ['HDF5', bytes(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a), { code: 'checkpoint-format', format: 'HDF5 / Keras' }],
    ['GGUF', text('GGUF\u0003'), { code: 'checkpoint-format', format: 'GGUF' }],
    ['gzip', bytes(0x1f, 0x8b, 8), { code: 'checkpoint-format', format: 'gzip' }],
    ['tar', text(`sys_info${'\0'.repeat(249)}ustar`), { code: 'checkpoint-format', format: 'tar' }],
    ['no tensors', text(''), { code: 'checkpoint-unknown' }],
  ])('is told as what it is: %s', async (_, blob, expected) => {
    expect(await refusalOf({ 'model.safetensors': blob })).toEqual({ file: 'model.safetensors', ...expected });
  });

  it('or that has no tensors', async () => {
    expect(await refusalOf({ 'a.ckpt': await writeTorchZip({ epoch: 3, optimizer_states: [at('0')] }, one) })).toEqual({
      code: 'checkpoint-empty',
      file: 'a.ckpt',
    });
    expect(await refusalOf({ 'a.msgpack': writeFlax({ step: 7 }) })).toEqual({ code: 'checkpoint-empty', file: 'a.msgpack' });
    const { bytes } = writeSafetensors(new Map());
    expect(await refusalOf({ 'a.safetensors': new Blob([bytes]) })).toEqual({ code: 'checkpoint-empty', file: 'a.safetensors' });
  });

  it.each(['a.safetensors', 'a.jit', 'a.onnx'])('names play no part: a PyTorch file named %s opens', async (name) => {
    expect((await opened({ [name]: await writeTorchZip({ w: at('0') }, one) })).values).toEqual({ w: [1] });
  });
});
