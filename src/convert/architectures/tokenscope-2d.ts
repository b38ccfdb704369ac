import { TokenscopeError } from '../../core/errors.ts';
import type { SizeRule } from '../../core/framing.ts';
import type { Checkpoint } from '../architecture.ts';
import type { Graph, Value } from '../graph.ts';
import { architecture, type NetworkFacts } from '../network.ts';
import { range, type TorchLayers } from '../torch-layers.ts';
import { padInputs, pickRows } from '../weights.ts';

/** network.json of the networks trained by models/recipes (models/recipes/network.py is the reference). */
export interface Settings {
  readonly patch: number;
  readonly widths: readonly number[];
  readonly blocks: readonly number[];
  readonly decoderBlocks: readonly number[];
  readonly norm: 'none' | 'group';
  readonly groups: number;
  readonly epsilon: number;
  readonly activation: 'relu' | 'silu';
  readonly attention: boolean;
  readonly entryDimension: number;
  readonly codebookSize: number;
  readonly lookup: 'cosine' | 'l2';
}

const NAME = 'tokenscope-2d';
/** Alpha of a pixel that hides what is behind it. */
const OPAQUE = 1;

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
  const { patch, widths, blocks, decoderBlocks, groups, epsilon } = settings;
  if (![patch, groups, settings.entryDimension, settings.codebookSize].every(whole)) return 'a size is not a whole number';
  if (patch! % 2) return `a patch of ${patch}`;
  if (![widths, blocks, decoderBlocks].every(wholes)) return 'a level is not a whole number';
  if (blocks!.length !== widths!.length || decoderBlocks!.length !== widths!.length) return 'levels that do not match';
  if (typeof epsilon !== 'number' || typeof settings.attention !== 'boolean') return 'epsilon or attention';
  if (!['none', 'group'].includes(settings.norm!)) return `norm ${settings.norm}`;
  if (!['relu', 'silu'].includes(settings.activation!)) return `activation ${settings.activation}`;
  return ['cosine', 'l2'].includes(settings.lookup!) ? undefined : `lookup ${settings.lookup}`;
}

/** Rows of a convolution before PyTorch's PixelShuffle (depth, block) in the order of DCR (block, depth), with new rows for more depth. */
function depthLast(depth: number, block: number, wanted = depth): (number | undefined)[] {
  const cells = block * block;
  return Array.from({ length: cells * wanted }, (_, row) => {
    const channel = row % wanted;
    return channel < depth ? channel * cells + Math.floor(row / wanted) : undefined;
  });
}

/** Draws the network's two halves in the order in which they compute. */
class Drawing {
  readonly #settings: Settings;
  readonly #layers: TorchLayers;
  readonly #graph: Graph;

  constructor(settings: Settings, layers: TorchLayers) {
    this.#settings = settings;
    this.#layers = layers;
    this.#graph = layers.graph;
  }

  /** `shape` is that of `x`, where it is known already. */
  async #norm(x: Value, name: string, width: number, shape?: Value): Promise<Value> {
    return this.#settings.norm === 'none' ? x : this.#layers.groupNorm(x, name, width, this.#settings, shape);
  }

  #activate(x: Value): Value {
    return this.#settings.activation === 'silu' ? this.#graph.silu(x) : this.#graph.relu(x);
  }

  async #blocks(x: Value, level: string, width: number, count: number): Promise<Value> {
    // One for all the norms of the level; a graph without norms stays free of it, and so wholly on the GPU.
    const shape = this.#settings.norm === 'none' ? undefined : this.#graph.shape(x);
    let result = x;
    for (const name of range(0, count).map((j) => `${level}.blocks.${j}`)) {
      let change = result;
      for (const part of [1, 2]) {
        change = this.#activate(await this.#norm(change, `${name}.norm${part}`, width, shape));
        change = await this.#layers.conv(change, `${name}.conv${part}`, [width, width, 3]);
      }
      result = this.#graph.add(result, change);
    }
    return result;
  }

  async #attention(x: Value, name: string): Promise<Value> {
    if (!this.#settings.attention) return x;
    const width = this.#settings.widths.at(-1)!;
    const shape = this.#graph.shape(x);
    const normal = await this.#norm(x, `${name}.norm`, width, shape);
    return this.#graph.add(x, await this.#layers.attention(normal, { qkv: `${name}.qkv`, out: `${name}.out` }, width, shape));
  }

  /** Pixels N × H × W × 4 → latents N × h × w × D. */
  async encode(pixels: Value): Promise<Value> {
    const { patch, widths, blocks, entryDimension } = this.#settings;
    const last = widths.at(-1)!;
    const stem = { stride: patch, pad: patch / 2, weights: padInputs };
    const planes = this.#graph.transpose(pixels, [0, 3, 1, 2]);
    let x = await this.#layers.conv(planes, 'encoder.stem', [3, widths[0]!, 2 * patch], stem);
    for (const [i, width] of widths.entries()) {
      x = await this.#blocks(x, `encoder.levels.${i}`, width, blocks[i]!);
      const next = widths[i + 1];
      if (next) x = await this.#layers.conv(x, `encoder.levels.${i}.down`, [width, next, 4], { stride: 2, pad: 1 });
    }
    x = await this.#attention(x, 'encoder.attention');
    x = this.#activate(await this.#norm(x, 'encoder.norm_out', last));
    return this.#graph.transpose(await this.#layers.conv(x, 'encoder.project', [last, entryDimension, 1]), [0, 2, 3, 1]);
  }

  /** Quantized latents N × h × w × D → pixels N × H × W × 4. */
  async decode(latents: Value): Promise<Value> {
    const { patch, widths, decoderBlocks, entryDimension } = this.#settings;
    const planes = this.#graph.transpose(latents, [0, 3, 1, 2]);
    let x = await this.#layers.conv(planes, 'decoder.lift', [entryDimension, widths.at(-1)!, 3]);
    x = await this.#attention(x, 'decoder.attention');
    for (const i of range(0, widths.length).reverse()) {
      x = await this.#blocks(x, `decoder.levels.${i}`, widths[i]!, decoderBlocks[i]!);
      if (i > 0) x = await this.#shuffle(x, `decoder.levels.${i}.up`, [widths[i]!, widths[i - 1]!], 2);
    }
    x = this.#activate(await this.#norm(x, 'decoder.norm_out', widths[0]!));
    return this.#graph.transpose(await this.#shuffle(x, 'decoder.paint', [widths[0]!, 3], patch, 4), [0, 2, 3, 1]);
  }

  /** Convolution, then PixelShuffle(block) to `depth` channels, filled up to `wanted` with opaque ones. */
  async #shuffle(
    x: Value,
    name: string,
    [inputs, depth]: readonly [number, number],
    block: number,
    wanted = depth,
  ): Promise<Value> {
    const rows = depthLast(depth, block, wanted);
    const conv = await this.#layers.conv(x, name, [inputs, depth * block * block, 3], {
      weights: (weight) => pickRows(weight, rows),
      biases: (bias) => pickRows(bias, rows, OPAQUE),
    });
    return this.#graph.depthToSpace(conv, block, 'DCR');
  }
}

/** Largest table of attention scores, in cells of the grid: 4,096² float32 are 64 MB. */
const MOST_ATTENDED = 64;

function sizeRule({ patch, widths, attention }: Settings): SizeRule {
  const reduction = patch * 2 ** (widths.length - 1);
  const maximum = attention ? Math.min(1024, MOST_ATTENDED * reduction) : 1024;
  return { reduction, multipleOf: reduction, minimum: 32, maximum, preferred: [256, 256] };
}

function describe(settings: Settings): NetworkFacts {
  const { codebookSize, entryDimension, lookup } = settings;
  return {
    medium: 'image',
    quantizer: { kind: 'vq', codebookSize, entryDimension, score: lookup, normalizeEntries: lookup === 'cosine' },
    size: sizeRule(settings),
    pixels: { range: [-1, 1], outputRange: [-1, 1], channels: 'rgb' },
    pixelLayout: 'NHWC4',
    latentLayout: 'NHWD',
  };
}

export default architecture<Settings>({
  name: NAME,
  recognise,
  describe,
  encode: (settings, layers, pixels) => new Drawing(settings, layers).encode(pixels),
  decode: (settings, layers, latents) => new Drawing(settings, layers).decode(latents),
  codebook: async ({ codebookSize, entryDimension }, taker) => taker.take('codebook', [codebookSize, entryDimension]),
  spare: () => false,
});
