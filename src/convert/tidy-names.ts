import type { Checkpoint } from './architecture.ts';
import type { StoredTensor, StoredTensors } from './tensors.ts';

/** Segments that wrappers put between the names of layers: DataParallel's and torch.compile's. */
const WRAPPERS = new Set(['module', '_orig_mod']);
/** Parts of a training that no tokenizer needs. */
const BALLAST =
  /^(loss|losses|criterion|logvar|disc|discriminator|image_discriminator|video_discriminator|perceptual\w*|lpips\w*|vgg\w*|i3d\w*|inception\w*|colorize|optimizer\w*|lr_scheduler|scale_factor|teacher\w*|model_ema)(\.|$)|(^|\.)num_batches_tracked$/;
/** Moving averages, as Lightning modules of the VQGAN family keep them: below `model_ema`, there without the dots of their names. */
const AVERAGE = /^(?:.*\.)?model_ema\.(.+)$/;

/** Whether a tensor belongs to the training, not to the tokenizer. */
export function isBallast(name: string): boolean {
  return BALLAST.test(name);
}

/**
 * The checkpoint with the names that the network's own code gives: `anchor`, one tensor that the network always has, tells
 * what was put in front of them (`first_stage_model.`, `module.` …); what lies outside is left out. Where moving averages
 * are stored beside the weights, they take their place, as they do whenever the publishers evaluate.
 */
export function tidyNames(checkpoint: Checkpoint, anchor: string): Checkpoint {
  const named = new Map([...checkpoint.tensors].map(([name, tensor]) => [unwrap(name), tensor]));
  const prefix = findPrefix(named.keys(), anchor);
  if (prefix === undefined) return checkpoint;
  const averages = findAverages(named);
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of named) {
    if (!name.startsWith(prefix)) continue;
    const own = name.slice(prefix.length);
    tensors.set(own, average(averages, [own, name], tensor) ?? tensor);
  }
  return { ...checkpoint, tensors };
}

function unwrap(name: string): string {
  const segments = name.split('.');
  const kept = segments.filter((segment) => !WRAPPERS.has(segment));
  return kept.length === segments.length ? name : kept.join('.');
}

/** Latent-diffusion's network for what a picture is made from; the one for pictures goes first. */
const CONDITION = /(^|\.)cond_stage_model\./;

/** What stands before the anchor: the shortest, when the file holds several such networks. */
function findPrefix(names: Iterable<string>, anchor: string): string | undefined {
  const prefixes = [...names]
    .filter((name) => (name === anchor || name.endsWith(`.${anchor}`)) && !isBallast(name))
    .map((name) => name.slice(0, -anchor.length));
  const rank = (prefix: string) => Number(CONDITION.test(prefix));
  return prefixes.sort((a, b) => rank(a) - rank(b) || a.length - b.length)[0];
}

function findAverages(tensors: StoredTensors): StoredTensors {
  const found = new Map<string, StoredTensor>();
  for (const [name, tensor] of tensors) {
    const bare = AVERAGE.exec(name)?.[1];
    if (bare) found.set(bare.replaceAll('.', ''), tensor);
  }
  return found;
}

function average(averages: StoredTensors, names: readonly string[], { shape }: StoredTensor): StoredTensor | undefined {
  if (averages.size === 0) return undefined;
  const candidates = names.map((name) => averages.get(name.replaceAll('.', '')));
  return candidates.find((candidate) => candidate?.shape.join() === shape.join());
}
