import type { Pad, Value } from './graph.ts';
import type { TorchLayers } from './torch-layers.ts';
import { reverse, type Three } from './video-layers.ts';

interface FlaxConv {
  /** [kh, kw] or [kt, kh, kw]. */
  readonly kernel: readonly number[];
  readonly inputs: number;
  readonly outputs: number;
  readonly bias: boolean;
  readonly stride?: readonly number[];
  readonly pad: Pad;
}

/**
 * Draws Flax's layers, whose names are joined with '/'. Kernels are stored channels last; the graph turns them, which ONNX
 * Runtime does once, while it loads, so that the weights stay where they are in the visitor's file.
 */
export class FlaxLayers {
  readonly torch: TorchLayers;

  constructor(torch: TorchLayers) {
    this.torch = torch;
  }

  /** nn.Conv on N × C × (T ×) H × W. */
  async conv(x: Value, name: string, { kernel, inputs, outputs, bias, stride, pad }: FlaxConv): Promise<Value> {
    const stored = await this.torch.weight(`${name}/kernel`, [...kernel, inputs, outputs]);
    const rank = kernel.length + 2;
    const weight = this.torch.graph.transpose(stored, [rank - 1, rank - 2, ...kernel.keys()]);
    const biases = bias ? await this.torch.weight(`${name}/bias`, [outputs]) : undefined;
    return this.torch.graph.conv(x, weight, biases, { kernel, pad, ...(stride && { stride }) });
  }

  /** nn.GroupNorm with its defaults, 32 groups and epsilon 1e-6, over all positions. */
  async groupNorm(x: Value, name: string, channels: number): Promise<Value> {
    const scale = await this.torch.weight(`${name}/scale`, [channels]);
    const bias = await this.torch.weight(`${name}/bias`, [channels]);
    return this.torch.graph.groupNorm(x, { scale, bias, channels, groups: 32, epsilon: 1e-6 });
  }

  /** nn.LayerNorm with its defaults, over the channels of each position. */
  async layerNorm(x: Value, name: string, channels: number): Promise<Value> {
    const { graph } = this.torch;
    const scale = await this.torch.weight(`${name}/scale`, [channels]);
    const bias = await this.torch.weight(`${name}/bias`, [channels]);
    const last = graph.transpose(x, [0, 2, 3, 4, 1]);
    const normal = graph.node('LayerNormalization', [last, scale, bias], { axis: -1, epsilon: { float: 1e-6 } });
    return graph.transpose(normal, [0, 4, 1, 2, 3]);
  }

  /** The kernel of nn.ConvTranspose in PyTorch's way: inputs × outputs × kernel, which Flax runs backwards. */
  async transposedWeights(name: string, kernel: Three, [inputs, outputs]: readonly [number, number]) {
    const { graph } = this.torch;
    const stored = await this.torch.weight(`${name}/kernel`, [...kernel, inputs, outputs]);
    const weight = reverse(graph, graph.transpose(stored, [3, 4, 0, 1, 2]), [2, 3, 4]);
    return { weight, bias: await this.torch.weight(`${name}/bias`, [outputs]) };
  }
}
