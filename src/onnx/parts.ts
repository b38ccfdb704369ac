import type { OnnxAttribute, OnnxGraph, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import { dataTypes } from './model.ts';

/** Bytes of one number. */
export const elementSizes: ReadonlyMap<number, number> = new Map<number, number>([
  [dataTypes.float64, 8],
  [dataTypes.int64, 8],
  [dataTypes.float32, 4],
  [dataTypes.int32, 4],
  [dataTypes.float16, 2],
  [dataTypes.uint8, 1],
  [dataTypes.int8, 1],
  [dataTypes.bool, 1],
]);

export function attributeOf({ attributes }: OnnxNode, name: string): OnnxAttribute | undefined {
  return attributes.find((attribute) => attribute.name === name);
}

type AttributeValue = number | readonly number[];

/** A node of the standard operator set with whole-number attributes. */
export function makeNode(
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Readonly<Record<string, AttributeValue>> = {},
): OnnxNode {
  const list = Object.entries(attributes).map(([name, value]) => ({
    ...{ name, floats: [], strings: [], graphs: [], float: undefined, string: undefined, tensor: undefined, graph: undefined },
    ...(typeof value === 'number' ? { int: value, ints: [], type: 2 } : { int: undefined, ints: value, type: 7 }),
  }));
  return { op, inputs, outputs: [output], name: undefined, attributes: list, domain: undefined };
}

const noValues = { floats: [], int32s: [], int64s: [], doubles: [], external: [], dataLocation: undefined };

export function wholeTensor(name: string, values: readonly number[], dims: readonly number[] = [values.length]): OnnxTensor {
  const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
  return { ...noValues, name, dims, dataType: dataTypes.int64, raw };
}

export function floatTensor(name: string, values: readonly number[], dims: readonly number[] = [values.length]): OnnxTensor {
  return { ...noValues, name, dims, dataType: dataTypes.float32, raw: new Uint8Array(Float32Array.from(values).buffer) };
}

/** A graph's input or output; without sizes its rank is left open. */
export function makeValue(name: string, dataType: number | undefined, sizes?: readonly (number | string)[]): OnnxValue {
  const dims = sizes?.map((size) =>
    typeof size === 'number' ? { value: size, parameter: undefined } : { value: undefined, parameter: size },
  );
  return { name, type: dataType === undefined ? undefined : { tensor: { dataType, shape: dims && { dims } } } };
}

/** Everything a node reads, also from inside its branches. */
export function readBy(node: OnnxNode): string[] {
  const own = node.inputs.filter((name) => name !== '');
  const inner = node.attributes.flatMap(({ graph, graphs }) => [...(graph ? [graph] : []), ...graphs]);
  return inner.length === 0 ? own : [...new Set([...own, ...inner.flatMap(readFromOutside)])];
}

function readFromOutside(graph: OnnxGraph): string[] {
  const own = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const read = [...graph.nodes.flatMap(readBy), ...graph.outputs.map(({ name = '' }) => name)];
  return read.filter((name) => !own.has(name));
}

/** The graph with every name changed, so that two graphs can stand in one. */
export function renameAll(graph: OnnxGraph, rename: (name: string) => string): OnnxGraph {
  const to = (name: string) => (name === '' ? '' : rename(name));
  const named = <T extends { readonly name: string | undefined }>(part: T): T => ({ ...part, name: to(part.name ?? '') });
  return {
    ...graph,
    inputs: graph.inputs.map(named),
    outputs: graph.outputs.map(named),
    initializers: graph.initializers.map(named),
    nodes: graph.nodes.map((node) => ({
      ...node,
      // Two nodes of one name are refused; none at all is fine.
      name: undefined,
      inputs: node.inputs.map(to),
      outputs: node.outputs.map(to),
      attributes: node.attributes.map((attribute) => ({
        ...attribute,
        graph: attribute.graph && renameAll(attribute.graph, rename),
        graphs: attribute.graphs.map((inner) => renameAll(inner, rename)),
      })),
    })),
  };
}
