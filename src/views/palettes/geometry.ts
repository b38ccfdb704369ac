import type { TokenPalette } from '../token-colours.ts';

/** Entries close together in the codebook have similar colours. */
export default {
  order: 0,
  colours: ({ grid, entries }) => entries && ((cell) => entries[grid.tokens[cell]!]!),
} satisfies TokenPalette;
