import type { PixelLayout } from '../../core/manifest.ts';
import type { SourceLayout } from '../../core/proposal.ts';
import { dataTypes, type OnnxGraph, type OnnxNode, type OnnxTensor } from '../../onnx/model.ts';
import { floatTensor, makeNode, makeValue, wholeTensor } from '../../onnx/parts.ts';
import type { PixelEnd } from './ends.ts';

/** A graph whose pixels are float32, three channels, in a layout this page knows; everything else is as it was. */
export interface Adapted {
  readonly graph: OnnxGraph;
  /** Name of the pixel array now. */
  readonly name: string;
  readonly layout: PixelLayout;
}

/** BT.601. */
const LUMA = [0.299, 0.587, 0.114];

const TARGETS: Readonly<Record<SourceLayout, { readonly layout: PixelLayout; readonly planar: boolean; readonly rank: 4 | 5 }>> =
  {
    NCHW: { layout: 'NCHW', planar: true, rank: 4 },
    NHWC: { layout: 'NHWC', planar: false, rank: 4 },
    CHW: { layout: 'NCHW', planar: true, rank: 4 },
    HWC: { layout: 'NHWC', planar: false, rank: 4 },
    NCTHW: { layout: 'NCTHW', planar: true, rank: 5 },
    NTHWC: { layout: 'NTHWC', planar: false, rank: 5 },
    NTCHW: { layout: 'NCTHW', planar: true, rank: 5 },
  };

/** Builds a chain of nodes from one name to another. */
class Chain {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];
  readonly #prefix: string;
  readonly #opset: number;
  name: string;

  constructor(prefix: string, opset: number, name: string) {
    this.#prefix = prefix;
    this.#opset = opset;
    this.name = name;
  }

  #next(op: string, more: readonly string[] = [], attributes: Readonly<Record<string, number | readonly number[]>> = {}): void {
    const output = `${this.#prefix}_${this.nodes.length}`;
    this.nodes.push(makeNode(op, [this.name, ...more], output, attributes));
    this.name = output;
  }

  #initializer(tensor: OnnxTensor): string {
    this.initializers.push(tensor);
    return tensor.name!;
  }

  cast(to: number): void {
    this.#next('Cast', [], { to });
  }

  transpose(perm: readonly number[]): void {
    this.#next('Transpose', [], { perm });
  }

  reshape(shape: readonly number[]): void {
    this.#next('Reshape', [this.#initializer(wholeTensor(`${this.#prefix}_shape_${this.nodes.length}`, shape))]);
  }

  sigmoid(): void {
    this.#next('Sigmoid');
  }

  /** The axis goes in as an attribute up to opset 12, as an input from 13 on. */
  axis(op: 'Squeeze' | 'Unsqueeze', axis: number): void {
    if (this.#opset < 13) this.#next(op, [], { axes: [axis] });
    else this.#next(op, [this.#initializer(wholeTensor(`${this.#prefix}_axes_${this.nodes.length}`, [axis]))]);
  }

  /** Channels mixed by a matrix (outputs × inputs), on the first axis after the batch or on the last. */
  mix(matrix: readonly (readonly number[])[], planar: boolean, rank: number): void {
    const [outputs, inputs] = [matrix.length, matrix[0]!.length];
    const name = `${this.#prefix}_matrix`;
    if (planar) {
      const dims = [outputs, inputs, ...Array.from({ length: rank - 2 }, () => 1)];
      this.#next('Conv', [this.#initializer(floatTensor(name, matrix.flat(), dims))], { kernel_shape: dims.slice(2) });
    } else {
      const turned = Array.from({ length: inputs }, (_, i) => matrix.map((row) => row[i]!));
      this.#next('MatMul', [this.#initializer(floatTensor(name, turned.flat(), [inputs, outputs]))]);
    }
  }

  /** Gives the last value the wanted name. */
  end(name: string): void {
    const last = this.nodes.at(-1);
    if (last) this.nodes[this.nodes.length - 1] = { ...last, outputs: [name] };
    this.name = name;
  }
}

/** Colour with one channel more is a layout of its own, which this page fills and reads as it is. */
function targetLayout({ layout: source, channels }: PixelEnd): PixelLayout {
  const { layout } = TARGETS[source];
  return channels === 4 ? (`${layout}4` as PixelLayout) : layout;
}

/** Puts what is missing between this page's pixels and the graph's own input. */
export function adaptInput(graph: OnnxGraph, end: PixelEnd, opset: number): Adapted {
  const { planar, rank } = TARGETS[end.layout];
  const layout = targetLayout(end);
  const own = end.facts.name;
  const chain = new Chain('tokenscope_in', opset, 'tokenscope_pixels');
  if (end.channels === 1) chain.mix([LUMA], planar, rank);
  if (end.layout === 'NTCHW') chain.transpose([0, 2, 1, 3, 4]);
  if (end.layout.length === 3) chain.axis('Squeeze', 0);
  if (end.facts.type !== dataTypes.float32) chain.cast(end.facts.type!);
  if (chain.nodes.length === 0) return { graph, name: own, layout };
  chain.end(own);
  const dims = inputDims(end, layout);
  const inputs = graph.inputs.map((input) =>
    input.name === own ? makeValue('tokenscope_pixels', dataTypes.float32, dims) : input,
  );
  return { graph: withChain({ ...graph, inputs }, chain, 'before'), name: 'tokenscope_pixels', layout };
}

/** Sizes of the new input; those of the file where they are numbers. */
function inputDims({ facts, layout: source }: PixelEnd, layout: PixelLayout): (number | string)[] {
  return [...layout.replace('4', '')].map((axis) => {
    if (axis === 'C') return layout.endsWith('4') ? 4 : 3;
    const at = source.indexOf(axis);
    if (at < 0) return 1;
    return facts.dims?.[at] ?? axis.toLowerCase();
  });
}

/** Puts what is missing between the graph's own output and this page's pixels. */
export function adaptOutput(graph: OnnxGraph, end: PixelEnd, opset: number): Adapted {
  const { planar, rank } = TARGETS[end.layout];
  const layout = targetLayout(end);
  const chain = new Chain('tokenscope_out', opset, end.facts.name);
  if (end.facts.type !== dataTypes.float32) chain.cast(dataTypes.float32);
  if (end.layout.length === 3) chain.axis('Unsqueeze', 0);
  if (end.layout === 'NTCHW') chain.transpose([0, 2, 1, 3, 4]);
  if (end.channels === 1) chain.mix([[1], [1], [1]], planar, rank);
  if (end.channels === 6) {
    // dall-e: the first three are logits, the others say how wide their distribution is.
    chain.mix(
      [0, 1, 2].map((row) => Array.from({ length: 6 }, (_, i) => Number(i === row))),
      planar,
      rank,
    );
    chain.sigmoid();
  }
  if (chain.nodes.length === 0) return { graph, name: end.facts.name, layout };
  chain.end('tokenscope_reconstruction');
  const outputs = [...graph.outputs.filter(({ name }) => name !== end.facts.name), makeValue(chain.name, dataTypes.float32)];
  return { graph: withChain({ ...graph, outputs }, chain, 'after'), name: chain.name, layout };
}

function withChain(graph: OnnxGraph, { nodes, initializers }: Chain, where: 'before' | 'after'): OnnxGraph {
  return {
    ...graph,
    nodes: where === 'before' ? [...nodes, ...graph.nodes] : [...graph.nodes, ...nodes],
    initializers: [...graph.initializers, ...initializers],
  };
}

/** How a flat array of vectors or tokens becomes a grid, or a grid becomes flat: a Reshape at the edge of a graph. */
export function reshapeEdge(
  graph: OnnxGraph,
  name: string,
  edge: {
    readonly as: 'input' | 'output';
    readonly shape: readonly number[];
    readonly type: number;
    readonly dims: readonly (number | string)[];
  },
): { readonly graph: OnnxGraph; readonly name: string } {
  const outside = `tokenscope_${edge.as}_grid`;
  const [from, to] = edge.as === 'input' ? [outside, name] : [name, outside];
  const chain = new Chain(`tokenscope_${edge.as}_edge`, 13, from);
  chain.reshape(edge.shape);
  chain.end(to);
  const value = makeValue(outside, edge.type, edge.dims);
  const swap = (values: OnnxGraph['inputs']) => [...values.filter((one) => one.name !== name), value];
  const changed = edge.as === 'input' ? { ...graph, inputs: swap(graph.inputs) } : { ...graph, outputs: swap(graph.outputs) };
  return { graph: withChain(changed, chain, edge.as === 'input' ? 'before' : 'after'), name: outside };
}

/** The same with a change of number type only. */
export function castEdge(
  graph: OnnxGraph,
  name: string,
  edge: {
    readonly as: 'input' | 'output';
    readonly inside: number;
    readonly outside: number;
    readonly dims?: readonly (number | string)[];
  },
): { readonly graph: OnnxGraph; readonly name: string } {
  if (edge.inside === edge.outside) return { graph, name };
  const outer = `tokenscope_${edge.as}_cast`;
  const [from, to] = edge.as === 'input' ? [outer, name] : [name, outer];
  const chain = new Chain(`tokenscope_${edge.as}_type`, 13, from);
  chain.cast(edge.as === 'input' ? edge.inside : edge.outside);
  chain.end(to);
  const value = makeValue(outer, edge.outside, edge.dims);
  const swap = (values: OnnxGraph['inputs']) => [...values.filter((one) => one.name !== name), value];
  const changed = edge.as === 'input' ? { ...graph, inputs: swap(graph.inputs) } : { ...graph, outputs: swap(graph.outputs) };
  return { graph: withChain(changed, chain, edge.as === 'input' ? 'before' : 'after'), name: outer };
}
