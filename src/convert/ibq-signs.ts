import type { Checkpoint } from './architecture.ts';
import { findSetting } from './find-setting.ts';
import { countParts } from './tensor-sizes.ts';

/** The codebook among the moving averages; the VQGANs of taming-transformers were published without any. */
const AVERAGED = 'model_ema.quantizeembeddingweight';
const IBQ_BLOCKS = 4;
/** What IBQ has not: the scores of Gumbel VQGANs, the modulated norms of MoVQ. */
const STRANGE = ['quantize.proj.weight', 'decoder.norm_out.norm_layer.weight'];

/**
 * Whether a checkpoint with the tensors of a VQGAN is one of IBQ (arXiv 2412.02692), whose token is the entry with the
 * largest product instead of the nearest one: by the class in its settings or, without any, by its moving averages or by
 * its four blocks to a level, where VQGANs have two.
 */
export function isIbq(checkpoint: Checkpoint): boolean {
  const { tensors } = checkpoint;
  if (STRANGE.some((name) => tensors.has(name))) return false;
  const named = className(checkpoint);
  if (typeof named === 'string') return /(^|\.)IBQ(\.|$)/.test(named) && !named.endsWith('.VQModel');
  return tensors.has(AVERAGED) || countParts(tensors, 'encoder.down.0.block') === IBQ_BLOCKS;
}

/** The class that settings name for the model. Beside it they name others, for the data and the training, in any order. */
function className(checkpoint: Checkpoint): unknown {
  const model = findSetting(checkpoint, 'model');
  const settings = typeof model === 'object' ? { ...checkpoint, config: model, carried: undefined } : checkpoint;
  return findSetting(settings, 'class_path') ?? findSetting(settings, 'target');
}
