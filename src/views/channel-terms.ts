/** What every channel adds to a distance: a squared difference, or for inner products the product turned round. */
export function channelTerms(vector: ArrayLike<number>, entry: ArrayLike<number>, product: boolean): Float64Array {
  return Float64Array.from({ length: vector.length }, (_, i) =>
    product ? -vector[i]! * entry[i]! : (vector[i]! - entry[i]!) ** 2,
  );
}

/** The channels in which two rows of terms differ most, in their order; all when there are no more than `most`. */
export function decidingChannels(a: ArrayLike<number>, b: ArrayLike<number>, most: number): number[] {
  const channels = Array.from({ length: a.length }, (_, i) => i);
  if (channels.length <= most) return channels;
  const weight = (i: number) => Math.abs(a[i]! - b[i]!);
  return channels
    .sort((i, j) => weight(j) - weight(i))
    .slice(0, most)
    .sort((i, j) => i - j);
}

/** The digits of a token in a mixed base, first channel first: FSQ's levels, or LFQ's bits as levels of 2. */
export function tokenDigits(token: number, levels: readonly number[]): number[] {
  let rest = token;
  return levels.map((count) => {
    const digit = rest % count;
    rest = (rest - digit) / count;
    return digit;
  });
}
