import { amountRamp, ramp } from '../../core/colour.ts';
import type { TokenPalette } from '../token-colours.ts';

/** How often the token occurs in this picture, logarithmic: the most frequent one is strongest. */
export default {
  order: 2,
  colours: ({ grid, counts, dark }) => {
    const most = Math.log2(1 + counts.reduce((a, b) => Math.max(a, b), 1));
    const stops = amountRamp[dark ? 'dark' : 'light'];
    return (cell) => ramp(stops, Math.log2(1 + counts[grid.tokens[cell]!]!) / most);
  },
} satisfies TokenPalette;
