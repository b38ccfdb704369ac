import { dependents, type Flow } from './flow.ts';
import type { OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import { readBy } from './parts.ts';

/** A part of a graph, from its new inputs to its new outputs. */
export interface Slice {
  readonly graph: OnnxGraph;
  /** Inputs of the whole graph that the part needs although it begins after them. */
  readonly missing: readonly string[];
  /** Sizes that the part reads from before its beginning: they hold for one size of pictures, and must be given as `frozen`. */
  readonly sizes: readonly string[];
}

/** The nodes between `inputs` and `outputs`, with the weights they need and nothing else. */
export function sliceGraph(
  flow: Flow,
  inputs: readonly OnnxValue[],
  outputs: readonly OnnxValue[],
  frozen: readonly OnnxTensor[] = [],
): Slice {
  const { graph, makers } = flow;
  const given = new Set([...inputs.map(({ name = '' }) => name), ...frozen.map(({ name = '' }) => name)]);
  const initializers = new Map(graph.initializers.map((tensor) => [tensor.name ?? '', tensor]));
  const outer = graph.inputs.map(({ name = '' }) => name).filter((name) => !initializers.has(name));
  const isSize = sizesBefore(flow, outer, given);
  const wanted = new Set(outputs.map(({ name = '' }) => name));
  const nodes = new Set<OnnxNode>();
  const [missing, sizes]: [string[], string[]] = [[], []];
  for (const name of wanted) {
    if (given.has(name)) continue;
    const maker = makers.get(name);
    if (isSize(name)) sizes.push(name);
    else if (maker) {
      nodes.add(maker);
      for (const input of readBy(maker)) wanted.add(input);
    } else if (!initializers.has(name)) missing.push(name);
  }
  const used = graph.initializers.filter(({ name = '' }) => wanted.has(name) && !given.has(name));
  const kept = graph.nodes.filter((node) => nodes.has(node));
  return {
    graph: { name: graph.name, inputs, outputs, nodes: kept, initializers: [...used, ...frozen] },
    missing,
    sizes,
  };
}

/** Whether a value only follows sizes of the whole graph's inputs, and cannot be worked out from what is given. */
function sizesBefore(flow: Flow, outer: readonly string[], given: ReadonlySet<string>): (name: string) => boolean {
  const byData = dependents(flow.graph, outer);
  const known = new Map<string, boolean>();
  const needsOuter = (name: string): boolean => {
    const told = known.get(name);
    if (told !== undefined) return told;
    known.set(name, false);
    const maker = flow.makers.get(name);
    const needs = !given.has(name) && (maker ? readBy(maker).some(needsOuter) : outer.includes(name));
    known.set(name, needs);
    return needs;
  };
  return (name) => flow.varying.has(name) && !byData.has(name) && needsOuter(name);
}
