import type { Value } from './graph.ts';
import { sizeOf } from './tensor-sizes.ts';
import type { StoredTensors } from './tensors.ts';
import type { TorchLayers } from './torch-layers.ts';

/** A block: `outputs` channels, a quarter of them inside. */
interface Block {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
}

/** Half of a network after DALL-E's (https://github.com/openai/DALL-E): groups of blocks, and ×2 between the groups. */
export interface DalleHalf {
  readonly groups: readonly (readonly Block[])[];
  /** What a block's change counts against its input. */
  readonly gain: number;
}

/** Groups that the gain is computed for, whether the network has four or, in shorter ones, three. */
const GROUPS = 4;

export function readDalleHalf(tensors: StoredTensors, half: string): DalleHalf {
  const groups: Block[][] = [];
  for (let g = 1; tensors.has(`${half}.blocks.group_${g}.block_1.res_path.conv_1.weight`); g++) {
    const blocks: Block[] = [];
    for (let b = 1; ; b++) {
      const name = `${half}.blocks.group_${g}.block_${b}`;
      if (!tensors.has(`${name}.res_path.conv_1.weight`)) break;
      const inputs = sizeOf(tensors, `${name}.res_path.conv_1.weight`, 1);
      blocks.push({ name, inputs, outputs: sizeOf(tensors, `${name}.res_path.conv_4.weight`) });
    }
    groups.push(blocks);
  }
  return { groups, gain: 1 / (GROUPS * (groups[0]?.length ?? 1)) ** 2 };
}

/**
 * x (through a 1 × 1 convolution where widths differ) + gain · four convolutions, each after a ReLU. A block that enlarges does
 * so behind its 1 × 1 convolutions, which see the same either way.
 */
async function drawBlock(
  layers: TorchLayers,
  x: Value,
  { name, inputs, outputs }: Block,
  { kernels, gain, enlarges = false }: { kernels: readonly number[]; gain: number; enlarges?: boolean },
) {
  const { graph } = layers;
  const inner = Math.floor(outputs / 4);
  const widths = [inputs, inner, inner, inner, outputs];
  let change = x;
  for (const [i, kernel] of kernels.entries()) {
    const [from, to, part] = [widths[i]!, widths[i + 1]!, `${name}.res_path.conv_${i + 1}`] as const;
    const positive = graph.relu(change);
    const larger = enlarges && i === 1;
    change = larger
      ? await layers.enlargedConv(positive, part, [from, to])
      : await layers.conv(positive, part, [from, to, kernel]);
  }
  const kept = inputs === outputs ? x : await layers.conv(x, `${name}.id_path`, [inputs, outputs, 1]);
  return graph.add(graph.enlarge(kept, enlarges ? 2 : 1), graph.mul(change, graph.constant([gain], 'float32', [])));
}

/** The groups of an encoder, with a 2 × 2 maximum between them, and a last ReLU. */
export async function encodeDalle(layers: TorchLayers, x: Value, { groups, gain }: DalleHalf): Promise<Value> {
  const { graph } = layers;
  let result = x;
  for (const [i, blocks] of groups.entries()) {
    if (i > 0) result = graph.node('MaxPool', [result], { kernel_shape: [2, 2], strides: [2, 2] });
    for (const block of blocks) result = await drawBlock(layers, result, block, { kernels: [3, 3, 3, 1], gain });
  }
  return graph.relu(result);
}

/** The groups of a decoder, with nearest ×2 between them, and a last ReLU. */
export async function decodeDalle(layers: TorchLayers, x: Value, { groups, gain }: DalleHalf): Promise<Value> {
  let result = x;
  for (const [i, blocks] of groups.entries()) {
    for (const [j, block] of blocks.entries()) {
      result = await drawBlock(layers, result, block, { kernels: [1, 3, 3, 3], gain, enlarges: i > 0 && j === 0 });
    }
  }
  return layers.graph.relu(result);
}
