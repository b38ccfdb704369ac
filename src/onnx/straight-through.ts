import { flowOf } from './flow.ts';
import type { OnnxGraph, OnnxNode } from './model.ts';
import { makeNode } from './parts.ts';

/**
 * The graph without the detour of training, z + (q − z), whose value is q: with it, everything behind the quantizer would need
 * the latents in front of it.
 */
export function withoutStraightThrough(graph: OnnxGraph): OnnxGraph {
  const { makers } = flowOf(graph);
  const nodes = graph.nodes.map((node) => {
    const entries = node.op === 'Add' ? entriesOf(node, makers) : undefined;
    return entries === undefined ? node : makeNode('Identity', [entries], node.outputs[0]!);
  });
  return { ...graph, nodes };
}

function entriesOf({ inputs: [a = '', b = ''] }: OnnxNode, makers: ReadonlyMap<string, OnnxNode>): string | undefined {
  return behind(a, makers.get(b)) ?? behind(b, makers.get(a));
}

/** q, where the other node is q − z. */
function behind(z: string, other: OnnxNode | undefined): string | undefined {
  return other?.op === 'Sub' && other.inputs[1] === z ? other.inputs[0] : undefined;
}
