import { oklab } from '../../core/colour.ts';
import type { TokenPalette } from '../token-colours.ts';

/** Leading bits of the token set the lightness, the middle ones green to ochre, the last ones blue to yellow. */
export default {
  order: 4,
  colours: ({ grid, counts }) => {
    const bits = Math.max(1, Math.ceil(Math.log2(counts.length)));
    const first = Math.ceil(bits / 3);
    const second = Math.ceil((bits - first) / 2);
    const third = bits - first - second;
    const part = (token: number, from: number, count: number) =>
      count > 0 ? ((token >>> from) & (2 ** count - 1)) / Math.max(1, 2 ** count - 1) : 0.5;
    return (cell) => {
      const token = grid.tokens[cell]!;
      // Greens and ochres only on the first axis: the accent's hue stays free.
      const a = -0.12 + 0.16 * part(token, third, second);
      return oklab(0.4 + 0.5 * part(token, third + second, first), a, -0.12 + 0.24 * part(token, 0, third));
    };
  },
} satisfies TokenPalette;
