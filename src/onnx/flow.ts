import type { OnnxGraph, OnnxNode } from './model.ts';
import { readBy } from './parts.ts';

/** What leads where in a graph. Nodes stand in an order in which each comes after what it reads, as ONNX demands. */
export interface Flow {
  readonly graph: OnnxGraph;
  /** The node that makes a value. */
  readonly makers: ReadonlyMap<string, OnnxNode>;
  /** Nodes that read a value. */
  readonly readers: ReadonlyMap<string, readonly OnnxNode[]>;
  /** Values that are not the same for every input. */
  readonly varying: ReadonlySet<string>;
}

export function flowOf(graph: OnnxGraph): Flow {
  const makers = new Map<string, OnnxNode>();
  const readers = new Map<string, OnnxNode[]>();
  for (const node of graph.nodes) {
    for (const name of node.outputs) if (name !== '') makers.set(name, node);
    for (const name of new Set(readBy(node))) readers.set(name, [...(readers.get(name) ?? []), node]);
  }
  const initializers = new Set(graph.initializers.map(({ name }) => name));
  const outer = graph.inputs.flatMap(({ name = '' }) => (initializers.has(name) ? [] : name));
  return { graph, makers, readers, varying: dependents(graph, outer, false) };
}

const SIZES_ONLY = new Set(['Shape', 'Size']);

/** Values that depend on one of `names`; with `byData`, those that only follow its sizes are left out. */
export function dependents(graph: OnnxGraph, names: readonly string[], byData = true): Set<string> {
  const reached = new Set(names);
  for (const node of graph.nodes) {
    if (byData && SIZES_ONLY.has(node.op ?? '')) continue;
    if (readBy(node).some((name) => reached.has(name))) for (const name of node.outputs) reached.add(name);
  }
  return reached;
}

/** Values that `name` is made of, itself among them. */
export function ancestors({ makers }: Flow, name: string): Set<string> {
  const found = new Set([name]);
  for (const one of found) for (const input of readBy(makers.get(one) ?? NOTHING)) found.add(input);
  return found;
}

const NOTHING: OnnxNode = { inputs: [], outputs: [], name: undefined, op: undefined, attributes: [], domain: undefined };

/**
 * Values through which everything passes on its way from `from` to `to`, in order, both ends among them: the places where a
 * graph can be cut in two. Paths of mere sizes do not count.
 */
export function bottlenecks(flow: Flow, from: string, to: string): string[] {
  const below = dependents(flow.graph, [from]);
  const above = ancestors(flow, to);
  if (!below.has(to)) return [];
  const relevant = (name: string) => below.has(name) && above.has(name);
  const steps = flow.graph.nodes.filter((node) => node.outputs.some(relevant) && !SIZES_ONLY.has(node.op ?? ''));
  const readings = new Map<string, number>();
  const read = steps.map((node) => [...new Set(readBy(node).filter(relevant))]);
  for (const name of read.flat()) readings.set(name, (readings.get(name) ?? 0) + 1);
  const live = new Set([from]);
  const found = [from];
  for (const [i, node] of steps.entries()) {
    for (const name of read[i]!) {
      const left = readings.get(name)! - 1;
      readings.set(name, left);
      if (left === 0 && name !== to) live.delete(name);
    }
    for (const name of node.outputs) if (relevant(name) && (name === to || (readings.get(name) ?? 0) > 0)) live.add(name);
    const [only] = live;
    if (live.size === 1 && only !== undefined && only !== found.at(-1)) found.push(only);
  }
  return found;
}
