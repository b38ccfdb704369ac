import { frameRuleOf, planesOfFrames } from '../core/clip-plan.ts';
import type { Model } from './model.ts';
import { fromGraphPixels, pixelSize } from './pixel-layout.ts';

/** Cells around the one that is cut out. */
const AROUND = 1;
/** Pixels decoded in one run, at most: a person waiting for something else waits no longer than a quarter of an ordinary decode. */
const PIXELS_PER_RUN = 16_384;

/** How a model's entries are drawn: each on a flat grid of `cells` × `cells` of itself, `perRun` of them in one run. */
export interface DrawPlan {
  readonly cells: number;
  /** Planes of that grid, all alike; the middle frame of what they give is drawn. */
  readonly planes: number;
  /** Pixels on a side of a cell. */
  readonly side: number;
  readonly perRun: number;
}

export function planDrawing({ manifest, decoder }: Model): DrawPlan {
  const { size } = manifest;
  const cellsOf = (pixels: number) => Math.ceil(pixels / size.reduction);
  const step = cellsOf(size.multipleOf);
  const least = Math.max(1 + 2 * AROUND, cellsOf(size.minimum ?? 0));
  const cells = size.fixed && size.preferred ? cellsOf(size.preferred[0]) : Math.ceil(least / step) * step;
  // Frames as a batch share their temporal layers, so only a real batch axis will do.
  const batched = typeof decoder.inputShape[0] === 'string' && manifest.medium === 'image';
  const rule = frameRuleOf(manifest);
  const planes = rule.rule === 'grouped' ? planesOfFrames(rule, rule.window) : 1;
  const perRun = Math.max(1, Math.floor(PIXELS_PER_RUN / (cells * size.reduction) ** 2));
  return { cells, planes, side: size.reduction, perRun: batched ? perRun : 1 };
}

/** The middle cells of `entries` drawn alone, RGBA one after another: one run of the decoder. */
export async function drawRun(model: Model, entries: Int32Array, { cells, planes, side }: DrawPlan): Promise<Uint8ClampedArray> {
  const area = planes * cells * cells;
  const tokens = Int32Array.from({ length: entries.length * area }, (_, i) => entries[Math.floor(i / area)]!);
  const { values, dims } = await model.decodeArray(tokens, { t: planes, h: cells, w: cells }, entries.length);
  const { decoder } = model.manifest.graphs;
  const size = pixelSize(decoder.layout, dims);
  const drawn = new Uint8ClampedArray(entries.length * side * side * 4);
  const corner = Math.floor(cells / 2) * side;
  for (let i = 0; i < entries.length; i++) {
    const frame = entries.length > 1 ? i : Math.floor(size.frames / 2);
    const { data } = fromGraphPixels(values, decoder, model.manifest.pixels, size, frame);
    for (let row = 0; row < side; row++) {
      const from = ((corner + row) * size.width + corner) * 4;
      drawn.set(data.subarray(from, from + side * 4), (i * side + row) * side * 4);
    }
  }
  return drawn;
}
