import { findChoices } from '../../onnx/find-quantizer.ts';
import { type Flow, flowOf } from '../../onnx/flow.ts';
import { isFloat, isWhole, type TensorFacts } from '../../onnx/inspect.ts';
import { dataTypes, type OnnxTensor } from '../../onnx/model.ts';
import { makeNode, makeValue, wholeTensor } from '../../onnx/parts.ts';
import type { RoledGraph } from './roles.ts';

/** An encoder that gives tokens and a decoder that takes them, where the files speak of scores and one-hot rows. */
export interface TokenParts {
  readonly encoder: RoledGraph;
  readonly decoder: RoledGraph;
  /** Numbers of a row: entries of the codebook. */
  readonly size: number;
  /** The encoder's own graph says which token it is; otherwise its largest output is taken for it. */
  readonly chosen: boolean;
}

/** Operators that only lay an array out anew. */
const LAYING = new Set(['Transpose', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Cast', 'Identity']);
const MOST_STEPS = 8;
const TOKENS = 'tokenscope_tokens';

/** The parts with tokens between them; undefined where the decoder does not begin with a table that one-hot rows could pick from. */
export function withTokens(encoder: RoledGraph, decoder: RoledGraph): TokenParts | undefined {
  const [takes, ...more] = decoder.inputs;
  const size = takes && more.length === 0 && isFloat(takes.type) ? tableSize(decoder, takes.name) : undefined;
  const axis = size === undefined ? -1 : (takes?.dims?.lastIndexOf(size) ?? -1);
  if (!takes || size === undefined || (axis !== 1 && axis !== takes.dims!.length - 1)) return undefined;
  const chosen = choosing(encoder) ?? scoring(encoder, size);
  return chosen && { ...chosen, decoder: takingTokens(decoder, takes, size, axis), size };
}

/** Rows of the table that an input is multiplied with first: more than it has columns, or it would be no table of entries. */
function tableSize({ flow }: RoledGraph, input: string): number | undefined {
  let at = input;
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const [node, ...others] = flow.readers.get(at) ?? [];
    if (!node || others.length > 0) return undefined;
    if (LAYING.has(node.op ?? '')) {
      at = node.outputs[0]!;
      continue;
    }
    if (!['Conv', 'MatMul', 'Gemm', 'Einsum'].includes(node.op ?? '')) return undefined;
    const table = node.inputs.slice(0, 2).find((name) => name !== at) ?? '';
    const sides = (sidesOf(flow, table) ?? []).filter((side) => side > 1);
    return sides.length === 2 && sides[0] !== sides[1] ? Math.max(...sides) : undefined;
  }
  return undefined;
}

function sidesOf(flow: Flow, name: string): readonly number[] | undefined {
  const own = flow.graph.initializers.find((tensor) => tensor.name === name)?.dims;
  const maker = flow.makers.get(name);
  return own ?? (maker?.op === 'Transpose' ? sidesOf(flow, maker.inputs[0]!) : undefined);
}

type Chosen = Pick<TokenParts, 'encoder' | 'chosen'>;

/** The encoder chooses tokens itself: those, rather than the rows it makes of them. */
function choosing(encoder: RoledGraph): Chosen | undefined {
  const whole = encoder.outputs.filter(({ type }) => isWhole(type));
  if (whole.length > 0) return { encoder, chosen: true };
  const choices = encoder.inputs.flatMap(({ name }) => findChoices(encoder.flow, name));
  return choices.length === 1 ? { encoder: giving(encoder, choices[0]!.tokens), chosen: true } : undefined;
}

/** The encoder gives a score for each entry (dall-e): the largest one names the token. */
function scoring(encoder: RoledGraph, size: number): Chosen | undefined {
  const scores = encoder.outputs.find(({ dims }) => dims?.[1] === size || dims?.at(-1) === size);
  if (!scores?.dims || !isFloat(scores.type)) return undefined;
  const axis = scores.dims[1] === size ? 1 : scores.dims.length - 1;
  const node = makeNode('ArgMax', [scores.name], TOKENS, { axis, keepdims: 0 });
  const graph = { ...encoder.graph, nodes: [...encoder.graph.nodes, node] };
  return { encoder: giving({ ...encoder, graph, flow: flowOf(graph) }, TOKENS), chosen: false };
}

function giving(encoder: RoledGraph, tokens: string): RoledGraph {
  const graph = { ...encoder.graph, outputs: [makeValue(tokens, dataTypes.int64)] };
  return { ...encoder, graph, flow: flowOf(graph), outputs: [{ name: tokens, type: dataTypes.int64, dims: undefined }] };
}

/** One-hot rows made in the graph, by comparing each token with all numbers: in 32 bits, which WebGPU has a kernel for. */
function takingTokens(decoder: RoledGraph, { name, type, dims = [] }: TensorFacts, size: number, axis: number): RoledGraph {
  const shape = [size, ...dims.slice(axis + 1).map(() => 1)];
  const numbers = int32Tensor(
    'tokenscope_numbers',
    Array.from({ length: size }, (_, i) => i),
    shape,
  );
  const axes = decoder.opset < 13 ? undefined : wholeTensor('tokenscope_axes', [axis]);
  const nodes = [
    makeNode('Cast', [TOKENS], 'tokenscope_tokens_32', { to: dataTypes.int32 }),
    axes
      ? makeNode('Unsqueeze', ['tokenscope_tokens_32', axes.name!], 'tokenscope_tokens_raised')
      : makeNode('Unsqueeze', ['tokenscope_tokens_32'], 'tokenscope_tokens_raised', { axes: [axis] }),
    makeNode('Equal', ['tokenscope_tokens_raised', numbers.name!], 'tokenscope_same'),
    makeNode('Cast', ['tokenscope_same'], name, { to: type! }),
  ];
  const sides = dims.filter((_, i) => i !== axis);
  const graph = {
    ...decoder.graph,
    nodes: [...nodes, ...decoder.graph.nodes],
    initializers: [...decoder.graph.initializers, numbers, ...(axes ? [axes] : [])],
    inputs: [makeValue(TOKENS, dataTypes.int64, sides)],
  };
  return { ...decoder, graph, flow: flowOf(graph), inputs: [{ name: TOKENS, type: dataTypes.int64, dims: sides }] };
}

function int32Tensor(name: string, values: readonly number[], dims: readonly number[]): OnnxTensor {
  return { ...wholeTensor(name, values, dims), dataType: dataTypes.int32, raw: new Uint8Array(Int32Array.from(values).buffer) };
}
