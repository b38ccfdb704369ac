import { amountRamp, ramp } from '../../core/colour.ts';
import type { TokenPalette } from '../token-colours.ts';

/** How far the latent vector lies from its entry, from the nearest to the 98th percentile of this picture. */
export default {
  order: 3,
  colours: ({ nearest, dark }) => {
    if (!nearest) return undefined;
    const { distances, count } = nearest;
    const sorted = distances.filter((_, i) => i % count === 0).sort();
    const least = sorted[0] ?? 0;
    const range = (sorted[Math.floor((sorted.length - 1) * 0.98)] ?? 0) - least || 1;
    const stops = amountRamp[dark ? 'dark' : 'light'];
    return (cell) => ramp(stops, Math.sqrt(Math.max(0, distances[cell * count]! - least) / range));
  },
} satisfies TokenPalette;
