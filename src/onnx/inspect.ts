import { TokenscopeError } from '../core/errors.ts';
import { dataTypes, type OnnxGraph, type OnnxModel, type OnnxTensor, type OnnxValue, readModel } from './model.ts';
import { attributeOf, elementSizes } from './parts.ts';

/** An ONNX file that was looked at: its constants are initializers, its inputs are only what must be given. */
export interface InspectedGraph {
  readonly file: string;
  readonly model: OnnxModel;
  readonly graph: OnnxGraph;
  /** Version of the standard operators. */
  readonly opset: number;
  readonly producer: string;
  readonly inputs: readonly TensorFacts[];
  readonly outputs: readonly TensorFacts[];
  readonly operators: readonly OperatorCount[];
  /** Files in which weights stand, as the graph names them. */
  readonly locations: readonly string[];
  /** Numbers in all weights. */
  readonly parameters: number;
}

export interface TensorFacts {
  readonly name: string;
  /** TensorProto.DataType; undefined for what is no tensor. */
  readonly type: number | undefined;
  /** A word for a size known only at run time; undefined where the file does not even say how many there are. */
  readonly dims: readonly (number | string)[] | undefined;
}

export interface OperatorCount {
  readonly op: string;
  /** Empty for ONNX's own operators. */
  readonly domain: string;
  readonly count: number;
}

/** Where a weight stands in another file. */
export interface ExternalPlace {
  readonly location: string;
  readonly offset: number;
  readonly length: number;
}

/**
 * Reads an .onnx file and says what is in it. Throws `onnx-pointer` for a Git LFS pointer, `model-web-page` for HTML,
 * `onnx-not` for anything else that is no ONNX, `model-corrupt` for a damaged file.
 */
export function inspectGraph(bytes: Uint8Array, file: string): InspectedGraph {
  refuseText(bytes, file);
  const model = readWhole(bytes, file);
  if (!model.graph) throw new TokenscopeError('onnx-not', { file });
  const graph = tidy(model.graph);
  if (graph.nodes.length === 0) throw new TokenscopeError('model-corrupt', { file, reason: 'its graph is empty' });
  for (const tensor of graph.initializers) refuseWrongLength(tensor, file);
  const places = [...allTensors(graph)].flatMap((tensor) => externalPlace(tensor, file) ?? []);
  return {
    file,
    model,
    graph,
    opset: model.opsets.find(({ domain }) => isStandard(domain))?.version ?? 1,
    producer: model.producerName ?? '',
    inputs: graph.inputs.map(tensorFacts),
    outputs: graph.outputs.map(tensorFacts),
    operators: countOperators(graph),
    locations: [...new Set(places.map(({ location }) => location))],
    parameters: graph.initializers.reduce((sum, { dims }) => sum + dims.reduce((a, b) => a * b, 1), 0),
  };
}

export function isStandard(domain: string | undefined): boolean {
  return !domain || domain === 'ai.onnx';
}

function refuseText(bytes: Uint8Array, file: string): void {
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 200)).trimStart();
  if (bytes.length === 0) throw new TokenscopeError('media-empty', { file });
  if (head.startsWith('version https://git-lfs')) throw new TokenscopeError('onnx-pointer', { file });
  if (/^<(!doctype|html|\?xml)/i.test(head)) throw new TokenscopeError('model-web-page', { file });
}

/** ONNX Runtime would set aside what is declared before it looks at what is there. */
function refuseWrongLength({ name = '', dims, dataType, raw }: OnnxTensor, file: string): void {
  const size = elementSizes.get(dataType ?? 0);
  const count = dims.reduce((a, b) => a * b, 1);
  const wrong =
    dims.some((side) => side < 0) || (size !== undefined && raw !== undefined && raw.length > 0 && raw.length !== count * size);
  if (!wrong) return;
  const reason = `${name} is declared as ${dims.join(' × ')} and holds ${raw?.length ?? 0} bytes`;
  throw new TokenscopeError('model-corrupt', { file, reason });
}

/** Field 1 (the version of the format) begins every ONNX file that any exporter writes; without a graph it is something else. */
function readWhole(bytes: Uint8Array, file: string): OnnxModel {
  try {
    return readModel(bytes, file);
  } catch (error) {
    if (bytes[0] === 0x08) throw error;
    throw new TokenscopeError('onnx-not', { file }, { cause: error });
  }
}

/** Constants as initializers, and no initializer among the inputs, as old files have it. */
function tidy(graph: OnnxGraph): OnnxGraph {
  const constants = graph.nodes.flatMap((node) => {
    const value = node.op === 'Constant' && isStandard(node.domain) ? attributeOf(node, 'value')?.tensor : undefined;
    return value ? [{ node, tensor: { ...value, name: node.outputs[0] } }] : [];
  });
  const hoisted = new Set(constants.map(({ node }) => node));
  const initializers = [...graph.initializers, ...constants.map(({ tensor }) => tensor)];
  const names = new Set(initializers.map(({ name }) => name));
  return {
    ...graph,
    initializers,
    nodes: graph.nodes.filter((node) => !hoisted.has(node)),
    inputs: graph.inputs.filter(({ name }) => !names.has(name)),
  };
}

function* allTensors(graph: OnnxGraph): Generator<OnnxTensor> {
  yield* graph.initializers;
  for (const { attributes } of graph.nodes) {
    for (const { tensor, graph: inner, graphs } of attributes) {
      if (tensor) yield tensor;
      for (const one of inner ? [inner, ...graphs] : graphs) yield* allTensors(one);
    }
  }
}

/**
 * Where a tensor stands in another file, if it does. Throws `onnx-external-path` where the name leads out of the model's own
 * folder, `model-corrupt` where the place makes no sense.
 */
export function externalPlace(tensor: OnnxTensor, file: string): ExternalPlace | undefined {
  if (tensor.dataLocation !== 1) return undefined;
  const value = (key: string) => tensor.external.find((entry) => entry.key === key)?.value;
  const location = value('location') ?? '';
  const offset = Number(value('offset') ?? 0);
  const length = Number(value('length') ?? -1);
  const plain = location.replace(/^(?:\.\/)+/, '');
  const leaves = /^[/\\]|^[A-Za-z]:|\\|\0/.test(plain) || plain.split('/').includes('..');
  if (leaves || plain === '') throw new TokenscopeError('onnx-external-path', { file, path: location });
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(length)) {
    throw new TokenscopeError('model-corrupt', { file, reason: `${tensor.name ?? 'a weight'} stands nowhere in ${location}` });
  }
  return { location: plain, offset, length };
}

export function tensorFacts({ name = '', type }: OnnxValue): TensorFacts {
  const dims = type?.tensor?.shape?.dims.map(({ value, parameter }) =>
    value !== undefined && value > 0 ? value : (parameter ?? '?'),
  );
  return { name, type: type?.tensor?.dataType, dims };
}

function countOperators(graph: OnnxGraph): OperatorCount[] {
  const counts = new Map<string, OperatorCount>();
  const visit = ({ nodes }: OnnxGraph) => {
    for (const { op = '', domain = '', attributes } of nodes) {
      const own = isStandard(domain) ? '' : domain;
      const key = `${own}:${op}`;
      counts.set(key, { op, domain: own, count: (counts.get(key)?.count ?? 0) + 1 });
      for (const inner of attributes) for (const one of inner.graph ? [inner.graph, ...inner.graphs] : inner.graphs) visit(one);
    }
  };
  visit(graph);
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

export function isFloat(type: number | undefined): boolean {
  return type === dataTypes.float32 || type === dataTypes.float16 || type === dataTypes.float64;
}

export function isWhole(type: number | undefined): boolean {
  return type === dataTypes.int64 || type === dataTypes.int32;
}
