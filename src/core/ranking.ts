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

/**
 * The `count` cheapest tokens when every channel is chosen on its own: the nearest entries of a product codebook (FSQ,
 * LFQ) without looking at all of them. `cost(channel, digit)` is what a digit adds to the distance; it adds
 * digit · `weights[channel]` to the token.
 */
export function cheapestSums(
  levels: readonly number[],
  weights: readonly number[],
  cost: (channel: number, digit: number) => number,
  count: number,
): Ranking {
  let tokens = [0];
  let distances = [0];
  for (const [channel, digits] of levels.entries()) {
    const nextTokens: number[] = [];
    const nextDistances: number[] = [];
    for (let digit = 0; digit < digits; digit++) {
      const more = cost(channel, digit);
      const weight = digit * weights[channel]!;
      for (let i = 0; i < tokens.length; i++) {
        // The sums so far ascend: once one is too dear, so are the others.
        if (!insertSum(nextTokens, nextDistances, tokens[i]! + weight, distances[i]! + more, count)) break;
      }
    }
    tokens = nextTokens;
    distances = nextDistances;
  }
  return { tokens, distances };
}

/** Puts a sum where it belongs; false when it is dearer than all that are kept. */
function insertSum(tokens: number[], distances: number[], token: number, distance: number, count: number): boolean {
  let at = distances.length;
  while (at > 0 && (distance < distances[at - 1]! || (distance === distances[at - 1] && token < tokens[at - 1]!))) at--;
  if (at >= count) return distance === distances[count - 1];
  for (let i = Math.min(distances.length, count - 1); i > at; i--) {
    tokens[i] = tokens[i - 1]!;
    distances[i] = distances[i - 1]!;
  }
  tokens[at] = token;
  distances[at] = distance;
  return true;
}
