import type { Looks } from '../core/errors.ts';
import { elementCount, type StoredTensors } from './tensors.ts';

export interface Resemblance {
  readonly looks: Looks;
  /** The published network it is nearest to, where one is near. */
  readonly family?: string;
  /** Some of its tensors which that network does not have, or the largest ones where none is near: name and shape. */
  readonly tensors: readonly string[];
}

/** Names that only this kind of network has; the first that fits counts. */
const KINDS: readonly (readonly [Looks, RegExp])[] = [
  [
    'diffusion',
    /(^|\.)diffusion_model\.|(^|\.)time_(text_)?embed(ding)?\.|adaLN_modulation|transformer_blocks\.\d+\.attn2\.|(^|\.)(double|single|joint)_blocks\.\d+\.|(^|\.)t_embedder\./,
  ],
  [
    'language',
    /(^|\.)(embed_tokens|lm_head|wte|tok_emb(eddings?)?)\.weight$|(^|\.)(shared|word_embeddings)\.weight$|self_attn\.(q|k|v)_proj\.|attention\.(wq|wqkv|query_key_value)\.|SelfAttention\.|transformer\.(h|blocks)\.\d+\./,
  ],
  [
    'classifier',
    /(^|\.)(layer[1-4]\.\d+\.conv1|fc|classifier|head)\.weight$|(^|\.)cls_token$|(^|\.)(visual|vision_model)\.|^features\.\d+\.weight$/,
  ],
];

/** Tokenizers that are known and not read by any architecture here. */
const OTHERS: readonly (readonly [string, RegExp])[] = [
  ['TiTok', /(^|\.)latent_tokens$/],
  ['Emu3', /encoder\.time_conv\./],
  ['DALL-E dVAE', /blocks\.group_1\.block_1\.res_path/],
  ['VQ-VAE-2', /(^|\.)(quantize_t|enc_t|dec_t)\./],
  ['RQ-VAE', /quantizer\.codebooks\.\d+/],
  ['VAR', /quantize\.quant_resi\./],
  ['Paella', /(^|\.)vquantizer\.|in_block\.\d+\.weight/],
];

/** Names of each published network, for telling which one is near: all of its tensors and hardly another's. */
const FAMILIES: readonly (readonly [string, RegExp])[] = [
  ['diffusers-vq', /^(encoder|decoder)\.(down|up|mid)_blocks?\.|^quant(ize|_conv)|^post_quant_conv/],
  ['llamagen', /^(encoder|decoder)\.conv_blocks\.\d+\.(res|attn)\.\d+\.|^quantize\.embedding/],
  ['tats', /^(encoder|decoder)\.conv_blocks\.\d+\.|^codebook\./],
  ['videogpt', /^(encoder|decoder)\.(convs|convts|res_stack)\.|^codebook\./],
  ['cosmos-dv', /\.conv3d\./],
  ['magvit-3d', /(^|[/.])ResBlock_\d+[/.]/],
  ['zalando-vqvae', /^_(encoder|decoder|vq_vae|pre_vq_conv)\b/],
  ['dvq-deepmind', /^(encoder|decoder)\.net\.|^quantizer\.(embed|proj)/],
  ['open-magvit2', /^decoder\.adaptive\.|^(encoder|decoder)\.(down|up|mid_block)\./],
  ['taming-vqgan', /^(encoder|decoder)\.(conv_(in|out)|norm_out|(down|up|mid)\.)|^quantize\.|^(post_)?quant_conv\./],
];

const NEAR = 0.5;
const NAMED = 4;

/** Says what a checkpoint is that could not be recognised, by the names and shapes of its tensors. */
export function resemblance(tensors: StoredTensors): Resemblance {
  const names = [...tensors.keys()];
  const other = OTHERS.find(([, pattern]) => names.some((name) => pattern.test(name)));
  if (other) return { looks: 'known', family: other[0], tensors: largest(tensors, names) };
  const kind = KINDS.find(([, pattern]) => share(names, pattern) > 0);
  // Its file may hold the autoencoder too.
  if (kind?.[0] === 'diffusion') return { looks: 'diffusion', tensors: largest(tensors, names) };
  if (isContinuous(tensors)) return { looks: 'continuous', tensors: largest(tensors, names) };
  const [family, pattern] = nearestFamily(names);
  if (pattern) {
    const strange = names.filter((name) => !pattern.test(name));
    const looks = halfOf(names) ?? (strange.length > 0 ? 'tokenizer' : 'incomplete');
    return { looks, family, tensors: largest(tensors, strange.length > 0 ? strange : names) };
  }
  if (kind) return { looks: kind[0], tensors: largest(tensors, names) };
  if (names.length > 0 && names.every((name) => /discriminator|^disc\./.test(name))) {
    return { looks: 'discriminator', tensors: largest(tensors, names) };
  }
  return { looks: 'unknown', tensors: largest(tensors, names) };
}

/** A KL autoencoder: mean and variance leave the encoder, and nothing quantizes them. */
function isContinuous(tensors: StoredTensors): boolean {
  const named = (end: string) => [...tensors].find(([name]) => name === end || name.endsWith(`.${end}`))?.[1].shape;
  const quantizes = [...tensors.keys()].some((name) => /quantize|codebook|embedding\.weight$|embeddings?$/.test(name));
  const [out] = named('quant_conv.weight') ?? named('encoder.conv_out.weight') ?? [];
  const [, into] = named('post_quant_conv.weight') ?? named('decoder.conv_in.weight') ?? [];
  return !quantizes && out !== undefined && (into === undefined || out === 2 * into);
}

/** The file holds an encoder without a decoder, or the other way round. */
function halfOf(names: readonly string[]): Looks | undefined {
  const has = (part: string) => names.some((name) => name.startsWith(`${part}.`) || name.includes(`.${part}.`));
  return has('encoder') === has('decoder') ? undefined : 'half';
}

function nearestFamily(names: readonly string[]): readonly [string, RegExp] | readonly [undefined, undefined] {
  const ranked = FAMILIES.map(([family, pattern]) => ({ family, pattern, share: share(names, pattern) }));
  const [best] = ranked.sort((a, b) => b.share - a.share);
  return best && best.share >= NEAR ? [best.family, best.pattern] : [undefined, undefined];
}

function share(names: readonly string[], pattern: RegExp): number {
  return names.length === 0 ? 0 : names.filter((name) => pattern.test(name)).length / names.length;
}

/** The largest of these tensors, with their shapes. */
export function largest(tensors: StoredTensors, names: readonly string[]): string[] {
  return names
    .map((name) => ({ name, shape: tensors.get(name)!.shape }))
    .sort((a, b) => elementCount(b.shape) - elementCount(a.shape))
    .slice(0, NAMED)
    .map(({ name, shape }) => `${name} (${shape.join(' × ') || 1})`);
}
