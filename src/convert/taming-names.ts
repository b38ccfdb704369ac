import type { Checkpoint } from './architecture.ts';
import { findSetting } from './find-setting.ts';
import { renameVqganJax, viewFlax } from './flax-names.ts';
import { countParts } from './tensor-sizes.ts';
import type { StoredTensors } from './tensors.ts';
import { readTokenizer, sideOf, type VqganTokenizer } from './vqgan-network.ts';
import type { VqganNames } from './vqgan-shape.ts';

/** Names as CompVis's code bases give them (taming-transformers, latent-diffusion) and all that took them over. */
export const tamingNames: VqganNames = {
  down: 'down',
  up: 'up',
  upOrder: 'last',
  blocks: 'block',
  attentions: 'attn',
  downsample: 'downsample.conv',
  upsample: 'upsample.conv',
  middle: [
    { name: 'mid.block_1', kind: 'block' },
    { name: 'mid.attn_1', kind: 'attention' },
    { name: 'mid.block_2', kind: 'block' },
  ],
  normOut: 'norm_out',
  attention: [{ q: 'q', k: 'k', v: 'v', out: 'proj_out', norms: ['norm'] }],
};

export const TAMING_ANCHOR = 'encoder.down.0.block.0.conv1.weight';
const FLAX_ANCHOR = 'encoder/down_0/block_0/conv1/kernel';
/** Of Gumbel VQGANs, whose tokens are those of the largest score. */
const SCORED_TABLE = 'quantize.embed.weight';
/** The second stands in the file that VQ-Diffusion's authors published. */
const TABLES = ['quantize.embedding.weight', 'quantize.embedding', SCORED_TABLE];
/** open-muse's classes, whose pixels are in [0, 1]. */
const OPEN_MUSE = ['VQGANModel', 'MOVQ'];
const CHAMELEON_SIDE = 512;

/** The settings of a network with these names and a codebook, or undefined; in PyTorch's order or in Flax's (vqgan-jax). */
export function readTaming(checkpoint: Checkpoint): VqganTokenizer | undefined {
  if (!checkpoint.tensors.has(FLAX_ANCHOR)) return readTorch(checkpoint);
  const { checkpoint: view, stored } = viewFlax(checkpoint, renameVqganJax);
  const settings = readTorch(view);
  return settings && { ...settings, stored };
}

function readTorch(checkpoint: Checkpoint): VqganTokenizer | undefined {
  const { tensors } = checkpoint;
  const table = TABLES.find((name) => tensors.has(name));
  const projected = tensors.has('quant_conv.weight') || tensors.has('post_quant_conv.weight');
  if (tensors.get(TAMING_ANCHOR)?.shape.length !== 4 || !table || !projected || isMultiScale(tensors)) return undefined;
  const inOrder = runsInOrder(checkpoint);
  const openMuse = OPEN_MUSE.includes(findSetting(checkpoint, '_class_name') as string);
  const settings = readTokenizer(checkpoint, {
    names: inOrder ? { ...tamingNames, upOrder: 'first' } : tamingNames,
    table,
    quantizer: table === SCORED_TABLE ? { score: 'projection' } : inOrder ? { score: 'cosine', normalizeEntries: true } : {},
    ...(openMuse && { range: [0, 1] }),
  });
  const known = openMuse ? skipLoneAttention(settings) : settings;
  return isChameleon(known) && !sideOf(checkpoint, 'resolution') ? { ...known, preferred: CHAMELEON_SIDE } : known;
}

/** VAR's network has these names too, and tokens of several grids. */
function isMultiScale(tensors: StoredTensors): boolean {
  return [...tensors.keys()].some((name) => name.startsWith('quantize.quant_resi.'));
}

/**
 * transformers stores LlamaGen's network inside Janus with CompVis's names, but its decoder's levels in the order in which
 * they run: the last one has nothing to enlarge. Its entries are of unit length, as LlamaGen's are.
 */
function runsInOrder({ tensors }: Checkpoint): boolean {
  const last = countParts(tensors, 'decoder.up') - 1;
  const enlarges = (level: number) => tensors.has(`decoder.up.${level}.upsample.conv.weight`);
  return last > 0 && enlarges(0) && !enlarges(last);
}

/** open-muse's code runs a level's attention only where there is more than one; a lone one is stored all the same. */
function skipLoneAttention(settings: VqganTokenizer): VqganTokenizer {
  const unused: string[] = [];
  const skip = (half: VqganTokenizer['shape']['encoder']) => ({
    ...half,
    levels: half.levels.map((level) => {
      const attentions = level.blocks.flatMap(({ attention }) => attention ?? []);
      if (attentions.length !== 1) return level;
      unused.push(...attentions);
      return { ...level, blocks: level.blocks.map(({ attention: _, ...block }) => block) };
    }),
  });
  const shape = { encoder: skip(settings.shape.encoder), decoder: skip(settings.shape.decoder) };
  return { ...settings, shape, unused };
}

/** Chameleon's network has no name of its own: five levels without attention, 8192 entries of 256 numbers. */
function isChameleon({ shape, quantizer }: VqganTokenizer): boolean {
  const attended = shape.encoder.levels.some(({ blocks }) => blocks.some(({ attention }) => attention));
  const levels = shape.encoder.levels.length;
  return quantizer.codebookSize === 8192 && quantizer.entryDimension === 256 && levels === 5 && !attended;
}
