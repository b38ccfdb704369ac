/** One step of a rank curve: all entries of equal frequency. Ranks count from 1. */
export interface RankStep {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

export interface UsageFacts {
  /** Tokens counted. */
  readonly total: number;
  readonly used: number;
  /** Bits, of the token frequencies. */
  readonly entropy: number;
  readonly perplexity: number;
}

/** Used entries by falling frequency; equal frequencies share a step, so the curve of any codebook is short. */
export function rankSteps(counts: ArrayLike<number>): RankStep[] {
  const byCount = new Map<number, number>();
  for (let entry = 0; entry < counts.length; entry++) {
    const count = counts[entry]!;
    if (count > 0) byCount.set(count, (byCount.get(count) ?? 0) + 1);
  }
  let rank = 1;
  return [...byCount]
    .sort(([a], [b]) => b - a)
    .map(([count, entries]) => {
      const step = { from: rank, to: rank + entries - 1, count };
      rank += entries;
      return step;
    });
}

/** Entropy of the frequencies in bits, and perplexity = 2 ^ entropy. Of nothing, both are 0. */
export function usageFacts(counts: ArrayLike<number>): UsageFacts {
  let total = 0;
  let used = 0;
  for (let entry = 0; entry < counts.length; entry++) {
    total += counts[entry]!;
    if (counts[entry]! > 0) used++;
  }
  let entropy = 0;
  for (let entry = 0; entry < counts.length; entry++) {
    const share = counts[entry]! / total;
    if (share > 0) entropy -= share * Math.log2(share);
  }
  return { total, used, entropy: total > 0 ? Math.abs(entropy) : 0, perplexity: total > 0 ? 2 ** Math.abs(entropy) : 0 };
}

/** The rank of a number of occurrences: how many entries are more frequent, plus one. undefined for 0. */
export function rankOf(steps: readonly RankStep[], count: number): number | undefined {
  return count > 0 ? steps.find((step) => step.count <= count)?.from : undefined;
}

/** The largest share of the codebook that so many tokens can use at all. */
export function usageCeiling(tokens: number, entries: number): number {
  return Math.min(1, tokens / entries);
}

/** Whether so many tokens were seen that an entry among them never seen may be called dead: 20 for each entry. */
export function seenEnough(tokens: number, entries: number): boolean {
  return tokens >= 20 * entries;
}

/** Occurrences at which an entry is drawn full size: the most frequent few do not decide. */
export function fullSizeCount(counts: ArrayLike<number>): number {
  const used: number[] = [];
  for (let entry = 0; entry < counts.length; entry++) if (counts[entry]! > 0) used.push(counts[entry]!);
  used.sort((a, b) => a - b);
  return Math.max(13, used[Math.floor(used.length * 0.98)] ?? 0);
}

/** Side of an entry's square as a share of its place: 0.3 where it does not occur, 0.5 to 1 where it does. */
export function entryShare(count: number, full: number): number {
  if (count === 0) return 0.3;
  return 0.5 + 0.5 * Math.min(1, Math.sqrt((count - 1) / (full - 1)));
}
