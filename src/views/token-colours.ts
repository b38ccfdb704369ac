import { geometryColours, hashColour } from '../core/colour.ts';
import type { Picture } from '../core/picture.ts';
import { shelf } from '../core/shelf.ts';
import type { TokenGrid } from '../core/token-grid.ts';
import type { Palette, Result, Slot } from '../state/store.ts';
import { rasterPicture } from '../ui/bitmap.ts';

/** What a file in `palettes/` exports by default; its file name is the palette's name. */
export interface TokenPalette {
  /** Place in lists. */
  readonly order: number;
  /** Colour 0xRRGGBB of each cell; undefined where what it needs is not known. */
  colours(known: TokenFacts): ((cell: number) => number) | undefined;
}

interface TokenFacts {
  readonly grid: TokenGrid;
  readonly counts: Uint32Array;
  readonly nearest: Result['nearest'];
  /** One colour for each entry, from the codebook's geometry. */
  readonly entries: Uint32Array | undefined;
  readonly dark: boolean;
}

const palettes = shelf<TokenPalette>(import.meta.glob('./palettes/*.ts', { eager: true, import: 'default' }));

export const paletteNames = Object.keys(palettes).sort((a, b) => palettes[a]!.order - palettes[b]!.order) as Palette[];

const entryColoursOf = new WeakMap<Float32Array, Uint32Array>();

/** One colour for each entry, from the principal components of the codebook; undefined before they are known. */
export function entryColours({ geometry }: Slot): Uint32Array | undefined {
  if (!geometry) return undefined;
  let colours = entryColoursOf.get(geometry);
  if (!colours) {
    colours = geometryColours(geometry);
    entryColoursOf.set(geometry, colours);
  }
  return colours;
}

/** Whether the palette can be shown for this result. */
export function paletteWorks(palette: Palette, slot: Slot, result: Result): boolean {
  return palette === 'distance' ? !!result.nearest : palette !== 'geometry' || !!slot.geometry;
}

/**
 * The token grid as a picture of one pixel for each cell of plane `t`. A palette that lacks what it needs falls back on
 * geometry, then on the hash of the index.
 */
export function tokenPicture(
  slot: Slot,
  result: Pick<Result, 'grid' | 'counts' | 'nearest'>,
  palette: Palette,
  dark: boolean,
  t = 0,
): Picture {
  const { grid, counts, nearest } = result;
  const known = { grid, counts, nearest, entries: entryColours(slot), dark };
  const colour =
    palettes[palette]?.colours(known) ?? palettes.geometry?.colours(known) ?? ((cell: number) => hashColour(grid.tokens[cell]!));
  const { w, h } = grid.shape;
  return rasterPicture(w, h, (i) => colour(t * w * h + i));
}
