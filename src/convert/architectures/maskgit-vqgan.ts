import type { Checkpoint } from '../architecture.ts';
import { renameMaskGit, viewFlax } from '../flax-names.ts';
import { countParts } from '../tensor-sizes.ts';
import { range } from '../torch-layers.ts';
import { readTokenizer, type VqganTokenizer, vqganArchitecture } from '../vqgan-network.ts';
import type { VqganNames } from '../vqgan-shape.ts';

/** MaskGIT's VQGAN (arXiv 2202.04200) as open-muse and TiTok's authors ported it: no attention, smaller by averaging. */
function namesFor(middleBlocks: number): VqganNames {
  return {
    down: 'down',
    up: 'up',
    upOrder: 'last',
    blocks: 'block',
    attentions: 'attn',
    downsample: 'downsample.conv',
    upsample: 'upsample_conv',
    middle: range(0, middleBlocks).map((i) => ({ name: `mid.${i}`, kind: 'block' })),
    normOut: 'norm_out',
    attention: [],
  };
}

const ANCHOR = 'encoder.down.0.block.0.conv1.weight';
const FLAX_ANCHOR = 'encoder/ResBlock_0/Conv_0/kernel';
const TABLE = 'quantize.embedding.weight';

/** The PyTorch ports, and what MaskGIT's authors published themselves, in Flax. */
function recognise(checkpoint: Checkpoint): VqganTokenizer | undefined {
  if (checkpoint.tensors.get(FLAX_ANCHOR)?.shape.length !== 4) return readTorch(checkpoint);
  const levels = countModules(checkpoint, 'decoder/Conv') - 1;
  const blocks = countModules(checkpoint, 'encoder/ResBlock') / (levels + 1);
  if (!Number.isInteger(blocks) || levels < 1) return undefined;
  const { checkpoint: view, stored } = viewFlax(
    checkpoint,
    renameMaskGit(levels, blocks, countModules(checkpoint, 'encoder/Conv') > 2),
  );
  const settings = readTorch(view);
  return settings && { ...settings, stored };
}

/** Flax numbers modules of one kind: Conv_0, Conv_1 … */
function countModules({ tensors }: Checkpoint, kind: string): number {
  const numbers = [...tensors.keys()].map((name) => name.startsWith(`${kind}_`) && name.slice(kind.length + 1).split('/')[0]);
  return new Set(numbers.filter(Boolean)).size;
}

function readTorch(checkpoint: Checkpoint): VqganTokenizer | undefined {
  const { tensors } = checkpoint;
  if (tensors.get(ANCHOR)?.shape.length !== 4 || !tensors.has(TABLE)) return undefined;
  if (!tensors.has('decoder.up.1.upsample_conv.weight') || tensors.has('quant_conv.weight')) return undefined;
  const middle = Math.max(countParts(tensors, 'encoder.mid'), countParts(tensors, 'decoder.mid'));
  return readTokenizer(checkpoint, {
    names: namesFor(middle),
    table: TABLE,
    range: [0, 1],
    projected: false,
    averages: true,
    style: { biases: false, shortcutOfOutput: true },
  });
}

export default vqganArchitecture('maskgit-vqgan', ANCHOR, recognise);
