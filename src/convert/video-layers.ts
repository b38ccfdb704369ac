import type { Graph, Value } from './graph.ts';
import { range, type TorchLayers } from './torch-layers.ts';

/** Time, height, width. */
export type Three = readonly [t: number, h: number, w: number];

/** The beginnings of time, height and width, then their ends. */
export type Pads = readonly [number, number, number, number, number, number];

type PadMode = 'constant' | 'edge' | 'reflect' | 'wrap';

/**
 * "Same" padding of kernel − stride along each axis, for sides that the stride divides. An odd rest goes to the front in
 * PyTorch code that pads by hand (VideoGPT, TATS), to the back in TensorFlow and JAX.
 */
export function samePads(kernel: Three, stride: Three, rest: 'front' | 'back'): Pads {
  const totals = kernel.map((side, axis) => side - stride[axis]!);
  const [more, less] = [totals.map((total) => Math.ceil(total / 2)), totals.map((total) => Math.floor(total / 2))];
  return (rest === 'front' ? [...more, ...less] : [...less, ...more]) as unknown as Pads;
}

/** Pads time, height and width of N × C × T × H × W. */
export function padVideo(graph: Graph, x: Value, pads: Pads, mode: PadMode): Value {
  if (pads.every((pad) => pad === 0)) return x;
  if (mode === 'wrap') return wrapVideo(graph, x, pads);
  return graph.pad(x, [0, 0, ...pads.slice(0, 3), 0, 0, ...pads.slice(3)], mode);
}

/** What stands at the other end of each axis goes on at this one; ONNX has a mode for it since opset 19 only. */
function wrapVideo(graph: Graph, x: Value, pads: Pads): Value {
  let result = x;
  for (const axis of [2, 3, 4]) {
    const [before, after] = [pads[axis - 2]!, pads[axis + 1]!];
    const parts = [
      ...(before > 0 ? [graph.slice(result, axis, -before, 2 ** 31)] : []),
      result,
      ...(after > 0 ? [graph.slice(result, axis, 0, after)] : []),
    ];
    if (parts.length > 1) result = graph.concat(parts as [Value, ...Value[]], axis);
  }
  return result;
}

/** Conv3d with "same" padding that only a Pad of its own can do. */
export async function padConv(
  layers: TorchLayers,
  x: Value,
  name: string,
  [inputs, outputs, kernel]: readonly [number, number, Three],
  { stride = [1, 1, 1], mode }: { stride?: Three; mode: PadMode },
): Promise<Value> {
  const pads = samePads(kernel, stride, 'front');
  const padded = mode === 'constant' ? x : padVideo(layers.graph, x, pads, mode);
  return layers.conv(padded, name, [inputs, outputs, kernel], { stride, pad: mode === 'constant' ? pads : 0 });
}

interface TransposedOptions {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: Three;
  readonly stride: Three;
  /** How much of the whole result, (size − 1) · stride + kernel, is cut off: PyTorch's `padding`, but for each side. */
  readonly crop: Pads;
}

/**
 * ConvTranspose3d with `weight` I × O × kt × kh × kw: along an axis with stride s, output s·m + r sums over the taps j of
 * weight[s·j + r] · x[m − j]. So each of the s phases r is a convolution of k/s taps, and all of them together one
 * convolution followed by depth-to-space. (WebGPU has no transposed convolution of volumes.) k must be a multiple of s.
 */
export function transposedConv(
  graph: Graph,
  x: Value,
  weight: Value,
  bias: Value | undefined,
  options: TransposedOptions,
): Value {
  const { inputs, outputs, kernel, stride, crop } = options;
  const taps = kernel.map((side, axis) => side / stride[axis]!);
  if (!taps.every(Number.isInteger)) throw new TypeError('kernel must be a multiple of stride');
  const phases = stride[0] * stride[1] * stride[2];
  const pairs = kernel.flatMap((_, axis) => [taps[axis]!, stride[axis]!]);
  const byPhase = graph.transpose(graph.reshape(weight, [inputs, outputs, ...pairs]), [3, 5, 7, 1, 0, 2, 4, 6]);
  const latestFirst = reverse(
    graph,
    byPhase,
    [5, 6, 7].filter((axis) => taps[axis - 5]! > 1),
  );
  const kernels = graph.reshape(latestFirst, [phases * outputs, inputs, ...taps]);
  const biases = bias && phases > 1 ? graph.concat(Array<Value>(phases).fill(bias) as [Value, ...Value[]], 0) : bias;
  // Whole cells of what is cut off are never computed.
  const pad = crop.map((cut, side) => taps[side % 3]! - 1 - Math.floor(cut / stride[side % 3]!));
  const rest = crop.map((cut, side) => cut % stride[side % 3]!) as unknown as Pads;
  const cells = graph.conv(x, kernels, biases, { kernel: taps, pad });
  return cropVideo(graph, depthToSpace(graph, cells, outputs, stride), rest);
}

/** Turns the order along some axes around. */
export function reverse(graph: Graph, x: Value, axes: readonly number[]): Value {
  if (axes.length === 0) return x;
  const all = (value: number) => graph.constant(axes.map(() => value));
  return graph.node('Slice', [x, all(-1), all(-(2 ** 31)), graph.constant(axes), all(-1)]);
}

/** Cuts the sides of N × C × T × H × W. */
export function cropVideo(graph: Graph, x: Value, crop: Pads): Value {
  const axes = [0, 1, 2].filter((axis) => crop[axis]! + crop[axis + 3]! > 0);
  if (axes.length === 0) return x;
  const starts = graph.constant(axes.map((axis) => crop[axis]!));
  const ends = graph.constant(axes.map((axis) => (crop[axis + 3] ? -crop[axis + 3]! : 2 ** 31)));
  return graph.node('Slice', [x, starts, ends, graph.constant(axes.map((axis) => axis + 2))]);
}

/** N × (bt · bh · bw · depth) × T × H × W → N × depth × T·bt × H·bh × W·bw, channels being (block, depth). */
export function depthToSpace(graph: Graph, x: Value, depth: number, block: Three): Value {
  if (block.every((side) => side === 1)) return x;
  const sides = graph.node('Shape', [x], { start: 2 }, 'int64');
  const apart = graph.reshape(x, graph.concat([graph.constant([0, ...block, depth]), sides], 0));
  const mixed = graph.transpose(apart, [0, 4, 5, 1, 6, 2, 7, 3]);
  return graph.reshape(mixed, graph.concat([graph.constant([0, depth]), graph.mul(sides, graph.constant(block))], 0));
}

/** Strides of the stages of a network that halves each axis as long as it has halvings left. `reduction` is of powers of two. */
export function stageStrides(reduction: Three): Three[] {
  const halvings = reduction.map((side) => Math.floor(Math.log2(side)));
  return range(0, Math.max(...halvings)).map((stage) => halvings.map((left) => (left > stage ? 2 : 1)) as unknown as Three);
}

/** What strides come to, all together. */
export function totalStride(strides: readonly Three[]): Three {
  return [0, 1, 2].map((axis) => strides.reduce((product, stride) => product * stride[axis]!, 1)) as unknown as Three;
}

interface AxialOptions {
  /** 1 time, 2 height, 3 width. */
  readonly axis: 1 | 2 | 3;
  readonly channels: number;
  readonly heads: number;
}

/**
 * Attention of several heads along one axis of N × T × H × W × C, each line for itself, with the scale (C / heads)^-0.5
 * (VideoGPT's MultiHeadAttention; layers `w_qs`, `w_ks`, `w_vs` and `fc`, the last with a bias).
 */
export async function axialAttention(layers: TorchLayers, x: Value, name: string, options: AxialOptions): Promise<Value> {
  const { axis, channels, heads } = options;
  const { graph } = layers;
  const others = [1, 2, 3].filter((other) => other !== axis);
  const order = [0, ...others, axis, 4];
  const lines = graph.transpose(x, order);
  const project = async (part: string, to: readonly number[]) => {
    const rows = await layers.linear(lines, `${name}.${part}`, [channels, channels], { bias: false });
    return graph.transpose(graph.reshape(rows, [0, 0, 0, 0, heads, channels / heads]), to);
  };
  const [queries, keys, values] = [
    await project('w_qs', [0, 1, 2, 4, 3, 5]),
    await project('w_ks', [0, 1, 2, 4, 5, 3]),
    await project('w_vs', [0, 1, 2, 4, 3, 5]),
  ];
  const scale = graph.constant([(channels / heads) ** -0.5], 'float32', []);
  const mixed = graph.matMul(graph.softmax(graph.matMul(graph.mul(queries, scale), keys)), values);
  const rows = graph.reshape(graph.transpose(mixed, [0, 1, 2, 4, 3, 5]), [0, 0, 0, 0, channels]);
  const out = await layers.linear(rows, `${name}.fc`, [channels, channels]);
  return graph.transpose(
    out,
    order.map((_, at) => order.indexOf(at)),
  );
}
