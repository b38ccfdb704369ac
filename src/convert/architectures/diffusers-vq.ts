import { TokenscopeError } from '../../core/errors.ts';
import { type Activation, activationNamed } from '../activations.ts';
import type { Checkpoint } from '../architecture.ts';
import { findSetting } from '../find-setting.ts';
import { readTokenizer, sideOf, type VqganTokenizer, vqganArchitecture } from '../vqgan-network.ts';
import type { VqganNames } from '../vqgan-shape.ts';

/** VQModel of diffusers: latent-diffusion's networks, VQ-Diffusion, aMUSEd, and MoVQ with `norm_type: spatial`. */
const names: VqganNames = {
  down: 'down_blocks',
  up: 'up_blocks',
  upOrder: 'first',
  blocks: 'resnets',
  attentions: 'attentions',
  downsample: 'downsamplers.0.conv',
  upsample: 'upsamplers.0.conv',
  middle: [
    { name: 'mid_block.resnets.0', kind: 'block' },
    { name: 'mid_block.attentions.0', kind: 'attention' },
    { name: 'mid_block.resnets.1', kind: 'block' },
  ],
  normOut: 'conv_norm_out',
  shortcut: 'conv_shortcut',
  attention: [
    { q: 'to_q', k: 'to_k', v: 'to_v', out: 'to_out.0', norms: ['group_norm', 'spatial_norm'] },
    { q: 'query', k: 'key', v: 'value', out: 'proj_attn', norms: ['group_norm', 'spatial_norm'] },
  ],
};

const ANCHOR = 'encoder.down_blocks.0.resnets.0.conv1.weight';
const TABLE = 'quantize.embedding.weight';
/** The norms inside SpatialNorm have 32 groups, whatever the config says of the others. */
const SPATIAL_GROUPS = 32;
/** A `sample_size` below it is the class's default of 32, which no published network was trained with. */
const LEAST_SIDE = 64;

function recognise(checkpoint: Checkpoint): VqganTokenizer | undefined {
  const { tensors } = checkpoint;
  if (tensors.get(ANCHOR)?.shape.length !== 4 || !tensors.has(TABLE)) return undefined;
  const groups = readGroups(checkpoint);
  const settings = readTokenizer(checkpoint, {
    names,
    table: TABLE,
    style: {
      spatialGroups: SPATIAL_GROUPS,
      activation: readActivation(checkpoint),
      ...(groups !== undefined && { groups }),
    },
  });
  const preferred = sideOf(checkpoint, 'sample_size', LEAST_SIDE) ?? settings.preferred;
  return { ...settings, preferred, range: isAmused(settings) ? [0, 1] : settings.range };
}

function readActivation(checkpoint: Checkpoint): Activation {
  const name = findSetting(checkpoint, 'act_fn') ?? 'silu';
  const activation = typeof name === 'string' ? activationNamed(name) : undefined;
  return activation ?? refuse(checkpoint, 'activation', name);
}

function readGroups(checkpoint: Checkpoint): number | undefined {
  const groups = findSetting(checkpoint, 'norm_num_groups') ?? undefined;
  if (groups === undefined || (Number.isSafeInteger(groups) && (groups as number) >= 1)) return groups as number | undefined;
  return refuse(checkpoint, 'number of groups', groups);
}

function refuse({ file }: Checkpoint, what: string, value: unknown): never {
  throw new TokenscopeError('model-corrupt', { file, reason: `its ${what} is ${JSON.stringify(value)}` });
}

/** aMUSEd takes pictures as they come, in [0, 1], and no setting says so; it is known by its sizes. */
function isAmused({ shape: { encoder }, quantizer }: VqganTokenizer): boolean {
  const attended = encoder.middle.some(({ kind }) => kind === 'attention');
  return quantizer.codebookSize === 8192 && quantizer.entryDimension === 64 && !attended;
}

export default vqganArchitecture('diffusers-vq', ANCHOR, recognise);
