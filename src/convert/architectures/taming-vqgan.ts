import type { Checkpoint } from '../architecture.ts';
import { isIbq } from '../ibq-signs.ts';
import { readTaming, TAMING_ANCHOR } from '../taming-names.ts';
import type { VqganTokenizer } from '../vqgan-network.ts';
import { vqganArchitecture } from '../vqgan-network.ts';

/**
 * VQGAN (arXiv 2012.09841) as taming-transformers and latent-diffusion store it, with its Gumbel variant; Chameleon's
 * tokenizer and open-muse's VQGANModel are the same network.
 */
function recognise(checkpoint: Checkpoint): VqganTokenizer | undefined {
  const settings = readTaming(checkpoint);
  const other = checkpoint.tensors.has('decoder.norm_out.norm_layer.weight') || isIbq(checkpoint);
  return other ? undefined : settings;
}

export default vqganArchitecture('taming-vqgan', TAMING_ANCHOR, recognise);
