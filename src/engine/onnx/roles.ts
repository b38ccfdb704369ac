import type { GraphRole } from '../../core/proposal.ts';
import { type Flow, flowOf } from '../../onnx/flow.ts';
import { type InspectedGraph, isWhole, type TensorFacts } from '../../onnx/inspect.ts';
import { pixelInputs, pixelOutputs, resizings, tokenInputs } from './ends.ts';

export interface RoledGraph extends InspectedGraph {
  readonly flow: Flow;
  readonly role: GraphRole;
  /** Said by sizes and operators; otherwise only by the file's name. */
  readonly sure: boolean;
}

/** What each file is: by what goes in and comes out, by the steps that shrink and enlarge, last by its name. */
export function assignRoles(graphs: readonly InspectedGraph[], asked: Readonly<Record<string, GraphRole>> = {}): RoledGraph[] {
  const roled = graphs.map((graph): RoledGraph => {
    const flow = flowOf(graph.graph);
    const role = asked[graph.file];
    return { ...graph, flow, ...(role ? { role, sure: true } : roleOf(graph, flow)) };
  });
  return withoutDoubles(roled, asked);
}

type Role = Pick<RoledGraph, 'role' | 'sure'>;

function roleOf(graph: InspectedGraph, flow: Flow): Role {
  const [input] = pixelInputs(graph, flow);
  const [output] = pixelOutputs(graph, flow);
  const tokensIn = tokenInputs(graph).length > 0 && !input;
  if (tokensIn) return { role: 'decoder', sure: true };
  if (input && output) return bySizes(input.facts, output.facts) ?? byResizings(graph) ?? byName(graph, 'combined');
  if (input && !output) return byName(graph, 'encoder', true);
  if (output && !input) return byName(graph, 'decoder', true);
  return byName(
    graph,
    'quantizer',
    graph.outputs.some(({ type }) => isWhole(type)),
  );
}

/** Pixels on both sides: the same size is a whole tokenizer; latents of three channels are smaller. */
function bySizes(input: TensorFacts, output: TensorFacts): Role | undefined {
  const area = ({ dims }: TensorFacts) => dims?.reduce<number>((a, b) => (typeof b === 'number' ? a * b : Number.NaN), 1);
  const [from, to] = [area(input), area(output)];
  if (from === undefined || to === undefined || Number.isNaN(from + to)) return undefined;
  return { role: from === to ? 'combined' : from > to ? 'encoder' : 'decoder', sure: true };
}

function byResizings(graph: InspectedGraph): Role | undefined {
  const { down, up } = resizings(graph);
  if (down + up === 0) return undefined;
  return { role: up === 0 ? 'encoder' : down === 0 ? 'decoder' : 'combined', sure: true };
}

/** File and folder names as exporters write them: encoder_model.onnx, vae_decoder/model.onnx, vq.onnx … */
function byName({ file }: InspectedGraph, otherwise: GraphRole, sure = false): Role {
  if (sure) return { role: otherwise, sure };
  const name = file.toLowerCase();
  const found: readonly [RegExp, GraphRole][] = [
    [/quanti|codebook|(^|[/_-])vq([/._-]|$)/, 'quantizer'],
    [/enc/, 'encoder'],
    [/dec/, 'decoder'],
  ];
  const [, role] = found.find(([pattern]) => pattern.test(name)) ?? [];
  return { role: role ?? otherwise, sure: false };
}

/** Weights in fewer bits of what is there in full too. */
const VARIANT = /(?:^|[_.-])(?:fp16|f16|bf16|int8|uint8|q4|q4f16|q8|bnb4|quantized|half)(?:[_.-]|$)/i;

/** Of several files for one part, the plain one; the others stay unused. */
function withoutDoubles(graphs: readonly RoledGraph[], asked: Readonly<Record<string, GraphRole>>): RoledGraph[] {
  const plainFirst = [...graphs].sort(
    (a, b) =>
      Number(!asked[a.file]) - Number(!asked[b.file]) ||
      Number(VARIANT.test(a.file)) - Number(VARIANT.test(b.file)) ||
      a.file.length - b.file.length,
  );
  const firstOf = (role: GraphRole) => plainFirst.find((graph) => graph.role === role);
  const whole = firstOf('encoder') !== undefined && firstOf('decoder') !== undefined;
  return graphs.map((graph) => {
    const double = firstOf(graph.role) !== graph;
    const besideParts = graph.role === 'combined' && whole && !asked[graph.file];
    return double || besideParts ? { ...graph, role: 'unused' } : graph;
  });
}
