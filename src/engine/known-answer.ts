import { Graph } from '../convert/graph.ts';
import type { Runtime } from './runtime.ts';

/**
 * A model of a few hundred bytes with the operators tokenizers live on, run once on the visitor's GPU before it is
 * trusted: some drivers give wrong numbers without a word. The answers were computed on WASM; a test holds them there.
 */
const SIDE = 8;
const CHANNELS = 4;
const ENTRIES = 16;

/** Repeatable numbers in [-1, 1). */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** conv → group norm → swish → attention → Gemm with a table → the two smallest. */
function buildProbe(): Uint8Array<ArrayBuffer> {
  const graph = new Graph('known-answer');
  const constant = (name: string, shape: number[], seed: number) =>
    graph.initializer(name, {
      dtype: 'float32',
      shape,
      data: numbers(
        shape.reduce((a, b) => a * b, 1),
        seed,
      ),
    });
  const x = graph.input('x', 'float32', [1, CHANNELS, SIDE, SIDE]);
  const weight = constant('weight', [CHANNELS, CHANNELS, 3, 3], 1);
  const conv = graph.conv(x, weight, constant('bias', [CHANNELS], 2), { kernel: [3, 3], pad: 1 });
  const scale = constant('scale', [CHANNELS], 3);
  const norm = graph.groupNorm(conv, {
    scale,
    bias: constant('shift', [CHANNELS], 4),
    channels: CHANNELS,
    groups: 2,
    epsilon: 1e-6,
  });
  const flat = graph.reshape(graph.silu(norm), [1, CHANNELS, SIDE * SIDE]);
  const rows = graph.transpose(flat, [0, 2, 1]);
  const mixed = graph.add(rows, graph.matMul(graph.softmax(graph.matMul(rows, flat)), rows));
  const table = constant('table', [ENTRIES, CHANNELS], 12);
  const score = graph.gemm(graph.reshape(mixed, [-1, CHANNELS]), table, constant('offset', [ENTRIES], 21), {
    transposeB: true,
    alpha: -2,
  });
  const { values, indices } = graph.topK(score, 2, { largest: false });
  graph.output('values', values, [SIDE * SIDE, 2]);
  graph.output('indices', indices, [SIDE * SIDE, 2]);
  return graph.encode();
}

/** First and second score and index along the diagonal. */
export async function runProbe(runtime: Runtime): Promise<number[]> {
  const session = await runtime.createSession(buildProbe(), { file: 'known-answer' });
  const x = new runtime.ort.Tensor('float32', numbers(CHANNELS * SIDE * SIDE, 7), [1, CHANNELS, SIDE, SIDE]);
  try {
    const { values, indices } = await session.run({ x });
    const scores = values!.data as Float32Array;
    const entries = indices!.data as BigInt64Array;
    return Array.from({ length: SIDE }, (_, i) => i * (SIDE + 1) * 2).flatMap((at) => [
      scores[at]!,
      scores[at + 1]!,
      Number(entries[at]),
      Number(entries[at + 1]),
    ]);
  } finally {
    await session.release();
  }
}

const PROBE_ANSWER: readonly number[] = [
  -2.43228, -1.885693, 2, 6, -5.066927, -4.050101, 2, 7, -6.261795, -4.24452, 2, 6, -3.831991, -3.783044, 2, 8, -3.789423,
  -2.825004, 2, 6, -3.915164, -2.977137, 2, 6, -1.43717, -1.382853, 8, 1, -3.569023, -2.792853, 2, 6,
];

/** What is wrong with the provider's answer, or undefined when it agrees. */
export function compareProbe(answer: readonly number[]): string | undefined {
  const worst = Math.max(...answer.map((value, i) => Math.abs(value - PROBE_ANSWER[i]!)));
  return worst < 1e-4 && answer.length === PROBE_ANSWER.length ? undefined : `known answer off by ${worst.toPrecision(3)}`;
}
