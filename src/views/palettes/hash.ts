import { hashColour } from '../../core/colour.ts';
import type { TokenPalette } from '../token-colours.ts';

/** The same token or another, nothing more. */
export default {
  order: 1,
  colours: ({ grid }) => {
    const known = new Map<number, number>();
    return (cell) => {
      const token = grid.tokens[cell]!;
      let colour = known.get(token);
      if (colour === undefined) {
        colour = hashColour(token);
        known.set(token, colour);
      }
      return colour;
    };
  },
} satisfies TokenPalette;
