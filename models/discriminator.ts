import { Graph, type Value } from '../src/convert/graph.ts';
import type { StoredTensors } from '../src/convert/tensors.ts';
import type { GraphFacts } from '../src/core/manifest.ts';

/** discriminator.json of models/recipes. */
export interface CriticSettings {
  /** Slope of the activation below 0. */
  readonly leak: number;
  readonly layers: readonly CriticLayer[];
}

interface CriticLayer {
  readonly name: string;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: 'leaky-relu' | null;
}

export const discriminatorFacts: GraphFacts = {
  file: 'discriminator.onnx',
  input: 'pixels',
  output: 'logits',
  layout: 'NHWC4',
  dtype: 'float32',
};

/** How much louder than the pixels the critic hears their finest band. */
const BAND = 3;

/**
 * The critic that a model was trained against, as one file: pixels N × H × W × 4 in [-1, 1] → logits N × 1 × h × w, above 0
 * where it takes a patch for a photograph. It sees the pixels, and what a mean over 3 x 3 of them leaves out.
 */
export async function drawDiscriminator(
  { leak, layers }: CriticSettings,
  weights: StoredTensors,
): Promise<Uint8Array<ArrayBuffer>> {
  const graph = new Graph('discriminator');
  const pixels = graph.input('pixels', 'float32', ['batch', 'height', 'width', 4]);
  const colours = graph.slice(graph.transpose(pixels, [0, 3, 1, 2]), 1, 0, 3);
  const means = graph.node('AveragePool', [colours], { kernel_shape: [3, 3], strides: [1, 1], pads: [1, 1, 1, 1] });
  const band = graph.mul(graph.sub(colours, means), graph.constant([BAND], 'float32', []));
  let x: Value = graph.concat([colours, band], 1);
  for (const layer of layers) x = await drawLayer(graph, x, layer, leak, weights);
  graph.output('logits', x, ['batch', 1, 'rows', 'columns']);
  return graph.encode();
}

async function drawLayer(graph: Graph, x: Value, layer: CriticLayer, leak: number, weights: StoredTensors): Promise<Value> {
  const { name, kernel, stride, pad, inputs, outputs, activation } = layer;
  const read = async (part: string, shape: readonly number[]) => {
    const tensor = weights.get(`${name}.${part}`);
    if (tensor?.dtype !== 'F16' || tensor.shape.join() !== shape.join()) throw new Error(`models: discriminator ${name}.${part}`);
    const data = new Uint8Array(await tensor.bytes());
    return graph.cast(graph.initializer(`${name}.${part}`, { dtype: 'float16', shape, data }), 'float32');
  };
  const weight = await read('weight', [outputs, inputs, kernel, kernel]);
  const conv = graph.conv(x, weight, await read('bias', [outputs]), { kernel: [kernel, kernel], stride, pad });
  return activation ? graph.node('LeakyRelu', [conv], { alpha: { float: leak } }) : conv;
}
