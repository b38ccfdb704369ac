import type { SizeRule } from '../core/framing.ts';
import type { Value } from './graph.ts';
import { range, type TorchLayers } from './torch-layers.ts';

/** Sizes of a network after DeepMind's VQ-VAE (arXiv 1711.00937, section 4.1) with two strided convolutions each way. */
export interface DeepMindSizes {
  readonly colours: number;
  /** Channels after the first and after the second convolution. */
  readonly widths: readonly [number, number];
  readonly codebookSize: number;
  readonly entryDimension: number;
}

export const halving = { stride: 2, pad: 1 } as const;

/** Any multiple of 4; nothing in these networks knows how large a picture is. */
export const quarterSize: SizeRule = { reduction: 4, multipleOf: 4, minimum: 16, maximum: 1024, preferred: [256, 256] };

/**
 * The residual stack of two well-known ports, which are declared as `x + conv1x1(relu(conv3x3(relu(x))))`. The first ReLU
 * works in place, so what they compute, and were trained with, is r + conv1x1(relu(conv3x3(r))) with r = relu(x).
 * Without biases; a ReLU ends the stack. `names` are those of the blocks' convolutions.
 */
export async function rectifiedStack(
  layers: TorchLayers,
  x: Value,
  names: readonly (readonly [inner: string, outer: string])[],
  [width, inner]: readonly [number, number],
): Promise<Value> {
  const { graph } = layers;
  let result = graph.relu(x);
  for (const [first, second] of names) {
    const hidden = graph.relu(await layers.conv(result, first, [width, inner, 3], { bias: false }));
    result = graph.relu(graph.add(result, await layers.conv(hidden, second, [inner, width, 1], { bias: false })));
  }
  return result;
}

/** Names of the two convolutions in each of `count` blocks. */
export function blockNames(list: string, block: string, count: number): (readonly [string, string])[] {
  return range(0, count).map((i) => [`${list}.${i}.${block}.1`, `${list}.${i}.${block}.3`]);
}

/** How much red, green and blue count in a grey (ITU-R BT.601), for networks of one channel. */
const LUMA = [0.299, 0.587, 0.114];

/** Pixels N × 3 × (T ×) H × W as a network with `colours` channels takes them: all three, or their grey. */
export function takeColours({ graph }: TorchLayers, pixels: Value, colours: number, axes: 2 | 3 = 2): Value {
  if (colours !== 1) return pixels;
  const kernel = Array.from({ length: axes }, () => 1);
  return graph.conv(pixels, graph.constant(LUMA, 'float32', [1, 3, ...kernel]), undefined, { kernel });
}

/** What such a network paints, as N × 3 × (T ×) H × W. */
export function giveColours({ graph }: TorchLayers, painted: Value, colours: number): Value {
  return colours === 1 ? graph.concat([painted, painted, painted], 1) : painted;
}
