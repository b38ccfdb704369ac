import type { OnnxGraph } from './model.ts';
import { makeNode, renameAll } from './parts.ts';

/** A graph under a prefix of its own, so that others can stand beside it. */
export interface Part {
  readonly prefix: string;
  readonly graph: OnnxGraph;
}

/** An output of an earlier part that an input of a later one is fed with; both names as they stand in their own files. */
export interface Link {
  readonly from: { readonly prefix: string; readonly name: string };
  readonly to: { readonly prefix: string; readonly name: string };
}

export function linkedName(prefix: string, name: string): string {
  return `${prefix}${name}`;
}

/** Graphs that feed each other as one graph, in the order in which they run. */
export function linkGraphs(parts: readonly Part[], links: readonly Link[]): OnnxGraph {
  const renamed = parts.map(({ prefix, graph }) => renameAll(graph, (name) => linkedName(prefix, name)));
  const inputOf = ({ to }: Link) => linkedName(to.prefix, to.name);
  const fed = new Set(links.map(inputOf));
  const nodes = renamed.flatMap((graph, i) => {
    const feeding = links.filter(({ to }) => to.prefix === parts[i]!.prefix);
    const joints = feeding.map((link) => makeNode('Identity', [linkedName(link.from.prefix, link.from.name)], inputOf(link)));
    return [...joints, ...graph.nodes];
  });
  return {
    name: 'linked',
    nodes,
    inputs: renamed.flatMap(({ inputs }) => inputs).filter(({ name = '' }) => !fed.has(name)),
    outputs: renamed.flatMap(({ outputs }) => outputs),
    initializers: renamed.flatMap(({ initializers }) => initializers),
  };
}
