import { dependents, type Flow } from './flow.ts';
import { isStandard } from './inspect.ts';
import type { OnnxNode } from './model.ts';
import { attributeOf, readBy } from './parts.ts';

/** Where a graph chooses tokens: the indices, and what they were chosen from. */
export interface Choice {
  readonly op: 'ArgMin' | 'ArgMax' | 'TopK';
  readonly tokens: string;
  readonly scores: string;
  /** Axis of `scores` along which the choice is made, as written in the file. */
  readonly axis: number;
}

/** All places below `from` where the best of many is chosen. */
export function findChoices(flow: Flow, from: string): Choice[] {
  const below = dependents(flow.graph, [from]);
  return flow.graph.nodes.flatMap((node): Choice[] => {
    const { op, inputs, outputs, domain } = node;
    if (!isStandard(domain) || !below.has(inputs[0] ?? '')) return [];
    const axis = attributeOf(node, 'axis')?.int;
    const scores = inputs[0]!;
    if (op === 'ArgMin' || op === 'ArgMax') return [{ op, tokens: outputs[0]!, scores, axis: axis ?? 0 }];
    if (op === 'TopK' && outputs[1] && choosesOne(flow, node)) return [{ op, tokens: outputs[1], scores, axis: axis ?? -1 }];
    return [];
  });
}

function choosesOne({ graph }: Flow, { inputs }: OnnxNode): boolean {
  const raw = graph.initializers.find(({ name }) => name === inputs[1]);
  if (!raw) return false;
  const first = raw.raw ? raw.raw[0] : raw.int64s[0];
  return first === 1;
}

/** A constant table that tokens are looked up in, or that latents are compared with. */
export interface TableCandidate {
  readonly name: string;
  /** What the operator beside it was: Gather, MatMul, Gemm, Sub … */
  readonly op: string;
  /** What comes out of the look-up; undefined for tables that latents are compared with. */
  readonly entries: string | undefined;
  /** What is added to the product: a constant, where there is one. */
  readonly bias?: string;
}

const LOOK_UPS = new Set(['Gather', 'GatherElements', 'GatherND', 'MatMul', 'Gemm', 'Einsum', 'Conv']);
const COMPARISONS = new Set(['MatMul', 'Gemm', 'Einsum', 'Sub', 'Conv', 'FusedMatMul']);
/** Operators that only lay a table out anew. */
const LAYING = new Set(['Expand', 'Tile', 'Unsqueeze', 'Squeeze', 'Reshape', 'Identity', 'Cast', 'Transpose']);
const MOST_CANDIDATES = 8;

/** Tables that the tokens are looked up in: the data of a Gather, or a matrix that one-hot rows are multiplied with. */
export function findLookUps(flow: Flow, tokens: string): TableCandidate[] {
  const below = dependents(flow.graph, [tokens]);
  const found: TableCandidate[] = [];
  for (const node of flow.graph.nodes) {
    if (!LOOK_UPS.has(node.op ?? '') || found.length >= MOST_CANDIDATES) continue;
    if (!node.inputs.some((name) => below.has(name))) continue;
    for (const name of node.inputs.slice(0, 2)) {
      const table = below.has(name) ? undefined : constantBehind(flow, name);
      if (table !== undefined) found.push({ name: table, op: node.op!, entries: node.outputs[0] });
    }
  }
  return found;
}

/** Tables that stand in the arithmetic between `latents` and the scores, the one nearest to the scores first. */
export function findComparisons(flow: Flow, scores: string): TableCandidate[] {
  const found: TableCandidate[] = [];
  const queue = [scores];
  const seen = new Set(queue);
  for (const name of queue) {
    const node = flow.makers.get(name);
    if (!node || queue.length > 400 || found.length >= MOST_CANDIDATES) break;
    for (const input of readBy(node)) {
      const constant = constantBehind(flow, input);
      if (constant !== undefined) {
        const bias = biasOf(flow, node);
        if (COMPARISONS.has(node.op ?? ''))
          found.push({ name: constant, op: node.op!, entries: undefined, ...(bias && { bias }) });
      } else if (!seen.has(input) && flow.makers.has(input)) {
        seen.add(input);
        queue.push(input);
      }
    }
  }
  return found;
}

/** The third input of a Conv or Gemm, or what the next node adds to a product. */
function biasOf(flow: Flow, { op, inputs, outputs }: OnnxNode): string | undefined {
  const own = op === 'Conv' || op === 'Gemm' ? inputs[2] : undefined;
  if (own) return own;
  const next = flow.readers.get(outputs[0] ?? '')?.find((reader) => reader.op === 'Add');
  return next?.inputs.find((name) => name !== outputs[0] && !flow.varying.has(name));
}

/** The constant that a value is made of, where operators in between only lay it out; undefined where it is none. */
function constantBehind(flow: Flow, name: string): string | undefined {
  let at = name;
  for (let steps = 0; steps < 12; steps++) {
    if (!flow.varying.has(at)) return at;
    const maker = flow.makers.get(at);
    if (!maker || !LAYING.has(maker.op ?? '')) return undefined;
    at = maker.inputs[0] ?? '';
  }
  return undefined;
}

/** Operators that name the kind where there is no table: signs (LFQ), rounding (FSQ). */
export function findRounding(
  flow: Flow,
  from: string,
): { readonly op: string; readonly input: string; readonly output: string }[] {
  const below = dependents(flow.graph, [from]);
  const ops = new Set(['Sign', 'Round', 'Greater', 'GreaterOrEqual', 'Less', 'Floor']);
  return flow.graph.nodes.flatMap(({ op = '', inputs, outputs }) =>
    ops.has(op) && below.has(inputs[0] ?? '') ? [{ op, input: inputs[0]!, output: outputs[0]! }] : [],
  );
}
