import type { Graph, Pad, Value } from './graph.ts';
import type { TorchLayers } from './torch-layers.ts';

/**
 * How a convolution over time is computed, always with the same result. slices: the planes that the taps see are laid side by
 * side as channels of one 1 x 1 convolution, which WebGPU computes with matrices. direct: a convolution of volumes.
 */
export type TimeForm = 'slices' | 'direct';

export interface TimeConv {
  readonly inputs: number;
  readonly outputs: number;
  /** Taps, from earlier to later. */
  readonly taps: number;
  /** Repeats of the first plane before it, and of the last one after it. */
  readonly before: number;
  readonly after?: number;
  readonly stride?: number;
  /** Axes of size 1 behind the taps, as the checkpoint has them. */
  readonly flat?: number;
}

/** Layers of networks of clips that take frames as a batch of pictures: (N·T) × C × H × W, where N clips stand one after another. */
export class FrameLayers {
  readonly torch: TorchLayers;
  readonly graph: Graph;
  readonly #clips: Value;
  readonly #form: TimeForm;

  /** `whole` is a value of the graph whose first axis is that of clips. */
  constructor(torch: TorchLayers, whole: Value, form: TimeForm = 'slices') {
    this.torch = torch;
    this.graph = torch.graph;
    this.#clips = this.graph.node('Shape', [whole], { start: 0, end: 1 }, 'int64');
    this.#form = form;
  }

  #sides(x: Value, from: number): Value {
    return this.graph.node('Shape', [x], { start: from }, 'int64');
  }

  /** (N·T) × C × H × W → N × T × C × H × W; planes of more than C channels become several. */
  apart(x: Value, channels: number): Value {
    const head = [this.#clips, this.graph.constant([-1, channels])] as const;
    return this.graph.reshape(x, this.graph.concat([...head, this.#sides(x, 2)], 0));
  }

  /** N × T × C × H × W → (N·T) × C × H × W; as many planes become one as have C channels together. */
  together(x: Value, channels: number): Value {
    return this.graph.reshape(x, this.graph.concat([this.graph.constant([-1, channels]), this.#sides(x, 3)], 0));
  }

  /** (N·T) × C × H × W with other numbers of planes and channels, the channels of neighbouring planes side by side. */
  join(x: Value, channels: number): Value {
    return this.graph.reshape(x, this.graph.concat([this.graph.constant([-1, channels]), this.#sides(x, 2)], 0));
  }

  /** Anything as N × T × (the sizes given). */
  planes(x: Value, sizes: readonly Value[]): Value {
    return this.graph.reshape(x, this.graph.concat([this.#clips, this.graph.constant([-1]), ...sizes], 0));
  }

  /** N × T × …, with the first plane repeated `before` it and the last one `after` it. */
  repeatEnds(x: Value, before: number, after = 0): Value {
    if (before + after === 0) return x;
    const [first, last] = [before ? this.graph.slice(x, 1, 0, 1) : x, after ? this.graph.slice(x, 1, -1, 2 ** 31) : x];
    const parts = [...Array<Value>(before).fill(first), x, ...Array<Value>(after).fill(last)];
    return this.graph.concat(parts as [Value, ...Value[]], 1);
  }

  /** N × T × …, without the first planes. */
  dropFirst(x: Value, count: number): Value {
    return count === 0 ? x : this.graph.slice(x, 1, count, 2 ** 31);
  }

  /** Conv2d of each plane. */
  async conv(
    x: Value,
    name: string,
    [inputs, outputs, side]: readonly [number, number, number],
    { stride = 1, pad = (side - 1) / 2 }: { stride?: number; pad?: Pad } = {},
  ): Promise<Value> {
    const weight = await this.torch.planeKernel(name, [outputs, inputs, side]);
    const bias = await this.torch.weight(`${name}.bias`, [outputs]);
    return this.graph.conv(x, weight, bias, { kernel: [side, side], stride, pad });
  }

  /** A convolution over the planes of each position. */
  async timeConv(x: Value, name: string, options: TimeConv): Promise<Value> {
    const { inputs, outputs, taps, flat = 0 } = options;
    const weight = await this.torch.weight(`${name}.weight`, [outputs, inputs, taps, ...Array<number>(flat).fill(1)]);
    const bias = await this.torch.weight(`${name}.bias`, [outputs]);
    return this.#form === 'slices' ? this.#slices(x, weight, bias, options) : this.#direct(x, weight, bias, options);
  }

  /** Channels last until the convolution: so WebGPU need not turn what its convolutions before and after it hold that way. */
  #slices(x: Value, weight: Value, bias: Value, { inputs, outputs, taps, before, after, stride = 1 }: TimeConv): Value {
    const { graph } = this;
    const lines = graph.transpose(x, [0, 2, 3, 1]);
    const planes = this.repeatEnds(this.planes(lines, [this.#sides(lines, 1)]), before, after);
    const seen = Array.from({ length: taps }, (_, tap) => {
      const end = tap === taps - 1 ? 2 ** 31 : tap - taps + 1;
      return graph.slice(planes, 1, tap, end, stride);
    });
    const stacked = graph.concat(seen as [Value, ...Value[]], 4);
    const rows = graph.reshape(stacked, graph.concat([graph.constant([-1]), this.#sides(stacked, 2)], 0));
    const byTap = graph.transpose(graph.reshape(weight, [outputs, inputs, taps]), [0, 2, 1]);
    const kernel = graph.reshape(byTap, [outputs, taps * inputs, 1, 1]);
    return graph.conv(graph.transpose(rows, [0, 3, 1, 2]), kernel, bias, { kernel: [1, 1] });
  }

  #direct(x: Value, weight: Value, bias: Value, { inputs, outputs, taps, before, after, stride = 1 }: TimeConv): Value {
    const { graph } = this;
    const planes = this.repeatEnds(this.apart(x, inputs), before, after);
    const volume = graph.transpose(planes, [0, 2, 1, 3, 4]);
    const kernel = graph.reshape(weight, [outputs, inputs, taps, 1, 1]);
    const out = graph.conv(volume, kernel, bias, { kernel: [taps, 1, 1], stride: [stride, 1, 1] });
    return this.together(graph.transpose(out, [0, 2, 1, 3, 4]), outputs);
  }
}
