import type { PixelLayout } from '../../core/manifest.ts';
import { pixelDims, toGraphPixels } from '../pixel-layout.ts';
import { drawCard } from './card.ts';
import type { Feed } from './measure.ts';

/** How large a measurement is. */
export interface Probe {
  readonly frames: number;
  readonly height: number;
  readonly width: number;
}

/** Not square, so that rows and columns cannot be mistaken for each other; then what fixed networks usually take. */
const SIDES: readonly (readonly [number, number])[] = [
  [64, 96],
  [128, 192],
  [256, 256],
  [32, 32],
  [224, 224],
  [512, 512],
];
/** Clips are heavier: smaller ones first. */
const CLIP_SIDES: readonly (readonly [number, number])[] = [[32, 48], ...SIDES];
/** 1 + 4n, 1 + 8n, 4n, 8n … */
const FRAMES = [17, 16, 9, 8, 4, 1];
const MOST_PROBES = 14;

/** Sizes to try, the likeliest first; sizes that the file fixes are kept. `side` is what the visitor says. */
export function probesFor(layout: PixelLayout, dims: readonly (number | string)[], side?: number): Probe[] {
  const fixed = (axis: string) => {
    const size = dims[layout.indexOf(axis)];
    return typeof size === 'number' ? size : undefined;
  };
  const [height, width, frames] = [fixed('H'), fixed('W'), fixed('T')];
  const sides = [...(side ? [[side, side] as const] : []), ...(layout.includes('T') ? CLIP_SIDES : SIDES)].map(
    ([h, w]) => [height ?? h, width ?? w] as const,
  );
  const counts = layout.includes('T') ? (frames === undefined ? FRAMES : [frames]) : [1];
  const all = sides.flatMap(([h, w], i) =>
    counts.slice(0, i === 0 ? counts.length : 2).map((t) => ({ frames: t, height: h, width: w })),
  );
  const seen = new Set<string>();
  return all.filter((probe) => !seen.has(JSON.stringify(probe)) && seen.add(JSON.stringify(probe))).slice(0, MOST_PROBES);
}

export type ProbeRange = readonly [number, number];

/** The card as a graph's input array. */
export function cardFeed(name: string, layout: PixelLayout, { frames, height, width }: Probe, range: ProbeRange): Feed {
  const pictures = Array.from({ length: frames }, (_, i) => drawCard(height, width, i));
  const values = toGraphPixels(pictures, layout, { range, outputRange: range });
  return { name, type: 'float32', dims: pixelDims(layout, { frames, height, width }), values };
}
