import type { Checkpoint } from './architecture.ts';
import type { StoredTensor } from './tensors.ts';
import type { StoredAs } from './torch-layers.ts';

/** A Flax checkpoint seen with PyTorch's names and shapes, and how each of those tensors is stored. */
export interface FlaxView {
  /** For names and shapes alone: the bytes are in Flax's order. */
  readonly checkpoint: Checkpoint;
  readonly stored: ReadonlyMap<string, StoredAs>;
}

/** Flax's leaves by PyTorch's names. */
const LEAVES: Readonly<Record<string, string>> = { kernel: 'weight', scale: 'weight', embedding: 'weight', bias: 'bias' };
/** Kernels are stored as height × width × inputs × outputs. */
const KERNEL_AXES = [3, 2, 0, 1];

/** `rename` gives PyTorch's name for the path of a Flax module, or undefined for one that is no part of the tokenizer. */
export function viewFlax(checkpoint: Checkpoint, rename: (module: string) => string | undefined): FlaxView {
  const tensors = new Map<string, StoredTensor>();
  const stored = new Map<string, StoredAs>();
  for (const [name, tensor] of checkpoint.tensors) {
    const cut = name.lastIndexOf('/');
    const leaf = LEAVES[name.slice(cut + 1)];
    const module = rename(leaf ? name.slice(0, cut) : name);
    if (module === undefined) continue;
    const own = `${module}.${leaf ?? 'weight'}`;
    const axes = tensor.shape.length === KERNEL_AXES.length ? KERNEL_AXES : undefined;
    tensors.set(own, axes ? { ...tensor, shape: axes.map((axis) => tensor.shape[axis]!) } : tensor);
    stored.set(own, axes ? { name, axes } : { name });
  }
  return { checkpoint: { ...checkpoint, tensors }, stored };
}

/** vqgan-jax joins a list's name and the number in it: `encoder/down_0/block_1` is `encoder.down.0.block.1`. */
export function renameVqganJax(module: string): string {
  const dotted = module.replaceAll('/', '.');
  if (/^(encoder|decoder)\.mid\./.test(dotted)) return dotted;
  return dotted.replace(/(^|\.)(down|up|block|attn)_(\d+)(?=\.|$)/g, '$1$2.$3');
}

/** What MaskGIT's Flax code calls the layers of a block, by their numbers. */
const IN_BLOCK: Readonly<Record<string, string>> = {
  GroupNorm_0: 'norm1',
  Conv_0: 'conv1',
  GroupNorm_1: 'norm2',
  Conv_1: 'conv2',
  Conv_2: 'nin_shortcut',
};

/** Names of MaskGIT's Flax layers, numbered by kind in the order in which they were made, for `levels` of `blocks` each. */
export function renameMaskGit(levels: number, blocks: number, convDownsample: boolean): (module: string) => string | undefined {
  const blockName = (half: string, k: number) => {
    if (half === 'encoder') {
      return k < levels * blocks ? `down.${Math.floor(k / blocks)}.block.${k % blocks}` : `mid.${k - levels * blocks}`;
    }
    const inLevels = k - blocks;
    return k < blocks ? `mid.${k}` : `up.${levels - 1 - Math.floor(inLevels / blocks)}.block.${inLevels % blocks}`;
  };
  const convName = (half: string, i: number) => {
    if (i === 0) return 'conv_in';
    if (half === 'decoder') return i === levels ? 'conv_out' : `up.${levels - i}.upsample_conv`;
    return i === (convDownsample ? levels : 1) ? 'conv_out' : `down.${i - 1}.downsample.conv`;
  };
  return (module) => {
    if (module === 'quantizer/codebook') return 'quantize.embedding';
    const [half = '', part = '', inner] = module.split('/');
    const [kind, number] = part.split('_');
    if (half !== 'encoder' && half !== 'decoder') return undefined;
    if (kind === 'ResBlock') {
      const layer = IN_BLOCK[inner ?? ''];
      return layer && `${half}.${blockName(half, Number(number))}.${layer}`;
    }
    const name = kind === 'GroupNorm' ? 'norm_out' : kind === 'Conv' ? convName(half, Number(number)) : undefined;
    return name && `${half}.${name}`;
  };
}
