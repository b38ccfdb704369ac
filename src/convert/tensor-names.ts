/** Parts of a training run that no tokenizer needs to compute. */
const BALLAST =
  /^(loss|discriminator|image_discriminator|video_discriminator|perceptual_model|lpips|inception_model|colorize|optimizer|lr_scheduler|teacher)[._]|(^|\.)num_batches_tracked$/;

/** Whether a tensor of this name trains, judges or counts, and is no part of the tokenizer. */
export function isBallast(name: string): boolean {
  return BALLAST.test(name);
}

/** What larger models call the tokenizer inside them; the first that is there is it. */
const KNOWN = [
  'first_stage_model.',
  'vq_model.',
  'vqvae.',
  'vqgan.',
  'gen_vision_model.',
  'vqmodel.',
  'ema_model.',
  'tokenizer.',
  'module.',
];
/** Where a tokenizer's own names begin. */
const HALF = /(?:^|\.)(_?encoder|_?decoder)\./;
const MOST_STRIPPED = 4;

/**
 * The tokenizer's tensors by its own names: without what a larger model or a trainer put in front (`first_stage_model.`,
 * `module.` …). Where only some names have such a prefix, those are the tokenizer. Names that begin with `encoder.` or
 * `decoder.` stay as they are, all of them.
 */
export function withoutPrefix<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  let stripped = tensors;
  for (let i = 0; i < MOST_STRIPPED; i++) {
    const prefix = findPrefix([...stripped.keys()]);
    if (!prefix) break;
    stripped = below(stripped, prefix);
  }
  return stripped;
}

function below<T>(tensors: ReadonlyMap<string, T>, prefix: string): ReadonlyMap<string, T> {
  const own = [...tensors].filter(([name]) => name.startsWith(prefix));
  return new Map(own.map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

interface Candidate {
  readonly prefix: string;
  readonly halves: Set<string>;
}

function findPrefix(names: readonly string[]): string | undefined {
  const candidates = new Map<string, Candidate>();
  for (const name of names) {
    const half = isBallast(name) ? null : HALF.exec(name);
    if (!half) continue;
    const prefix = name.slice(0, half.index + half[0].length - half[1]!.length - 1);
    const candidate = candidates.get(prefix) ?? { prefix, halves: new Set() };
    candidates.set(prefix, candidate);
    candidate.halves.add(half[1]!);
  }
  if (candidates.size === 0) return sharedPrefix(names);
  if (candidates.has('')) return undefined;
  return [...candidates.values()].sort((a, b) => rank(a) - rank(b) || a.prefix.length - b.prefix.length)[0]?.prefix;
}

/** Known names first, then whatever has two halves. */
function rank({ prefix, halves }: Candidate): number {
  const known = KNOWN.findIndex((name) => `.${prefix}`.endsWith(`.${name}`) || prefix.startsWith(name));
  return known >= 0 ? known : KNOWN.length + (halves.size > 1 ? 0 : 1);
}

/** Of networks without halves: what every name begins with, if trainers are known to put it there. */
function sharedPrefix(names: readonly string[]): string | undefined {
  return KNOWN.find((prefix) => names.length > 0 && names.every((name) => name.startsWith(prefix)));
}
