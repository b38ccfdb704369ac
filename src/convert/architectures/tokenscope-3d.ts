import { TokenscopeError } from '../../core/errors.ts';
import type { Checkpoint } from '../architecture.ts';
import { FrameLayers, type TimeForm } from '../frame-layers.ts';
import type { Graph, Value } from '../graph.ts';
import { architecture, type Network, type NetworkFacts } from '../network.ts';
import { range, type TorchLayers } from '../torch-layers.ts';
import { pickRows, type Weight } from '../weights.ts';

/** network.json of the networks for clips trained by models/recipes (models/recipes/network3d.py is the reference). */
export interface Settings {
  readonly causal: boolean;
  readonly patch: number;
  readonly widths: readonly number[];
  /** From each level to the next. */
  readonly steps: readonly ('space' | 'time')[];
  readonly blocks: readonly number[];
  readonly decoderBlocks: readonly number[];
  readonly norm: 'group';
  readonly groups: number;
  readonly epsilon: number;
  readonly quantizer: 'vq' | 'lfq';
  readonly entryDimension: number;
  readonly codebookSize: number;
  readonly lookup: 'cosine' | 'l2';
}

const NAME = 'tokenscope-3d';
/** Alpha of a pixel that hides what is behind it. */
const OPAQUE = 1;
/** Red, green, blue; and with alpha. */
const COLOURS = 3;
const PIXEL = 4;

function recognise({ config, tensors, file }: Checkpoint): Settings | undefined {
  const named = config as (Partial<Settings> & { architecture?: unknown }) | undefined;
  if (named?.architecture !== NAME || !tensors.has('encoder.stem.weight')) return undefined;
  const problem = findProblem(named);
  if (problem) throw new TokenscopeError('model-corrupt', { file, reason: `its settings: ${problem}` });
  return named as Settings;
}

function findProblem(settings: Partial<Settings>): string | undefined {
  const whole = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;
  const wholes = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(whole);
  const { patch, widths, steps, blocks, decoderBlocks, groups, epsilon, quantizer, lookup } = settings;
  if (![patch, groups, settings.entryDimension, settings.codebookSize].every(whole)) return 'a size is not a whole number';
  if (patch! % 2) return `a patch of ${patch}`;
  if (![widths, blocks, decoderBlocks].every(wholes)) return 'a level is not a whole number';
  if (blocks!.length !== widths!.length || decoderBlocks!.length !== widths!.length) return 'levels that do not match';
  if (!Array.isArray(steps) || steps.length !== widths!.length - 1) return 'steps that do not match its levels';
  if (!steps.every((step) => step === 'space' || step === 'time')) return `steps ${steps.join(', ')}`;
  if (typeof epsilon !== 'number' || typeof settings.causal !== 'boolean') return 'epsilon or causal';
  if (settings.norm !== 'group') return `norm ${settings.norm}`;
  if (quantizer === 'lfq') return settings.codebookSize === 2 ** settings.entryDimension! ? undefined : 'bits and codebook size';
  if (quantizer !== 'vq') return `quantizer ${quantizer}`;
  return ['cosine', 'l2'].includes(lookup!) ? undefined : `lookup ${lookup}`;
}

/** A stem's weights for two frames of four channels each, whose fourth one it ignores. */
function padFrames({ shape: [outputs = 0, , ...kernel], data }: Weight): Weight {
  const area = kernel.reduce((a, b) => a * b, 1);
  const padded =
    data instanceof Uint16Array ? new Uint16Array(outputs * 2 * PIXEL * area) : new Float32Array(outputs * 2 * PIXEL * area);
  for (let row = 0; row < outputs * 2; row++) {
    padded.set(data.subarray(row * COLOURS * area, (row + 1) * COLOURS * area), row * PIXEL * area);
  }
  return { shape: [outputs, 2 * PIXEL, ...kernel], data: padded };
}

/** Draws the network's two halves in the order in which they compute. */
class Drawing {
  readonly #settings: Settings;
  readonly #torch: TorchLayers;
  readonly #layers: FrameLayers;
  readonly #graph: Graph;

  constructor(settings: Settings, torch: TorchLayers, whole: Value, form: TimeForm) {
    this.#settings = settings;
    this.#torch = torch;
    this.#layers = new FrameLayers(torch, whole, form);
    this.#graph = torch.graph;
  }

  /** `shape` is that of `x`, where it is known already. */
  async #normActivate(x: Value, name: string, width: number, shape?: Value): Promise<Value> {
    return this.#graph.silu(await this.#torch.groupNorm(x, name, width, this.#settings, shape));
  }

  async #blocks(x: Value, level: string, width: number, count: number): Promise<Value> {
    const shape = this.#graph.shape(x);
    const [before, after] = this.#settings.causal ? [2, 0] : [1, 1];
    let result = x;
    for (const name of range(0, count).map((j) => `${level}.blocks.${j}`)) {
      let change = await this.#normActivate(result, `${name}.norm1`, width, shape);
      change = await this.#torch.conv(change, `${name}.conv1`, [width, width, 3]);
      change = await this.#layers.timeConv(change, `${name}.time`, { inputs: width, outputs: width, taps: 3, before, after });
      change = await this.#normActivate(change, `${name}.norm2`, width, shape);
      result = this.#graph.add(result, await this.#torch.conv(change, `${name}.conv2`, [width, width, 3]));
    }
    return result;
  }

  async #attention(x: Value, name: string): Promise<Value> {
    const width = this.#settings.widths.at(-1)!;
    const shape = this.#graph.shape(x);
    const normal = await this.#torch.groupNorm(x, `${name}.norm`, width, this.#settings, shape);
    return this.#graph.add(x, await this.#torch.attention(normal, { qkv: `${name}.qkv`, out: `${name}.out` }, width, shape));
  }

  /** Pixels N × T × H × W × 4 → latents N × t × h × w × D. */
  async encode(pixels: Value): Promise<Value> {
    const { patch, widths, steps, blocks, entryDimension } = this.#settings;
    const stem = { stride: patch, pad: patch / 2, weights: padFrames };
    let x = await this.#torch.conv(this.#pairFrames(pixels), 'encoder.stem', [2 * COLOURS, widths[0]!, 2 * patch], stem);
    for (const [i, width] of widths.entries()) {
      x = await this.#blocks(x, `encoder.levels.${i}`, width, blocks[i]!);
      const next = widths[i + 1];
      if (next) x = await this.#shrink(x, `encoder.levels.${i}.down`, [width, next], steps[i]!);
    }
    const last = widths.at(-1)!;
    x = await this.#normActivate(await this.#attention(x, 'encoder.attention'), 'encoder.norm_out', last);
    const latents = await this.#torch.conv(x, 'encoder.project', [last, entryDimension, 1]);
    return this.#graph.transpose(this.#layers.apart(latents, entryDimension), [0, 1, 3, 4, 2]);
  }

  /** Two frames become one of eight channels; they are paired channels last, so that WebGPU need not turn them. */
  #pairFrames(pixels: Value): Value {
    const graph = this.#graph;
    const frames = this.#layers.repeatEnds(pixels, this.#settings.causal ? 1 : 0);
    const sides = graph.node('Shape', [pixels], { start: 2, end: 4 }, 'int64');
    const pairs = graph.reshape(frames, graph.concat([graph.constant([-1, 2]), sides, graph.constant([PIXEL])], 0));
    const wide = graph.transpose(pairs, [0, 2, 3, 1, 4]);
    return graph.transpose(graph.reshape(wide, [0, 0, 0, 2 * PIXEL]), [0, 3, 1, 2]);
  }

  async #shrink(x: Value, name: string, [width, next]: readonly [number, number], step: 'space' | 'time'): Promise<Value> {
    if (step === 'space') return this.#torch.conv(x, name, [width, next, 4], { stride: 2, pad: 1 });
    const planes = this.#settings.causal ? this.#layers.repeatEnds(this.#layers.apart(x, width), 1) : undefined;
    const pairs = planes ? this.#layers.together(planes, 2 * width) : this.#layers.join(x, 2 * width);
    return this.#torch.conv(pairs, name, [2 * width, next, 3]);
  }

  /** Quantized latents N × t × h × w × D → pixels N × T × H × W × 4. */
  async decode(latents: Value): Promise<Value> {
    const { widths, steps, decoderBlocks, entryDimension } = this.#settings;
    const planes = this.#layers.together(this.#graph.transpose(latents, [0, 1, 4, 2, 3]), entryDimension);
    let x = await this.#torch.conv(planes, 'decoder.lift', [entryDimension, widths.at(-1)!, 3]);
    x = await this.#attention(x, 'decoder.attention');
    for (const i of range(0, widths.length).reverse()) {
      x = await this.#blocks(x, `decoder.levels.${i}`, widths[i]!, decoderBlocks[i]!);
      if (i > 0) x = await this.#enlarge(x, `decoder.levels.${i}.up`, [widths[i]!, widths[i - 1]!], steps[i - 1]!);
    }
    return this.#paint(await this.#normActivate(x, 'decoder.norm_out', widths[0]!));
  }

  async #enlarge(x: Value, name: string, [width, next]: readonly [number, number], step: 'space' | 'time'): Promise<Value> {
    if (step === 'space') {
      const rows = shuffledRows(1, next, 2, next);
      const biases = (bias: Weight) => pickRows(bias, rows);
      const conv = await this.#torch.conv(x, name, [width, 4 * next, 3], { weights: biases, biases });
      return this.#graph.depthToSpace(conv, 2, 'DCR');
    }
    const pairs = await this.#torch.conv(x, name, [width, 2 * next, 3]);
    if (!this.#settings.causal) return this.#layers.join(pairs, next);
    return this.#layers.together(this.#layers.dropFirst(this.#layers.apart(pairs, next), 1), next);
  }

  /** The last convolution gives two frames of P × P pixels with alpha for each cell. */
  async #paint(x: Value): Promise<Value> {
    const graph = this.#graph;
    const { patch, widths, causal } = this.#settings;
    const rows = shuffledRows(2, COLOURS, patch, PIXEL);
    const cells = await this.#torch.conv(x, 'decoder.paint', [widths[0]!, 2 * COLOURS * patch * patch, 3], {
      weights: (weight) => pickRows(weight, rows),
      biases: (bias) => pickRows(bias, rows, OPAQUE),
    });
    const sides = graph.node('Shape', [cells], { start: 2 }, 'int64');
    const apart = graph.reshape(cells, graph.concat([graph.constant([0, 2, patch, patch, PIXEL]), sides], 0));
    const mixed = graph.transpose(apart, [0, 1, 5, 2, 6, 3, 4]);
    const size = graph.mul(sides, graph.constant([patch, patch]));
    const frames = this.#layers.planes(mixed, [size, graph.constant([PIXEL])]);
    return this.#layers.dropFirst(frames, causal ? 1 : 0);
  }
}

/**
 * Rows of a convolution whose output is `frames` × PyTorch's PixelShuffle (depth, block) in the order (frame, block, depth), with
 * new rows for more depth.
 */
function shuffledRows(frames: number, depth: number, block: number, wanted: number): (number | undefined)[] {
  const cells = block * block;
  return Array.from({ length: frames * cells * wanted }, (_, row) => {
    const [channel, cell] = [row % wanted, Math.floor(row / wanted) % cells];
    const frame = Math.floor(row / (wanted * cells));
    return channel < depth ? (frame * depth + channel) * cells + cell : undefined;
  });
}

/** Largest side of the grid, within which all cells of a plane attend to each other: 2,304² scores are 21 MB a plane. */
const MOST_ATTENDED = 48;

function describe({ patch, steps, causal, quantizer, entryDimension, codebookSize, lookup }: Settings): NetworkFacts {
  const count = (kind: string) => steps.filter((step) => step === kind).length;
  const reduction = patch * 2 ** count('space');
  const frames = 2 * 2 ** count('time');
  const window = Math.ceil(16 / frames) * frames;
  return {
    medium: 'video',
    quantizer:
      quantizer === 'lfq'
        ? { kind: 'lfq', bits: entryDimension, codebookSize, firstBit: 'least', entryScale: 1 }
        : { kind: 'vq', codebookSize, entryDimension, score: lookup, normalizeEntries: lookup === 'cosine' },
    size: {
      reduction,
      multipleOf: reduction,
      minimum: 32,
      maximum: MOST_ATTENDED * reduction,
      preferred: [128, 128],
      frames: { rule: causal ? 'causal' : 'grouped', reduction: frames, window: causal ? window + 1 : window },
    },
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NTHWC4',
    latentLayout: 'NTHWD',
  };
}

function drawings(form: TimeForm): Pick<Network<Settings>, 'encode' | 'decode'> {
  return {
    encode: (settings, layers, pixels) => new Drawing(settings, layers, pixels, form).encode(pixels),
    decode: (settings, layers, latents) => new Drawing(settings, layers, latents, form).decode(latents),
  };
}

export default architecture<Settings>({
  name: NAME,
  recognise,
  describe,
  ...drawings('slices'),
  direct: drawings('direct'),
  codebook: async ({ quantizer, codebookSize, entryDimension }, taker) =>
    quantizer === 'vq' ? taker.take('codebook', [codebookSize, entryDimension]) : undefined,
  spare: () => false,
});
