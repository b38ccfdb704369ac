import { mix, parseColour } from '../core/colour.ts';
import type { Picture } from '../core/picture.ts';
import { cellCount, type Latents } from '../core/token-grid.ts';
import { rasterPicture } from '../ui/bitmap.ts';
import type { ThemeColours } from '../ui/theme.ts';

const maps = new WeakMap<Latents, Map<string, Picture>>();

/**
 * One channel of the latents as a picture of one pixel a cell (plane t = 0): the median is paper, blue below, ochre
 * above, both tails clipped at the 98th percentile of the channel.
 */
export function latentMap(latents: Latents, channel: number, colours: ThemeColours): Picture {
  const known = maps.get(latents) ?? new Map<string, Picture>();
  maps.set(latents, known);
  const key = `${channel} ${colours.dark}`;
  let map = known.get(key);
  if (!map) {
    map = drawMap(latents, channel, colours);
    known.set(key, map);
  }
  return map;
}

function drawMap({ data, shape }: Latents, channel: number, colours: ThemeColours): Picture {
  const cells = cellCount(shape);
  const values = data.subarray(channel * cells, channel * cells + shape.h * shape.w);
  const { middle, reach } = spreadOf(values);
  const [paper, negative, positive] = [colours.paper, colours.negative, colours.positive].map(parseColour);
  return rasterPicture(shape.w, shape.h, (i) => {
    const value = Math.max(-1, Math.min(1, (values[i]! - middle) / reach));
    return mix(paper!, value < 0 ? negative! : positive!, Math.abs(value) ** 0.8);
  });
}

/** The median, and the larger distance from it to the 2nd and the 98th percentile. */
export function spreadOf(values: Float32Array): { middle: number; reach: number } {
  const sorted = values.slice().sort();
  const at = (share: number) => sorted[Math.round((sorted.length - 1) * share)] ?? 0;
  const middle = at(0.5);
  return { middle, reach: Math.max(at(0.98) - middle, middle - at(0.02)) || 1 };
}
