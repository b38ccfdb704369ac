import { describe, expect, it } from 'vitest';
import { Graph, type Value } from '../../../src/convert/graph.ts';
import { findCosts } from '../../../src/engine/onnx/preflight.ts';
import { areas } from '../../../src/i18n/index.ts';
import { inspectGraph } from '../../../src/onnx/inspect.ts';
import { readModel, writeModel } from '../../../src/onnx/model.ts';
import { nodeRuntime } from '../node-runtime.ts';

const { facts } = nodeRuntime();
const withHalf = { ...facts, shaderF16: true };

function costs(
  draw: (graph: Graph, x: Value) => Value,
  change: Partial<{ domain: string; opset: number; device: typeof facts }> = {},
) {
  const graph = new Graph('test');
  graph.output('y', draw(graph, graph.input('x', 'float32', ['n', 4, 't', 'h', 'w'])));
  const model = readModel(graph.encode(), 'test');
  const nodes = model.graph!.nodes.map((node) => (change.domain === undefined ? node : { ...node, domain: change.domain }));
  const opsets = change.opset === undefined ? model.opsets : [{ domain: '', version: change.opset }];
  const bytes = writeModel({ ...model, opsets, graph: { ...model.graph!, nodes } });
  const { findings, provider } = findCosts([inspectGraph(bytes, 'test')], change.device ?? facts);
  return { findings: findings.map(({ level, text }) => `${level} ${text.replace('open.cost.', '')}`), provider };
}

const weight = (graph: Graph, shape: readonly number[], dtype: 'float32' | 'float16' = 'float32') => {
  const count = shape.reduce((a, b) => a * b, 1);
  const data = dtype === 'float16' ? new Uint16Array(count) : new Float32Array(count);
  return graph.initializer('w', { dtype, shape, data });
};
const conv3d = (group: number) => (graph: Graph, x: Value) =>
  graph.node('Conv', [x, weight(graph, [4, 4 / group, 3, 3, 3])], { group, kernel_shape: [3, 3, 3] });

describe('operators on WebGPU', () => {
  it.each([
    ['Conv3D', conv3d(1), ['slow conv3d'], undefined],
    ['Conv3D in groups', conv3d(4), ['fails groupedConv3d'], 'wasm'],
    [
      'ConvTranspose3D',
      (graph: Graph, x: Value) => graph.node('ConvTranspose', [x, weight(graph, [4, 4, 2, 2, 2])], { strides: [2, 2, 2] }),
      ['fails convTranspose3d'],
      'wasm',
    ],
    ['Dropout', (graph: Graph, x: Value) => graph.node('Dropout', [x]), ['fails dropout'], 'wasm'],
    ['what runs on the processor', (graph: Graph, x: Value) => graph.node('Round', [x]), ['slow processor'], undefined],
    ['Relu', (graph: Graph, x: Value) => graph.relu(x), [], undefined],
  ] as const)('%s', (_, draw, findings, provider) => expect(costs(draw)).toEqual({ findings, provider }));

  it('half precision needs shader-f16', () => {
    const draw = (graph: Graph, x: Value) =>
      graph.node('MatMul', [graph.cast(x, 'float16'), weight(graph, [4, 4], 'float16')], {}, 'float16');
    expect(costs(draw)).toEqual({ findings: ['fails half'], provider: 'wasm' });
    expect(costs(draw, { device: withHalf })).toEqual({ findings: [], provider: undefined });
  });

  it.each([
    [6, 8, 3, ['note threefold']],
    [18, 512, 3, ['note threefold']],
    [9, 64, 5, ['note threefold']],
    [3, 64, 3, []],
    [6, 6, 3, []],
    [24, 64, 3, []],
    [10, 64, 3, []],
    [6, 8, 1, []],
  ] as const)('Conv from %i to %i channels, kernel %i', (inputs, outputs, kernel, found) => {
    const draw = (graph: Graph, x: Value) => graph.node('Conv', [x, weight(graph, [outputs, inputs, kernel, kernel])]);
    expect(costs(draw).findings).toEqual(found);
    const cast = (graph: Graph, x: Value) =>
      graph.node('Conv', [x, graph.cast(weight(graph, [outputs, inputs, kernel, kernel], 'float16'), 'float32')]);
    expect(costs(cast).findings).toEqual(found);
  });

  it('operators of com.microsoft', () => {
    const named = (op: string) => (graph: Graph, x: Value) => graph.node(op, [x]);
    expect(costs(named('MultiHeadAttention'), { domain: 'com.microsoft' }).findings).toEqual(['wrong attention']);
    expect(costs(named('GroupNorm'), { domain: 'com.microsoft' }).findings).toEqual(['fails noKernel']);
  });

  it('operator sets it does not know in full', () => {
    expect(costs((graph, x) => graph.relu(x), { opset: 26 }).findings).toEqual(['note newOpset']);
    expect(costs((graph, x) => graph.relu(x), { opset: 5 }).findings).toEqual(['note oldOpset']);
  });

  it('are told in both languages', () => {
    const { en, zh } = areas.open;
    expect(Object.keys(en.cost).sort()).toEqual(Object.keys(zh.cost).sort());
  });
});
