import type { Ranking } from './quantizer.ts';

/** The `count` smallest of `distances` (K values), ascending, lowest index first among equals. One pass, no sorting of K. */
export function smallest(distances: ArrayLike<number>, count: number): Ranking {
  const tokens: number[] = [];
  for (let token = 0; token < distances.length; token++) {
    const distance = distances[token]!;
    if (tokens.length === count && !(distance < distances[tokens[count - 1]!]!)) continue;
    let at = tokens.length;
    while (at > 0 && distance < distances[tokens[at - 1]!]!) at--;
    tokens.splice(at, 0, token);
    if (tokens.length > count) tokens.pop();
  }
  return { tokens, distances: tokens.map((token) => distances[token]!) };
}

/** One way to set a channel: what it adds to the token and what it adds to the distance. */
export interface Choice {
  readonly token: number;
  readonly distance: number;
}

/**
 * The `count` cheapest tokens when every channel is chosen on its own: the nearest entries of a product codebook (FSQ,
 * LFQ) without looking at all of them. Only the least certain channels ever change.
 */
export function cheapestSums(channels: readonly (readonly Choice[])[], count: number): Ranking {
  let best: Choice[] = [{ token: 0, distance: 0 }];
  for (const choices of channels) {
    best = best
      .flatMap((sum) => choices.map((choice) => ({ token: sum.token + choice.token, distance: sum.distance + choice.distance })))
      .sort((a, b) => a.distance - b.distance || a.token - b.token)
      .slice(0, count);
  }
  return { tokens: best.map(({ token }) => token), distances: best.map(({ distance }) => distance) };
}
