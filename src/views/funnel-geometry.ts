/** The slabs of an encoder from left to right, of a decoder from right to left: the large end first. */
export interface Funnel {
  readonly slabs: readonly { readonly x: number; readonly wide: number; readonly tall: number }[];
}

/** One slab for every halving, as the networks have it: ÷ 8 is four slabs of heights 1, ½, ¼, ⅛. At most seven. */
export function funnelIn(width: number, picture: number, reduction: number, mirrored: boolean): Funnel {
  const count = Math.max(2, Math.min(7, Math.round(Math.log2(Math.max(1, reduction))) + 1));
  const slabs = Array.from({ length: count }, (_, i) => {
    const share = i / (count - 1);
    // Later slabs have more channels: thicker, and closer together.
    const x = 6 + (width - 14) * (share < 1 ? share * (1.1 - 0.1 * share) : 1);
    return {
      x: mirrored ? width - x : x,
      wide: 3 + 9 * share ** 1.4,
      tall: Math.max(2, picture * 0.86 * Math.max(1 / Math.max(1, reduction), reduction ** -share)),
    };
  });
  return { slabs };
}
