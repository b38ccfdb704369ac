import { Graph, type Value } from '../convert/graph.ts';
import type { LatentLayout } from '../core/manifest.ts';

/** How the graph scores an entry against a latent vector z: scale · z·row + bias, the smallest wins. */
export interface Scoring {
  /** K × D row by row. */
  readonly rows: Float32Array;
  readonly bias: Float32Array;
  readonly scale: number;
}

export interface QuantizerGraphOptions {
  readonly scoring: Scoring;
  readonly codebookSize: number;
  readonly entryDimension: number;
  readonly layout: LatentLayout;
  /** Winners and runners-up for each cell. */
  readonly count: number;
  /** Parts the entries are searched in, one after another. */
  readonly blocks: number;
}

const MOST_BYTES = 64 * 2 ** 20;

/** Parts needed so that no score matrix passes 64 MB. */
export function blocksFor(cells: number, codebookSize: number): number {
  return Math.min(codebookSize, Math.ceil((cells * codebookSize * 4) / MOST_BYTES));
}

/**
 * The search for the nearest entries as an ONNX graph. Inputs: `latents` in the encoder's own layout, `mask` (K values
 * added to the scores: 0, or large where an entry must not win). Outputs: `indices_0` … one for each block, cells × count
 * int64, counted from the block's first entry.
 */
export function buildQuantizerGraph(options: QuantizerGraphOptions): Uint8Array<ArrayBuffer> {
  const { codebookSize, count, blocks } = options;
  const graph = new Graph('quantizer');
  const latents = latentRows(graph, options);
  const mask = graph.input('mask', 'float32', [codebookSize]);
  for (const [b, { from, to }] of splitEntries(codebookSize, blocks).entries()) {
    const scores = scoreBlock(graph, latents, mask, options, from, to);
    const { indices } = graph.topK(scores, Math.min(count, to - from), { largest: false });
    graph.output(`indices_${b}`, indices);
  }
  return graph.encode();
}

/** Ranges of entries, as even as they come. */
export function splitEntries(codebookSize: number, blocks: number): { from: number; to: number }[] {
  const size = Math.ceil(codebookSize / blocks);
  const count = Math.ceil(codebookSize / size);
  return Array.from({ length: count }, (_, b) => ({ from: b * size, to: Math.min(codebookSize, (b + 1) * size) }));
}

/** `latents` as cells × D. */
function latentRows(graph: Graph, { layout, entryDimension }: QuantizerGraphOptions): Value {
  const sizes: Record<LatentLayout, { rank: number; order: readonly number[] | undefined }> = {
    NHWD: { rank: 4, order: undefined },
    NTHWD: { rank: 5, order: undefined },
    NDHW: { rank: 4, order: [0, 2, 3, 1] },
    TDHW: { rank: 4, order: [0, 2, 3, 1] },
    NDTHW: { rank: 5, order: [0, 2, 3, 4, 1] },
  };
  const { rank, order } = sizes[layout];
  const at = layout.indexOf('D');
  const shape = Array.from({ length: rank }, (_, axis) => (axis === at ? entryDimension : `size${axis}`));
  const latents = graph.input('latents', 'float32', shape);
  return graph.reshape(order ? graph.transpose(latents, order) : latents, [-1, entryDimension]);
}

function scoreBlock(
  graph: Graph,
  latents: Value,
  mask: Value,
  { scoring, codebookSize, entryDimension }: QuantizerGraphOptions,
  from: number,
  to: number,
): Value {
  const { rows, bias, scale } = scoring;
  const part = (name: string, values: Float32Array, shape: readonly number[]) =>
    graph.initializer(`${name}_${from}`, { dtype: 'float32', shape, data: values });
  const table = part('rows', rows.subarray(from * entryDimension, to * entryDimension), [to - from, entryDimension]);
  const offset = part('bias', bias.subarray(from, to), [to - from]);
  const here = from === 0 && to === codebookSize ? mask : graph.slice(mask, 0, from, to);
  return graph.gemm(latents, table, graph.add(offset, here), { transposeB: true, alpha: scale });
}
