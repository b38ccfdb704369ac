import { describe, expect, it } from 'vitest';
import { Graph, type Value } from '../../src/convert/graph.ts';
import { readModel } from '../../src/onnx/model.ts';
import { floats, ladder, runGraph } from './run-graph.ts';

/** Runs what `build` makes of one float input. */
async function apply(dims: readonly number[], build: (graph: Graph, x: Value) => Value, values?: readonly number[]) {
  const graph = new Graph('test');
  const x = graph.input(
    'x',
    'float32',
    dims.map((_, i) => `d${i}`),
  );
  graph.output('y', build(graph, x));
  const { y } = await runGraph(graph.encode(), { x: values ? floats(dims, values) : ladder(dims) });
  return { dims: [...y!.dims], data: Array.from(y!.data as ArrayLike<number | bigint>, Number) };
}

describe('operators of a graph, run on WASM', { timeout: 60_000 }, () => {
  it('conv with a stride and one-sided padding', async () => {
    const y = await apply(
      [1, 1, 2, 2],
      (graph, x) => {
        const weight = graph.constant([1, 2, 3, 4], 'float32', [1, 1, 2, 2]);
        return graph.conv(x, weight, graph.constant([10], 'float32'), { kernel: [2, 2], stride: 2, pad: [1, 1, 0, 0] });
      },
      [1, 2, 3, 4],
    );
    expect(y).toEqual({ dims: [1, 1, 1, 1], data: [14] });
  });

  it('gemm with a transposed matrix and a row added', async () => {
    const entries = [1, 0, 0, 1, 1, 1];
    const y = await apply(
      [2, 2],
      (graph, x) =>
        graph.gemm(x, graph.constant(entries, 'float32', [3, 2]), graph.constant([0, 10, 20], 'float32'), {
          transposeB: true,
          alpha: -2,
        }),
      [1, 2, 3, 4],
    );
    expect(y.data).toEqual([-2, 6, 14, -6, 2, 6]);
  });

  it('argMin and topK take the first of equal values', async () => {
    const values = [3, 1, 1, 2];
    expect((await apply([1, 4], (graph, x) => graph.argMin(x), values)).data).toEqual([1]);
    expect((await apply([1, 4], (graph, x) => graph.topK(x, 3, { largest: false }).indices, values)).data).toEqual([1, 2, 3]);
    expect((await apply([1, 4], (graph, x) => graph.topK(x, 2).values, values)).data).toEqual([3, 2]);
  });

  it('depthToSpace, resize, pad, slice, concat and transpose move values where they should', async () => {
    const four = [1, 2, 3, 4];
    expect(await apply([1, 4, 1, 1], (graph, x) => graph.depthToSpace(x, 2, 'CRD'), four)).toEqual({
      dims: [1, 1, 2, 2],
      data: four,
    });
    expect((await apply([1, 1, 1, 2], (graph, x) => graph.resize(x, [1, 1, 1, 2]), [5, 6])).data).toEqual([5, 5, 6, 6]);
    expect((await apply([2], (graph, x) => graph.pad(x, [1, 0]), [5, 6])).data).toEqual([0, 5, 6]);
    expect((await apply([4], (graph, x) => graph.slice(x, 0, 1, 3), four)).data).toEqual([2, 3]);
    expect((await apply([2], (graph, x) => graph.concat([x, x], 0), [5, 6])).data).toEqual([5, 6, 5, 6]);
    expect((await apply([2, 2], (graph, x) => graph.transpose(x, [1, 0]), four)).data).toEqual([1, 3, 2, 4]);
  });

  it('add, sub, mul, div, relu, silu and softmax calculate', async () => {
    const x = [-1, 0, 1];
    const two = (graph: Graph) => graph.constant([2], 'float32');
    expect((await apply([3], (graph, v) => graph.add(v, two(graph)), x)).data).toEqual([1, 2, 3]);
    expect((await apply([3], (graph, v) => graph.sub(v, two(graph)), x)).data).toEqual([-3, -2, -1]);
    expect((await apply([3], (graph, v) => graph.mul(v, two(graph)), x)).data).toEqual([-2, 0, 2]);
    expect((await apply([3], (graph, v) => graph.div(v, two(graph)), x)).data).toEqual([-0.5, 0, 0.5]);
    expect((await apply([3], (graph, v) => graph.relu(v), x)).data).toEqual([0, 0, 1]);
    expect((await apply([3], (graph, v) => graph.silu(v), x)).data[2]).toBeCloseTo(1 / (1 + Math.exp(-1)), 6);
    expect((await apply([2], (graph, v) => graph.softmax(v), [0, Math.log(3)])).data[1]).toBeCloseTo(0.75, 6);
  });

  it('groupNorm is the textbook formula with biased variance', async () => {
    const dims = [2, 4, 2, 3];
    const { data } = ladder(dims);
    const y = await apply(dims, (graph, x) =>
      graph.groupNorm(x, {
        scale: graph.constant([1, 2, 3, 4], 'float32'),
        bias: graph.constant([0, 1, 0, 1], 'float32'),
        channels: 4,
        groups: 2,
        epsilon: 1e-6,
      }),
    );
    const expected = Array.from(data as Float32Array, (value, i) => {
      const start = i - (i % 12);
      const group = (data as Float32Array).subarray(start, start + 12);
      const mean = group.reduce((a, b) => a + b, 0) / 12;
      const variance = group.reduce((a, b) => a + (b - mean) ** 2, 0) / 12;
      const channel = Math.floor(i / 6) % 4;
      return ((value - mean) / Math.sqrt(variance + 1e-6)) * (channel + 1) + (channel % 2);
    });
    for (const [i, value] of y.data.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
    expect(y.dims).toEqual(dims);
  });

  it('reads an initializer from a file beside the graph, stored in half precision', async () => {
    const graph = new Graph('test');
    const x = graph.input('x', 'float32', [2]);
    const place = () => ({ offset: 2, length: 4 });
    const half = graph.initializer('half', { dtype: 'float16', shape: [2], location: 'weights.bin', place });
    graph.output('y', graph.mul(x, graph.cast(half, 'float32')), [2]);
    const weights = new Uint8Array([9, 9, 0x00, 0x3c, 0x00, 0xc1]); // …, 1.0, −2.5
    const { y } = await runGraph(graph.encode(), { x: floats([2], [3, 4]) }, { 'weights.bin': weights });
    expect([...(y!.data as Float32Array)]).toEqual([3, -10]);
  });

  it('names outputs as asked, also when one value leaves twice or an input passes through', () => {
    const graph = new Graph('test');
    const x = graph.input('x', 'float32', ['n']);
    const y = graph.relu(x);
    graph.output('a', y, ['n']);
    graph.output('b', y, ['n']);
    graph.output('c', x, ['n']);
    const { graph: read } = readModel(graph.encode(), 'test.onnx');
    expect(read?.nodes.map(({ op, outputs }) => [op, ...outputs])).toEqual([
      ['Relu', 'a'],
      ['Identity', 'b'],
      ['Identity', 'c'],
    ]);
  });
});
