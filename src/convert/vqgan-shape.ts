import { countParts, sizeOf } from './tensor-sizes.ts';
import type { StoredTensors } from './tensors.ts';
import type { AttentionNames } from './torch-layers.ts';

/**
 * Names of the parts of a network of the VQGAN family (Esser et al. 2020, arXiv 2012.09841), which every code base gives
 * anew. Levels go by number: in the encoder from fine to coarse, in the decoder as `up` says.
 */
export interface VqganNames {
  /** Lists of levels. */
  readonly down: string;
  readonly up: string;
  /** Whether the decoder's first level in the list runs first, or last. */
  readonly upOrder: 'first' | 'last';
  /** Lists inside a level. */
  readonly blocks: string;
  readonly attentions: string;
  /** Convolutions inside a level. */
  readonly downsample: string;
  readonly upsample: string;
  /** What stands between the levels and the output, inside `encoder` and `decoder`: either, where it is stored. */
  readonly middle: readonly { readonly name: string; readonly kind: 'block' | 'attention' }[];
  readonly normOut: string;
  /** The convolution on a block's way around, where it is not `nin_shortcut`. */
  readonly shortcut?: string;
  /** Names of attention's parts, of which the stored ones count. */
  readonly attention: readonly (AttentionNames & { readonly norms: readonly string[] })[];
}

export interface VqganBlock {
  readonly name: string;
  readonly inputs: number;
  readonly outputs: number;
  /** Name of the attention that follows it. */
  readonly attention?: string;
}

export interface VqganLevel {
  readonly name: string;
  readonly blocks: readonly VqganBlock[];
  /** How it ends: by a convolution, without one, or in the size in which it began. */
  readonly resample: 'conv' | 'plain' | 'none';
}

/** One half of the network. */
export interface VqganHalf {
  /** Channels it takes and gives. */
  readonly inputs: number;
  readonly outputs: number;
  /** Channels after its first convolution and before its last. */
  readonly first: number;
  readonly last: number;
  /** In the order in which they run. */
  readonly levels: readonly VqganLevel[];
  readonly middle: readonly { readonly name: string; readonly kind: 'block' | 'attention' }[];
}

export interface VqganShape {
  readonly encoder: VqganHalf;
  readonly decoder: VqganHalf;
}

/** The network's widths, depths and attention, as the shapes of its tensors tell. */
export function readVqgan(tensors: StoredTensors, names: VqganNames): VqganShape {
  return { encoder: readHalf(tensors, names, 'encoder'), decoder: readHalf(tensors, names, 'decoder') };
}

function readHalf(tensors: StoredTensors, names: VqganNames, half: 'encoder' | 'decoder'): VqganHalf {
  const list = `${half}.${half === 'encoder' ? names.down : names.up}`;
  const count = countParts(tensors, list);
  const order = Array.from({ length: count }, (_, i) => (half === 'decoder' && names.upOrder === 'last' ? count - 1 - i : i));
  const first = sizeOf(tensors, `${half}.conv_in.weight`);
  const levels: VqganLevel[] = [];
  let width = first;
  for (const [step, i] of order.entries()) {
    const level = readLevel(tensors, names, { half, name: `${list}.${i}`, width, last: step === count - 1 });
    width = level.blocks.at(-1)?.outputs ?? width;
    levels.push(level);
  }
  return {
    inputs: sizeOf(tensors, `${half}.conv_in.weight`, 1),
    outputs: sizeOf(tensors, `${half}.conv_out.weight`),
    first,
    last: width,
    levels,
    // What one half has in its middle the other has too: a part that is missing whole must not go unnoticed.
    middle: names.middle
      .filter(({ name, kind }) => ['encoder', 'decoder'].some((side) => isPart(tensors, names, `${side}.${name}`, kind)))
      .map(({ name, kind }) => ({ name: `${half}.${name}`, kind })),
  };
}

function readLevel(
  tensors: StoredTensors,
  names: VqganNames,
  { half, name, width, last }: { half: 'encoder' | 'decoder'; name: string; width: number; last: boolean },
): VqganLevel {
  const blocks: VqganBlock[] = [];
  const count = countParts(tensors, `${name}.${names.blocks}`);
  const attentions = Array.from({ length: count }, (_, j) => `${name}.${names.attentions}.${j}`);
  // A level attends behind all of its blocks or behind none.
  const attended = attentions.some((attention) => isAttention(tensors, names, attention));
  for (let j = 0; j < count; j++) {
    const block = `${name}.${names.blocks}.${j}`;
    const outputs = sizeOf(tensors, `${block}.conv2.weight`) || sizeOf(tensors, `${block}.conv1.weight`);
    const inputs = blocks.at(-1)?.outputs ?? width;
    blocks.push({ name: block, inputs, outputs, ...(attended && { attention: attentions[j]! }) });
  }
  const conv = `${name}.${half === 'encoder' ? names.downsample : names.upsample}`;
  const resampled = tensors.has(`${conv}.weight`) || tensors.has(`${conv}.bias`);
  return { name, blocks, resample: resampled ? 'conv' : last ? 'none' : 'plain' };
}

function isPart(tensors: StoredTensors, names: VqganNames, name: string, kind: 'block' | 'attention'): boolean {
  return kind === 'block' ? isBlock(tensors, name) : isAttention(tensors, names, name);
}

/** One tensor is enough to know a part by, so that a damaged file is told what it lacks. */
function isBlock(tensors: StoredTensors, name: string): boolean {
  return ['conv1', 'conv2'].some((part) => tensors.has(`${name}.${part}.weight`));
}

function isAttention(tensors: StoredTensors, names: VqganNames, name: string): boolean {
  return names.attention.some(({ q, k, v, out }) => [q, k, v, out].some((part) => tensors.has(`${name}.${part}.weight`)));
}

/** Pixels of a side that become one cell. */
export function reductionOf({ encoder }: VqganShape): number {
  return 2 ** encoder.levels.filter(({ resample }) => resample !== 'none').length;
}

/** Pixels of a side for one position of the finest attention, or undefined without attention. */
export function attentionStep({ encoder, decoder }: VqganShape): number | undefined {
  const fineFirst = [encoder.levels, [...decoder.levels].reverse()];
  const steps = fineFirst.map((levels) => {
    const level = levels.findIndex(({ blocks }) => blocks.some(({ attention }) => attention));
    return level < 0 ? Number.POSITIVE_INFINITY : 2 ** level;
  });
  const middle = [encoder, decoder].some((half) => half.middle.some(({ kind }) => kind === 'attention'));
  const step = Math.min(...steps, middle ? reductionOf({ encoder, decoder }) : Number.POSITIVE_INFINITY);
  return Number.isFinite(step) ? step : undefined;
}

/** All widths that norms have. */
export function widthsOf({ encoder, decoder }: VqganShape): readonly number[] {
  return [encoder, decoder].flatMap(({ first, levels }) => [
    first,
    ...levels.flatMap(({ blocks }) => blocks.map(({ outputs }) => outputs)),
  ]);
}

/** Groups of the norms, which no file tells: 32 in all published code, or the most that these widths allow. */
export function likelyGroups(shape: VqganShape): number {
  const widths = widthsOf(shape);
  return [32, 16, 8, 4, 2].find((groups) => widths.every((width) => width % groups === 0)) ?? 1;
}
