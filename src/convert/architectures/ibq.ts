import type { Checkpoint } from '../architecture.ts';
import { findSetting } from '../find-setting.ts';
import { isIbq } from '../ibq-signs.ts';
import { readTaming, TAMING_ANCHOR } from '../taming-names.ts';
import { type VqganTokenizer, vqganArchitecture } from '../vqgan-network.ts';

/** IBQ (arXiv 2412.02692): the network of a VQGAN, with the entry of the largest product as the token. Emu3.5's, too. */
function recognise(checkpoint: Checkpoint): VqganTokenizer | undefined {
  const settings = readTaming(checkpoint);
  if (!settings || !isIbq(checkpoint)) return undefined;
  const unit = findSetting(checkpoint, 'l2_normalize') === true;
  const score = unit ? ({ score: 'cosine', normalizeEntries: true } as const) : ({ score: 'dot' } as const);
  return { ...settings, quantizer: { ...settings.quantizer, ...score } };
}

export default vqganArchitecture('ibq', TAMING_ANCHOR, recognise);
