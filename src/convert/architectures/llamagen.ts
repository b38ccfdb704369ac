import type { Checkpoint } from '../architecture.ts';
import { findSetting } from '../find-setting.ts';
import { readTokenizer, type VqganTokenizer, vqganArchitecture } from '../vqgan-network.ts';
import type { VqganNames } from '../vqgan-shape.ts';

/** LlamaGen's VQGAN (arXiv 2406.06525), which Janus holds too: levels of both halves in the order in which they run. */
const names: VqganNames = {
  down: 'conv_blocks',
  up: 'conv_blocks',
  upOrder: 'first',
  blocks: 'res',
  attentions: 'attn',
  downsample: 'downsample.conv',
  upsample: 'upsample.conv',
  middle: [
    { name: 'mid.0', kind: 'block' },
    { name: 'mid.1', kind: 'attention' },
    { name: 'mid.2', kind: 'block' },
  ],
  normOut: 'norm_out',
  attention: [{ q: 'q', k: 'k', v: 'v', out: 'proj_out', norms: ['norm'] }],
};

const ANCHOR = 'encoder.conv_blocks.0.res.0.conv1.weight';
const TABLE = 'quantize.embedding.weight';

function recognise(checkpoint: Checkpoint): VqganTokenizer | undefined {
  const { tensors } = checkpoint;
  if (tensors.get(ANCHOR)?.shape.length !== 4 || !tensors.has(TABLE)) return undefined;
  // Both the search and what the decoder gets are of unit length; no file says so.
  const unit = findSetting(checkpoint, 'codebook_l2_norm') !== false;
  const quantizer = unit ? ({ score: 'cosine', normalizeEntries: true } as const) : {};
  return readTokenizer(checkpoint, { names, table: TABLE, quantizer });
}

export default vqganArchitecture('llamagen', ANCHOR, recognise);
