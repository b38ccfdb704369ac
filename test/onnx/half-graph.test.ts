import { describe, expect, it } from 'vitest';
import { Graph, type Value } from '../../src/convert/graph.ts';
import { halveGraph } from '../../src/onnx/half-graph.ts';
import { dataTypes, readModel } from '../../src/onnx/model.ts';
import { floats, ladder, runGraph } from '../convert/run-graph.ts';
import { roundHalves } from './round-halves.ts';

type Draw = (graph: Graph, x: Value) => Value;

function draw(nodes: Draw, shape: readonly number[]): Graph {
  const graph = new Graph('test');
  graph.output('y', nodes(graph, graph.input('x', 'float32', shape)));
  return graph;
}

const halve = (nodes: Draw, shape: readonly number[]) => halveGraph(draw(nodes, shape).encode(), 'test.onnx');

/** Operators of a graph; those that give or take float32 only are marked. */
function operators(bytes: Uint8Array): string[] {
  const { nodes, initializers, inputs } = readModel(bytes, 'test').graph!;
  const full = new Set(inputs.map(({ name }) => name));
  for (const { name, dataType } of initializers) if (dataType === dataTypes.float32) full.add(name);
  return nodes.map((node) => {
    const to = node.attributes.find(({ name }) => name === 'to')?.int;
    const isFull = to === undefined ? node.inputs.some((name) => full.has(name)) : to === dataTypes.float32;
    if (isFull) for (const name of node.outputs) full.add(name);
    if (node.op === 'Cast') return isFull ? '→32' : '→16';
    return isFull ? `${node.op} 32` : node.op!;
  });
}

async function worst(nodes: Draw, shape: readonly number[]): Promise<number> {
  const bytes = draw(nodes, shape).encode();
  const { y } = await runGraph(bytes, { x: ladder(shape) });
  const { y: half } = await runGraph(roundHalves(halveGraph(bytes, 'test.onnx')), { x: ladder(shape) });
  expect(half!.type).toBe('float32');
  expect(half!.dims).toEqual(y!.dims);
  const expected = y!.data as Float32Array;
  return Math.max(...expected.map((value, i) => Math.abs(value - (half!.data as Float32Array)[i]!)));
}

const attention: Draw = (graph, x) => {
  const scores = graph.mul(graph.matMul(x, graph.transpose(x, [0, 2, 1])), graph.constant([0.1], 'float32'));
  return graph.matMul(graph.softmax(scores), x);
};

/** As exporters write a layer norm. */
const writtenNorm: Draw = (graph, x) => {
  const mean = graph.node('ReduceMean', [x], { axes: [-1] });
  const centred = graph.sub(x, mean);
  const variance = graph.node('ReduceMean', [graph.node('Pow', [centred, graph.constant([2], 'float32')])], { axes: [-1] });
  return graph.div(centred, graph.node('Sqrt', [graph.add(variance, graph.constant([1e-12], 'float32'))]));
};

const norm: Draw = (graph, x) => {
  const [scale, bias] = [1, 2].map((k) => graph.constant([k, 2, 3, 4], 'float32'));
  return graph.silu(graph.groupNorm(x, { scale: scale!, bias: bias!, channels: 4, groups: 2, epsilon: 1e-6 }));
};

describe('a graph in half precision', () => {
  it('is cast where it begins and ends, and keeps its inputs and outputs', async () => {
    const bytes = halve((graph, x) => graph.relu(graph.add(x, graph.constant([0.5], 'float32'))), [2, 3]);
    expect(operators(bytes)).toEqual(['→16', 'Add', 'Relu', '→32']);
    const { inputs, outputs, initializers } = readModel(bytes, 'test').graph!;
    expect([...inputs, ...outputs].map(({ name, type }) => [name, type?.tensor?.dataType])).toEqual([
      ['x', dataTypes.float32],
      ['y', dataTypes.float32],
    ]);
    expect(initializers.map(({ dataType }) => dataType)).toEqual([dataTypes.float16]);
    const { y } = await runGraph(roundHalves(bytes), { x: floats([2, 3], [-1, 0, 1, 2, 3, 0.1]) });
    expect([...(y!.data as Float32Array)]).toEqual([0, 0.5, 1.5, 2.5, 3.5, 0.60009765625]);
  });

  it('takes weights stored in half precision as they are, and casts float32 ones that lie outside', () => {
    const outside = { location: 'weights', place: () => ({ offset: 0, length: 8 }) };
    const nodes: Draw = (graph, x) => {
      const half = graph.initializer('half', { dtype: 'float16', shape: [4], ...outside });
      return graph.mul(
        graph.add(x, graph.cast(half, 'float32')),
        graph.initializer('full', { dtype: 'float32', shape: [2], ...outside }),
      );
    };
    expect(operators(halve(nodes, [2, 2]))).toEqual(['→16', 'Add', '→16', 'Mul', '→32']);
  });

  it('computes attention logits and softmax in float32', async () => {
    const logits = ['→16', 'Transpose', '→32', 'MatMul 32', 'Mul 32', 'Softmax 32', '→16', 'MatMul', '→32'];
    expect(operators(halve(attention, [1, 3, 4]))).toEqual(logits);
    expect(await worst(attention, [1, 3, 4])).toBeLessThan(4e-3);
  });

  it('computes the parts of a written-out norm in float32', async () => {
    const all = operators(halve(writtenNorm, [2, 8]));
    expect(all.filter((op) => /^(ReduceMean|Pow|Add|Sqrt)/.test(op))).toEqual(
      ['ReduceMean', 'Pow', 'ReduceMean', 'Add', 'Sqrt'].map((op) => `${op} 32`),
    );
    expect(await worst(writtenNorm, [2, 8])).toBeLessThan(4e-3);
  });

  it('takes instance norms, sizes and factors as they are', async () => {
    const up: Draw = (graph, x) => graph.depthToSpace(graph.resize(norm(graph, x), [1, 1, 2, 2]), 2, 'DCR');
    expect(operators(halve(up, [1, 4, 2, 2])).filter((op) => op.includes('→'))).toEqual(['→16', '→32']);
    expect(await worst(up, [1, 4, 2, 2])).toBeLessThan(2e-2);
  });

  it('squashes its output in float32', () => {
    const nodes: Draw = (graph, x) => graph.transpose(graph.node('Sigmoid', [graph.relu(x)]), [1, 0]);
    expect(operators(halve(nodes, [2, 2]))).toEqual(['→16', 'Relu', '→32', 'Sigmoid 32', 'Transpose 32']);
  });
});

describe('gives up', () => {
  it.each<[string, Draw, RegExp]>([
    ['an operator that nobody has thought through', (graph, x) => graph.cast(graph.argMin(x), 'float32'), /ArgMin/],
    ['a number beyond its range', (graph, x) => graph.add(x, graph.constant([1e5], 'float32')), /100000/],
    ['a factor that would be zero', (graph, x) => graph.mul(x, graph.constant([1e-9], 'float32')), /below/],
  ])('on %s', (_, nodes, reason) => {
    expect(() => halve(nodes, [2, 2])).toThrow(reason);
    expect(() => halve(nodes, [2, 2])).toThrow(expect.objectContaining({ code: 'half-precision' }));
  });
});
