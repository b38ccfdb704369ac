import type { SourceLayout } from '../../core/proposal.ts';
import type { Flow } from '../../onnx/flow.ts';
import { type InspectedGraph, isFloat, isWhole, type TensorFacts } from '../../onnx/inspect.ts';
import { dataTypes, type OnnxNode } from '../../onnx/model.ts';
import { attributeOf } from '../../onnx/parts.ts';

/** An input or output that holds pixels. */
export interface PixelEnd {
  readonly facts: TensorFacts;
  readonly layout: SourceLayout;
  readonly channels: number;
  /** Whether the sizes in the file say so; else the first convolution does. */
  readonly declared: boolean;
}

/** Channels a pixel array may have: colour, grey, colour and one more; decoders that also give scales (dall-e) have twice three. */
const INPUT_CHANNELS = [3, 1, 4];
const OUTPUT_CHANNELS = [3, 1, 6];
/** Four channels in front may be latents; at the end, where each pixel's numbers stand together, they are colour and alpha. */
const ALPHA = 4;

const LAYOUTS: Readonly<Record<number, readonly SourceLayout[]>> = {
  3: ['CHW', 'HWC'],
  4: ['NCHW', 'NHWC'],
  5: ['NCTHW', 'NTHWC', 'NTCHW'],
};

export function channelAxis(layout: SourceLayout): number {
  return layout.indexOf('C');
}

/** The ends of a graph that look like pixels, likeliest first. */
export function pixelInputs({ inputs }: InspectedGraph, flow: Flow, layout?: SourceLayout): PixelEnd[] {
  return inputs.flatMap((facts) => pixelEnd(facts, INPUT_CHANNELS, () => convBelow(flow, facts.name), layout) ?? []);
}

export function pixelOutputs(graph: InspectedGraph, flow: Flow, layout?: SourceLayout): PixelEnd[] {
  // Six channels are pixels with their scales only behind steps that enlarge; else they are latents.
  const channels = resizings(graph).up > 0 ? [...OUTPUT_CHANNELS, ALPHA] : INPUT_CHANNELS;
  const ends = graph.outputs.flatMap((facts) => pixelEnd(facts, channels, () => convAbove(flow, facts.name), layout) ?? []);
  const named = ({ facts }: PixelEnd) => (/rec|pix|image|x_hat|sample|decoded|output|video/i.test(facts.name) ? 0 : 1);
  return ends.sort((a, b) => named(a) - named(b));
}

function pixelEnd(
  facts: TensorFacts,
  channels: readonly number[],
  nearestConv: () => Conv | undefined,
  asked: SourceLayout | undefined,
): PixelEnd | undefined {
  const { type, dims } = facts;
  if (!isFloat(type) && type !== dataTypes.uint8) return undefined;
  const fits = (layout: SourceLayout) => !dims || dims.length === layout.length;
  if (asked && fits(asked)) {
    const size = dims?.[channelAxis(asked)];
    const count = typeof size === 'number' ? size : (nearestConv()?.channels ?? 3);
    return { facts, layout: asked, channels: count, declared: true };
  }
  for (const count of channels) {
    const layouts = dims && LAYOUTS[dims.length]?.filter((one) => count !== ALPHA || one.endsWith('C'));
    const layout = layouts?.find((one) => dims![channelAxis(one)] === count);
    if (layout) return { facts, layout, channels: count, declared: true };
  }
  return byConvolution(facts, channels, nearestConv());
}

/** Where the file says nothing of the channel axis, the weights of the nearest convolution do. */
function byConvolution(facts: TensorFacts, channels: readonly number[], conv: Conv | undefined): PixelEnd | undefined {
  const { dims } = facts;
  if (!conv || conv.channels === ALPHA || !channels.includes(conv.channels)) return undefined;
  const rank = dims?.length ?? conv.rank;
  const layouts = LAYOUTS[rank];
  const layout = layouts?.[rank === 3 || conv.rank === rank ? (conv.permuted ? 1 : 0) : -1];
  const size = layout && dims?.[channelAxis(layout)];
  if (!layout || (typeof size === 'number' && size !== conv.channels)) return undefined;
  return { facts, layout, channels: conv.channels, declared: false };
}

interface Conv {
  readonly channels: number;
  readonly rank: number;
  /** A Transpose lies between. */
  readonly permuted: boolean;
}

const MOST_STEPS = 24;

/** The first convolution that an input runs into. */
function convBelow(flow: Flow, name: string): Conv | undefined {
  let at: readonly string[] = [name];
  let permuted = false;
  for (let steps = 0; steps < MOST_STEPS && at.length > 0; steps++) {
    const nodes = at.flatMap((one) => flow.readers.get(one) ?? []);
    const conv = nodes.find(({ op }) => op === 'Conv');
    if (conv) return convFacts(flow, conv, permuted, 'input');
    permuted ||= nodes.some(({ op }) => op === 'Transpose');
    at = nodes.flatMap(({ op, outputs }) => (op === 'Shape' ? [] : outputs));
  }
  return undefined;
}

/** The last convolution that an output comes from. */
function convAbove(flow: Flow, name: string): Conv | undefined {
  let at: readonly string[] = [name];
  let permuted = false;
  for (let steps = 0; steps < MOST_STEPS && at.length > 0; steps++) {
    const nodes = at.flatMap((one) => flow.makers.get(one) ?? []);
    const conv = nodes.find(({ op }) => op === 'Conv' || op === 'ConvTranspose');
    if (conv) return convFacts(flow, conv, permuted, 'output');
    permuted ||= nodes.some(({ op }) => op === 'Transpose');
    at = [...new Set(nodes.flatMap(({ inputs }) => inputs.filter((input) => flow.varying.has(input))))];
  }
  return undefined;
}

function convFacts({ graph }: Flow, node: OnnxNode, permuted: boolean, side: 'input' | 'output'): Conv | undefined {
  const dims = graph.initializers.find(({ name }) => name === node.inputs[1])?.dims;
  if (!dims) return undefined;
  const group = attributeOf(node, 'group')?.int ?? 1;
  const [first = 0, second = 0] = dims;
  const transposed = node.op === 'ConvTranspose';
  const channels = side === 'input' ? (transposed ? first : second * group) : transposed ? second * group : first;
  return { channels, rank: dims.length, permuted };
}

/** Inputs that hold tokens, and inputs that may hold latents. */
export function tokenInputs({ inputs }: InspectedGraph): TensorFacts[] {
  return inputs.filter(({ type }) => isWhole(type));
}

/** Steps that make a grid smaller, and steps that make it larger. */
export function resizings({ graph }: InspectedGraph): { readonly down: number; readonly up: number } {
  let [down, up] = [0, 0];
  for (const node of graph.nodes) {
    const strides = attributeOf(node, 'strides')?.ints ?? [];
    const strided = strides.some((stride) => stride > 1);
    if ((node.op === 'Conv' || /Pool$/.test(node.op ?? '')) && strided) down++;
    if (node.op === 'SpaceToDepth') down++;
    if (node.op === 'Resize' || node.op === 'Upsample' || node.op === 'DepthToSpace') up++;
    if (node.op === 'ConvTranspose' && strided) up++;
  }
  return { down, up };
}
