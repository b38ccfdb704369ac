import { cssColour, mix, parseColour } from '../core/colour.ts';
import type { Rect } from '../core/framing.ts';
import type { EntryPictures } from '../state/store.ts';
import type { ThemeColours } from '../ui/theme.ts';
import { centreOf, type EntryLayout } from './codebook-layout.ts';
import { drawEntryPicture } from './codebook-pictures.ts';
import { entryShare } from './codebook-usage.ts';

/** Everything that decides how the codebook looks, besides the pictures that arrive one by one. Never changed in place. */
export interface Board {
  readonly layout: EntryLayout;
  readonly order: Uint32Array;
  readonly places: Uint32Array;
  readonly colours: Uint32Array;
  /** Occurrences that set the size. */
  readonly counts: Uint32Array;
  /** Occurrences that are drawn full size. */
  readonly full: number;
  /** 1 for entries never seen although enough was; undefined while that cannot be said. */
  readonly dead: Uint8Array | undefined;
}

/** Which part of the world (in places) a panel shows, and how large a place is there in CSS pixels. */
export interface BoardView {
  readonly rect: Rect;
  readonly scale: number;
}

/** Side of an entry's square on screen. */
export function glyphSize({ layout, counts, full }: Board, entry: number, scale: number): number {
  const share = entryShare(counts[entry]!, full);
  if (!layout.positions) return Math.max(1, scale > 4 ? (scale - 1) * share : scale * share);
  return Math.min(72, Math.max(4, scale * 0.6)) * share;
}

/** Draws one entry: its picture or colour, as large as it is used; a cross when it is dead. */
export function drawGlyph(
  context: CanvasRenderingContext2D,
  board: Board,
  pictures: EntryPictures | undefined,
  theme: ThemeColours,
  { rect, scale }: BoardView,
  entry: number,
): void {
  const centre = centreOf(board.layout, entry, board.places[entry]!);
  const x = rect.x + centre.x * scale;
  const y = rect.y + centre.y * scale;
  if (board.dead?.[entry]) {
    drawCross(context, theme, x, y, Math.min(4, scale * 0.22));
    return;
  }
  const size = glyphSize(board, entry, scale);
  const used = board.counts[entry]! > 0;
  const left = x - size / 2;
  const top = y - size / 2;
  // Large enough to see something in it, an unused entry shows its picture too.
  const large = size >= 12;
  context.globalAlpha = used ? 1 : large ? 0.75 : 0.55;
  context.imageSmoothingEnabled = size > 16;
  if (!(used || large) || !drawEntryPicture(context, pictures, entry, left, top, size)) {
    context.fillStyle = cssColour(board.colours[entry]!);
    context.fillRect(left, top, size, size);
  }
  if (scale >= 8) {
    context.strokeStyle = theme.dark ? 'rgb(255 255 255 / 0.22)' : 'rgb(0 0 0 / 0.16)';
    context.lineWidth = 0.5;
    context.strokeRect(left, top, size, size);
  }
  context.globalAlpha = 1;
}

function drawCross(context: CanvasRenderingContext2D, theme: ThemeColours, x: number, y: number, arm: number): void {
  context.strokeStyle = theme.ink3;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x - arm, y - arm);
  context.lineTo(x + arm, y + arm);
  context.moveTo(x + arm, y - arm);
  context.lineTo(x - arm, y + arm);
  context.stroke();
}

type Tones = Pick<Board, 'colours' | 'counts' | 'dead'> & { readonly theme: ThemeColours; readonly words: Uint32Array };

/** One order after the other shows the same entries: their words are made once. */
let tones: Tones | undefined;

/** How an entry looks where it has a pixel or two, as a word of pixels: paler when unused, all but gone when dead. */
function farWords({ colours, counts, dead }: Board, theme: ThemeColours): Uint32Array {
  if (tones?.colours === colours && tones.counts === counts && tones.dead === dead && tones.theme === theme) return tones.words;
  const paper = parseColour(theme.paper);
  const words = new Uint32Array(colours.length);
  for (let entry = 0; entry < words.length; entry++) {
    const colour = colours[entry]!;
    words[entry] = opaque(counts[entry]! > 0 ? colour : mix(colour, paper, dead?.[entry] ? 0.9 : 0.62));
  }
  tones = { colours, counts, dead, theme, words };
  return words;
}

interface Far {
  readonly theme: ThemeColours;
  readonly words: Uint32Array;
  raster: HTMLCanvasElement | undefined;
}

const farOf = new WeakMap<Board, Far>();

function far(board: Board, theme: ThemeColours): Far {
  let known = farOf.get(board);
  if (known?.theme !== theme) {
    known = { theme, words: farWords(board, theme), raster: undefined };
    farOf.set(board, known);
  }
  return known;
}

/** The whole board from far away: one pixel for each place, scaled, whatever the size of the codebook. */
export function drawRowsFar(context: CanvasRenderingContext2D, board: Board, theme: ThemeColours, { rect }: BoardView): void {
  const known = far(board, theme);
  known.raster ??= rasterOf(board, known.words);
  context.imageSmoothingEnabled = rect.width < known.raster.width * devicePixelRatio;
  context.drawImage(known.raster, rect.x, rect.y, rect.width, rect.height);
}

function rasterOf({ layout, order }: Board, far: Uint32Array): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = layout.columns;
  canvas.height = layout.columns;
  const image = new ImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  for (let place = 0; place < order.length; place++) words[place] = far[order[place]!]!;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

/** Points of the map from far away, straight into pixels: used ones above all others. */
export function drawMapFar(
  context: CanvasRenderingContext2D,
  board: Board,
  theme: ThemeColours,
  { rect, scale }: BoardView,
  ratio: number,
): void {
  const { width, height } = context.canvas;
  const { words } = far(board, theme);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const unit = scale * ratio;
  const place = { left: rect.x * ratio, top: rect.y * ratio, unit, width, height };
  const side = (share: number) => Math.max(1, Math.round(share * Math.max(ratio, unit * 0.5)));
  putPoints(pixels, board, words, side(0.7), place);
  putPoints(pixels, board, words, side(1.2), place, usedEntries(board.counts));
  context.putImageData(image, 0, 0);
}
function usedEntries(counts: Uint32Array): Uint32Array {
  const used: number[] = [];
  for (let entry = 0; entry < counts.length; entry++) if (counts[entry]! > 0) used.push(entry);
  return Uint32Array.from(used);
}

/** Pixels of the canvas: its size, where the map begins, and how long a unit of the map is. */
interface MapPlace {
  readonly left: number;
  readonly top: number;
  readonly unit: number;
  readonly width: number;
  readonly height: number;
}

/** Squares of `side` pixels for all entries, or for `some`. */
function putPoints(
  pixels: Uint32Array,
  { layout: { positions } }: Board,
  words: Uint32Array,
  side: number,
  { left, top, unit, width, height }: MapPlace,
  some?: Uint32Array,
): void {
  if (!positions) return;
  const count = some ? some.length : words.length;
  for (let i = 0; i < count; i++) {
    const entry = some ? some[i]! : i;
    const x = (left + positions[entry * 2]! * unit - side / 2) | 0;
    const y = (top + positions[entry * 2 + 1]! * unit - side / 2) | 0;
    if (x < 0 || y < 0 || x + side > width || y + side > height) continue;
    const word = words[entry]!;
    for (let row = y * width + x, end = row + side * width; row < end; row += width) {
      for (let column = row; column < row + side; column++) pixels[column] = word;
    }
  }
}

/** 0xRRGGBB as the word of an opaque RGBA pixel in little-endian memory. */
function opaque(colour: number): number {
  return (0xff000000 | ((colour & 255) << 16) | (colour & 0xff00) | (colour >> 16)) >>> 0;
}
