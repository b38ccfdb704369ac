import type { Checkpoint } from '../architecture.ts';
import { readTaming, TAMING_ANCHOR } from '../taming-names.ts';
import { type VqganTokenizer, vqganArchitecture } from '../vqgan-network.ts';

/** MoVQ (arXiv 2209.09002) with CompVis's names, as Kandinsky and open-muse store it: latents modulate the decoder's norms. */
function recognise(checkpoint: Checkpoint): VqganTokenizer | undefined {
  return checkpoint.tensors.has('decoder.norm_out.norm_layer.weight') ? readTaming(checkpoint) : undefined;
}

export default vqganArchitecture('movq', TAMING_ANCHOR, recognise);
