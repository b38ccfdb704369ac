/** How a codebook is used, from how often each entry occurs. */
export interface TokenStatistics {
  /** Tokens counted: the sample size. */
  readonly tokens: number;
  /** Entries that occur at least once. */
  readonly used: number;
  /** Share of the codebook that occurs, 0 to 1. */
  readonly share: number;
  /** Bits for one token. */
  readonly entropy: number;
  /** 2 to the power of the entropy. */
  readonly perplexity: number;
}

/** Of one picture or a whole set; `counts` has a number for each codebook entry. */
export function tokenStatistics(counts: ArrayLike<number>): TokenStatistics {
  let tokens = 0;
  let used = 0;
  for (let i = 0; i < counts.length; i++) {
    tokens += counts[i]!;
    if (counts[i]! > 0) used++;
  }
  let entropy = 0;
  for (let i = 0; i < counts.length; i++) {
    const frequency = counts[i]! / tokens;
    if (frequency > 0) entropy -= frequency * Math.log2(frequency);
  }
  return { tokens, used, share: used / counts.length, entropy, perplexity: 2 ** entropy };
}
