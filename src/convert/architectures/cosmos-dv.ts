import type { Checkpoint } from '../architecture.ts';
import { findLevels, isCosmosConstant, readLevels } from '../cosmos-parts.ts';
import { type CosmosStep, readSteps } from '../cosmos-steps.ts';
import { findSetting } from '../find-setting.ts';
import { FrameLayers } from '../frame-layers.ts';
import type { Graph, Value } from '../graph.ts';
import { architecture, type NetworkFacts } from '../network.ts';
import { type PatchMethod, patchFilters } from '../patch-filters.ts';
import { countParts, sizeOf } from '../tensor-sizes.ts';
import { range, type TorchLayers } from '../torch-layers.ts';

/**
 * NVIDIA's Cosmos tokenizer of clips (NVIDIA/Cosmos-Tokenizer, modules/layers3d.py, the factorised network): causal in time,
 * with its convolutions split into those of pictures and those over time, a Haar transform around it and FSQ.
 */
interface Settings {
  readonly patch: number;
  readonly method: PatchMethod;
  readonly first: number;
  /** Of the levels, fine to coarse. */
  readonly widths: readonly number[];
  readonly blocks: number;
  readonly decoderBlocks: number;
  /** Of latents before and after the quantizer's own convolutions. */
  readonly latentChannels: number;
  readonly decoderChannels: number;
  readonly levels: readonly number[];
  /** Per level of the encoder and of the decoder, what it halves or doubles. */
  readonly down: readonly CosmosStep[];
  readonly up: readonly CosmosStep[];
}

const ANCHOR = 'encoder.conv_in.0.conv3d.weight';
const COLOURS = 3;
/** Sides that patches may have: powers of two. */
const PATCHES = [1, 2, 4, 8];

function recognise(checkpoint: Checkpoint): Settings | undefined {
  const { tensors } = checkpoint;
  const patch = PATCHES.find((side) => COLOURS * side ** 3 === sizeOf(tensors, ANCHOR, 1));
  const channels = sizeOf(tensors, 'quant_conv.conv3d.weight');
  if (tensors.get(ANCHOR)?.shape.length !== 5 || !patch) return undefined;
  const levels = findLevels(checkpoint, channels);
  // A continuous tokenizer has the same names, and more channels.
  if (!levels || sizeOf(tensors, 'post_quant_conv.conv3d.weight', 1) !== channels) return undefined;
  if (findSetting(checkpoint, 'name') === 'CV') return undefined;
  const count = countParts(tensors, 'encoder.down');
  return {
    patch,
    method: findSetting(checkpoint, 'patch_method') === 'rearrange' ? 'rearrange' : 'haar',
    first: sizeOf(tensors, ANCHOR),
    widths: range(0, count).map((i) => sizeOf(tensors, `encoder.down.${i}.block.0.conv1.0.conv3d.weight`)),
    blocks: countParts(tensors, 'encoder.down.0.block'),
    decoderBlocks: countParts(tensors, 'decoder.up.0.block'),
    latentChannels: sizeOf(tensors, 'encoder.conv_out.1.conv3d.weight'),
    decoderChannels: sizeOf(tensors, 'post_quant_conv.conv3d.weight'),
    levels,
    ...readSteps(checkpoint, count, patch),
  };
}

class Drawing {
  readonly #settings: Settings;
  readonly #layers: FrameLayers;
  readonly #graph: Graph;

  constructor(settings: Settings, layers: TorchLayers, whole: Value) {
    this.#settings = settings;
    this.#layers = new FrameLayers(layers, whole);
    this.#graph = layers.graph;
  }

  #has(name: string): boolean {
    return this.#layers.torch.shapeOf(`${name}.weight`) !== undefined;
  }

  #norm(x: Value, name: string, width: number): Promise<Value> {
    return this.#layers.torch.groupNorm(x, `${name}.norm`, width, { groups: 1, epsilon: 1e-6 });
  }

  #timeConv(x: Value, name: string, width: number, stride = 1): Promise<Value> {
    const before = stride === 2 ? 1 : 2;
    return this.#layers.timeConv(x, `${name}.conv3d`, { inputs: width, outputs: width, taps: 3, before, stride, flat: 2 });
  }

  /** A convolution of each frame, then one over time. */
  async #pair(x: Value, name: string, inputs: number, outputs: number): Promise<Value> {
    return this.#timeConv(await this.#layers.conv(x, `${name}.0.conv3d`, [inputs, outputs, 3]), `${name}.1`, outputs);
  }

  async #block(x: Value, name: string, inputs: number, outputs: number): Promise<Value> {
    let change = this.#graph.silu(await this.#norm(x, `${name}.norm1`, inputs));
    change = await this.#pair(change, `${name}.conv1`, inputs, outputs);
    change = this.#graph.silu(await this.#norm(change, `${name}.norm2`, outputs));
    change = await this.#pair(change, `${name}.conv2`, outputs, outputs);
    const rest = inputs === outputs ? x : await this.#layers.conv(x, `${name}.nin_shortcut.conv3d`, [inputs, outputs, 1]);
    return this.#graph.add(rest, change);
  }

  /** Attention within each frame, then of each position over the frames up to its own. */
  async #attention(x: Value, name: string, width: number): Promise<Value> {
    const shape = this.#graph.shape(x);
    const normal = await this.#norm(x, `${name}.0.norm`, width);
    const within = await this.#layers.torch.attend(normal, attentionNames(`${name}.0`), width, shape);
    const spatial = this.#graph.add(x, within);
    const over = await this.#overTime(await this.#norm(spatial, `${name}.1.norm`, width), `${name}.1`, width);
    return this.#graph.add(spatial, over);
  }

  async #overTime(x: Value, name: string, width: number): Promise<Value> {
    const graph = this.#graph;
    const planes = this.#layers.apart(x, width);
    const lines = graph.transpose(planes, [0, 3, 4, 1, 2]);
    const names = attentionNames(name);
    const project = (part: string) => this.#layers.torch.linear(lines, part, [width, width]);
    const queries = graph.mul(await project(names.q), graph.constant([width ** -0.5], 'float32', []));
    const scores = graph.matMul(queries, graph.transpose(await project(names.k), [0, 1, 2, 4, 3]));
    const mixed = graph.matMul(graph.softmax(graph.add(scores, this.#pastOnly(planes))), await project(names.v));
    const out = await this.#layers.torch.linear(mixed, names.out, [width, width]);
    return this.#layers.together(graph.transpose(out, [0, 3, 4, 1, 2]), width);
  }

  /** T × T: 0 up to the diagonal, and what softmax makes 0 of behind it. */
  #pastOnly(planes: Value): Value {
    const graph = this.#graph;
    const count = graph.node('Shape', [planes], { start: 1, end: 2 }, 'int64');
    const one = graph.constant([1], 'float32');
    const past = graph.node('Trilu', [graph.node('Expand', [one, graph.concat([count, count], 0)])], { upper: 0 });
    return graph.mul(graph.sub(past, one), graph.constant([1e9], 'float32'));
  }

  async #level(x: Value, level: string, [inputs, outputs]: readonly [number, number], blocks: number): Promise<Value> {
    let result = x;
    for (const j of range(0, blocks)) {
      result = await this.#block(result, `${level}.block.${j}`, j === 0 ? inputs : outputs, outputs);
      if (this.#has(`${level}.attn.${j}.0.q.conv3d`)) result = await this.#attention(result, `${level}.attn.${j}`, outputs);
    }
    return result;
  }

  async #middle(x: Value, side: string, width: number): Promise<Value> {
    const first = await this.#block(x, `${side}.mid.block_1`, width, width);
    return this.#block(await this.#attention(first, `${side}.mid.attn_1`, width), `${side}.mid.block_2`, width, width);
  }

  async #finish(x: Value, side: string, width: number, outputs: number): Promise<Value> {
    return this.#pair(this.#graph.silu(await this.#norm(x, `${side}.norm_out`, width)), `${side}.conv_out`, width, outputs);
  }

  /** Pixels N × 3 × T × H × W → latents N × D × t × h × w. */
  async encode(pixels: Value): Promise<Value> {
    const { patch, first, widths, blocks, down, latentChannels, levels } = this.#settings;
    const last = widths.at(-1)!;
    let x = await this.#pair(this.#toPatches(pixels), 'encoder.conv_in', 3 * patch ** 3, first);
    for (const [i, width] of widths.entries()) {
      x = await this.#level(x, `encoder.down.${i}`, [widths[i - 1] ?? first, width], blocks);
      x = await this.#shrink(x, `encoder.down.${i}.downsample`, width, down[i]!);
    }
    x = await this.#finish(await this.#middle(x, 'encoder', last), 'encoder', last, latentChannels);
    const latents = await this.#layers.conv(x, 'quant_conv.conv3d', [latentChannels, levels.length, 1]);
    return this.#graph.transpose(this.#layers.apart(latents, levels.length), [0, 2, 1, 3, 4]);
  }

  async #shrink(x: Value, name: string, width: number, { space, time }: CosmosStep): Promise<Value> {
    if (!space && !time) return x;
    const graph = this.#graph;
    let result = x;
    if (space) {
      // Even sides: the zeros to the right and below are seen by the convolution alone.
      const change = await this.#layers.conv(x, `${name}.conv1.conv3d`, [width, width, 3], { stride: 2, pad: [0, 0, 1, 1] });
      result = graph.add(change, graph.node('AveragePool', [x], { kernel_shape: [2, 2], strides: [2, 2] }));
    }
    if (time) {
      const planes = this.#layers.repeatEnds(this.#layers.apart(result, width), 1);
      const [earlier, later] = [graph.slice(planes, 1, 0, 2 ** 31, 2), graph.slice(planes, 1, 1, 2 ** 31, 2)];
      const mean = graph.mul(graph.add(earlier, later), graph.constant([0.5], 'float32'));
      const change = await this.#timeConv(this.#layers.together(planes, width), `${name}.conv2`, width, 2);
      result = graph.add(change, this.#layers.together(mean, width));
    }
    return this.#layers.conv(result, `${name}.conv3.conv3d`, [width, width, 1]);
  }

  /** Quantized latents → pixels. */
  async decode(latents: Value): Promise<Value> {
    const { patch, first, widths, decoderBlocks, decoderChannels: z, up, levels } = this.#settings;
    const last = widths.at(-1)!;
    const planes = this.#layers.together(this.#graph.transpose(latents, [0, 2, 1, 3, 4]), levels.length);
    let x = await this.#layers.conv(planes, 'post_quant_conv.conv3d', [levels.length, z, 1]);
    x = await this.#middle(await this.#pair(x, 'decoder.conv_in', z, last), 'decoder', last);
    for (const i of range(0, widths.length).reverse()) {
      x = await this.#level(x, `decoder.up.${i}`, [widths[i + 1] ?? last, widths[i]!], decoderBlocks);
      x = await this.#enlarge(x, `decoder.up.${i}.upsample`, widths[i]!, up[i]!);
    }
    return this.#fromPatches(await this.#finish(x, 'decoder', widths[0] ?? first, 3 * patch ** 3));
  }

  async #enlarge(x: Value, name: string, width: number, { space, time }: CosmosStep): Promise<Value> {
    if (!space && !time) return x;
    const graph = this.#graph;
    let result = x;
    if (time) {
      const twice = this.#layers.apart(graph.concat([result, result], 1), width);
      result = this.#layers.together(this.#layers.dropFirst(twice, 1), width);
      result = graph.add(await this.#timeConv(result, `${name}.conv1`, width), result);
    }
    if (space) {
      const change = await this.#layers.torch.enlargedConv(result, `${name}.conv2.conv3d`, [width, width]);
      result = graph.add(change, graph.enlarge(result, 2));
    }
    return this.#layers.conv(result, `${name}.conv3.conv3d`, [width, width, 1]);
  }

  /** The first frame fills a cell of its own. */
  #toPatches(pixels: Value): Value {
    const { patch, method } = this.#settings;
    const frames = this.#graph.transpose(pixels, [0, 2, 1, 3, 4]);
    const cells = this.#layers.together(this.#layers.repeatEnds(frames, patch - 1), 3 * patch);
    const data = byFrame(patchFilters(patch, 3, method, false), patch);
    const shape = [3 * patch ** 3, 3 * patch, patch, patch];
    const filters = this.#graph.initializer('patches', { dtype: 'float32', shape, data });
    return this.#graph.conv(cells, filters, undefined, { kernel: [patch, patch], stride: patch });
  }

  #fromPatches(x: Value): Value {
    const { patch, method } = this.#settings;
    const channels = 3 * patch ** 3;
    const data = toRows(byFrame(patchFilters(patch, 3, method, true), patch), patch);
    const filters = this.#graph.initializer('patches', { dtype: 'float32', shape: [channels, channels, 1, 1], data });
    const cells = this.#graph.conv(x, filters, undefined, { kernel: [1, 1] });
    const frames = this.#layers.apart(this.#graph.depthToSpace(cells, patch, 'CRD'), 3);
    return this.#graph.transpose(this.#layers.dropFirst(frames, patch - 1), [0, 2, 1, 3, 4]);
  }
}

function attentionNames(name: string) {
  return { q: `${name}.q.conv3d`, k: `${name}.k.conv3d`, v: `${name}.v.conv3d`, out: `${name}.proj_out.conv3d` };
}

/** Filters with (colour, frame, position) as columns, with (frame, colour, position) instead: a cell's frames as channels. */
function byFrame(filters: Float32Array, patch: number): Float32Array {
  const [area, channels] = [patch ** 2, 3 * patch ** 3];
  return filters.map((_, i) => {
    const [row, column] = [Math.floor(i / channels), i % channels];
    const [frame, colour] = [Math.floor(column / (3 * area)), Math.floor(column / area) % 3];
    return filters[row * channels + colour * patch * area + frame * area + (column % area)]!;
  });
}

/** The matrix transposed: what a channel gives to each pixel, by pixel. */
function toRows(filters: Float32Array, patch: number): Float32Array {
  const channels = 3 * patch ** 3;
  return filters.map((_, i) => filters[(i % channels) * channels + Math.floor(i / channels)]!);
}

function describe({ patch, down, levels }: Settings): NetworkFacts {
  const reduction = patch * 2 ** down.filter(({ space }) => space).length;
  const frames = patch * 2 ** down.filter(({ time }) => time).length;
  return {
    medium: 'video',
    quantizer: { kind: 'fsq', levels, codebookSize: levels.reduce((product, level) => product * level, 1) },
    size: {
      reduction,
      multipleOf: reduction,
      maximum: 512,
      preferred: [256, 256],
      frames: { rule: 'causal', reduction: frames, window: 1 + Math.ceil(16 / frames) * frames },
    },
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NCTHW',
    latentLayout: 'NDTHW',
  };
}

export default architecture<Settings>({
  name: 'cosmos-dv',
  anchor: ANCHOR,
  recognise,
  settle: async (settings, tensors) => ({ ...settings, levels: await readLevels(tensors, settings.levels) }),
  describe,
  encode: (settings, layers, pixels) => new Drawing(settings, layers, pixels).encode(pixels),
  decode: (settings, layers, latents) => new Drawing(settings, layers, latents).decode(latents),
  // Steps that are stored and not taken, and tables that the code keeps for itself.
  spare: (name) =>
    /\.(down|up)\.\d+\.(downsample|upsample)\.conv[123]\.conv3d\.(weight|bias)$/.test(name) ||
    isCosmosConstant(name) ||
    /^(quantizer|inv_quant)\./.test(name),
});
