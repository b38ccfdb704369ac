import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import { type OnnxModel, type OnnxTensor, readModel, writeModel } from '../../src/onnx/model.ts';
import { WireReader, WireWriter } from '../../src/onnx/wire.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(join(import.meta.dirname, '../fixtures/onnx', name)));

describe('a model written by the official Python package', () => {
  it('is read field by field', () => {
    const { irVersion, opsets, metadata, producerName, graph } = readModel(fixture('every-field.onnx'), 'a.onnx');
    expect({ irVersion, opsets, metadata, producerName }).toEqual({
      irVersion: 8,
      opsets: [{ domain: '', version: 17 }],
      metadata: [{ key: 'made', value: 'by hand' }],
      producerName: 'python',
    });
    expect(graph?.name).toBe('every kind of field');
    expect(graph?.nodes.map(({ op }) => op)).toEqual(['Conv', 'Elu', 'Resize', 'Constant', 'Made', 'Shrink']);
    expect(graph?.nodes[0]).toMatchObject({ inputs: ['x', 'w', ''], outputs: ['c'], name: 'conv' });
    expect(graph?.nodes[4]?.domain).toBe('test.made');
    expect(graph?.inputs[0]?.type?.tensor?.shape?.dims).toEqual([
      { value: undefined, parameter: 'batch' },
      { value: 2, parameter: undefined },
      { value: undefined, parameter: 'height' },
      { value: 4, parameter: undefined },
    ]);
    expect(graph?.outputs[0]?.type?.tensor?.dataType).toBe(1);
  });

  it('keeps every kind of attribute, also zeros and graphs', () => {
    const { graph } = readModel(fixture('every-field.onnx'), 'a.onnx');
    const of = (node: number) => Object.fromEntries(graph!.nodes[node]!.attributes.map((each) => [each.name, each]));
    expect(of(0).kernel_shape).toMatchObject({ ints: [3, 3], type: 7 });
    expect(of(1).alpha).toMatchObject({ float: 0.5, type: 1 });
    expect(of(2).mode).toMatchObject({ string: 'nearest', type: 3 });
    expect(of(3).value?.tensor).toMatchObject({ name: 'kept', dims: [2], dataType: 7 });
    expect(of(4).floats).toMatchObject({ floats: [1.5, -2], type: 6 });
    expect(of(4).words).toMatchObject({ strings: ['a', 'ä'], type: 8 });
    expect(of(4).then_branch?.graph?.nodes[0]).toMatchObject({ op: 'Identity', outputs: ['z'] });
    expect(of(5).bias).toMatchObject({ float: 0, type: 1 });
    expect(of(5).last).toMatchObject({ int: -1, type: 2 });
  });

  it('keeps tensors as lists, as a view of the file, or as a place in another file', () => {
    const bytes = fixture('every-field.onnx');
    const { initializers } = readModel(bytes, 'a.onnx').graph!;
    const tensors: Record<string, OnnxTensor> = Object.fromEntries(initializers.map((each) => [each.name, each]));
    expect(tensors.f?.floats).toEqual([1.5, -0]);
    expect(tensors.i?.int32s).toEqual([-7, 7]);
    expect(tensors.l?.int64s).toEqual([-(2 ** 63), 2 ** 63]);
    expect(tensors.d?.doubles).toEqual([0.1]);
    expect(tensors.s?.raw?.buffer).toBe(bytes.buffer);
    expect([...new Float32Array(tensors.s!.raw!.slice().buffer)]).toEqual([0, 1, 2, 3]);
    expect(tensors.w).toMatchObject({ dims: [3, 2, 3, 3], dataType: 10, dataLocation: 1, raw: undefined });
    expect(Object.fromEntries(tensors.w!.external.map(({ key, value }) => [key, value]))).toEqual({
      location: 'weights.bin',
      offset: '64',
      length: '108',
    });
  });

  it('is written again as the same bytes', () => {
    const bytes = fixture('every-field.onnx');
    expect(writeModel(readModel(bytes, 'a.onnx'))).toEqual(bytes);
  });

  it('reads the same with comments in it', () => {
    const plain = readModel(fixture('every-field.onnx'), 'a.onnx');
    expect(readModel(fixture('with-comments.onnx'), 'a.onnx')).toEqual(plain);
  });
});

describe('bytes that are no model', () => {
  const refused = (bytes: Uint8Array) => {
    try {
      readModel(bytes, 'bad.onnx');
      return undefined;
    } catch (error) {
      return error instanceof TokenscopeError ? error.parameters : error;
    }
  };

  it.each([
    ['a length past the end', [0x3a, 0x7f, 0], 'a field reaches past its end (byte 2)'],
    ['a group', [0x1b], 'wire type 3 (byte 1)'],
    ['a number that never ends', Array(20).fill(0xff), 'a number longer than 10 bytes (byte 10)'],
    ['a text where a number belongs', [0x0a, 0x01, 0x41], 'field 1 with wire type 2 (byte 1)'],
    ['a negative length', [0x3a, ...Array(9).fill(0xff), 0x01], 'a negative length (byte 11)'],
  ])('%s', (_, bytes, reason) => {
    expect(refused(Uint8Array.from(bytes))).toEqual({ file: 'bad.onnx', reason });
  });

  it('graphs in graphs without end', () => {
    // model.graph.node.attribute.graph.node…: each level wraps the one before it.
    let inner = new Uint8Array();
    const wrap = (tag: number) => {
      const writer = new WireWriter();
      writer.varint(tag);
      writer.varint(inner.length);
      writer.raw(inner);
      inner = writer.bytes();
    };
    for (let i = 0; i < 40; i++) for (const tag of [0x32, 0x2a, 0x0a]) wrap(tag);
    wrap(0x3a);
    expect(refused(inner)).toMatchObject({ reason: expect.stringContaining('nested more than 64 deep') });
  });

  it('any damage gives a model or a named error, never another kind', () => {
    const bytes = fixture('every-field.onnx');
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, byte, length) => {
        const damaged = bytes.slice(0, length);
        if (at < length) damaged[at] = byte;
        const answer = refused(damaged);
        return answer === undefined || (answer as { file?: string }).file === 'bad.onnx';
      }),
      { numRuns: 300 },
    );
  });
});

describe('the wire', () => {
  it('gives every safe integer back, and clamps what int64 cannot hold', () => {
    const through = (value: number) => {
      const writer = new WireWriter();
      writer.varint(value);
      return new WireReader(writer.bytes(), 'test').varint();
    };
    fc.assert(fc.property(fc.maxSafeInteger(), (value) => through(value) === value));
    expect(through(2 ** 63)).toBe(2 ** 63);
    expect(through(-(2 ** 64))).toBe(-(2 ** 63));
  });

  it('gives every model back', () => {
    const name = fc.option(fc.string(), { nil: undefined });
    const tensor = fc.record({
      dims: fc.array(fc.nat(9), { maxLength: 4 }),
      dataType: fc.constant(1),
      floats: fc.array(fc.float({ noNaN: true }), { maxLength: 4 }),
      int32s: fc.constant([]),
      int64s: fc.array(fc.maxSafeInteger(), { maxLength: 4 }),
      name,
      raw: fc.option(fc.uint8Array({ maxLength: 9 }), { nil: undefined }),
      doubles: fc.array(fc.double({ noNaN: true }), { maxLength: 4 }),
      external: fc.constant([]),
      dataLocation: fc.option(fc.nat(1), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(tensor, { maxLength: 3 }), name, (initializers, producerName) => {
        const graph = { nodes: [], name: 'g', initializers, inputs: [], outputs: [] };
        const model: OnnxModel = { irVersion: 8, producerName, graph, opsets: [], metadata: [] };
        expect(readModel(writeModel(model), 'test')).toEqual(model);
      }),
      { numRuns: 100 },
    );
  });
});
