import type { EntryPictures } from '../state/store.ts';

/** Where every entry stands on the board: light ones above, dark ones below, each row from cold to warm. */
export interface Board {
  readonly columns: number;
  readonly rows: number;
  /** Entry at each place, row by row. */
  readonly entries: Int32Array;
  /** Place of each entry. */
  readonly places: Int32Array;
}

/** Few entries are drawn as near to squares as the board allows; many stand in a square of rows and columns. */
export function boardColumns(size: number, aspect: number): number {
  return Math.max(1, size <= 256 ? Math.round(Math.sqrt(size * aspect)) : Math.ceil(Math.sqrt(size)));
}

/** Sorted by counting, so that 262,144 entries take milliseconds. `colours` is one 0xRRGGBB for each entry. */
export function arrangeBoard(colours: Uint32Array, aspect: number): Board {
  const size = colours.length;
  const columns = boardColumns(size, aspect);
  const all = Int32Array.from({ length: size }, (_, entry) => entry);
  const byLight = countingSort(all, 4096, (entry) => 4095 - Math.floor(lightness(colours[entry]!) * 16));
  const entries = new Int32Array(size);
  for (let from = 0; from < size; from += columns) {
    const row = byLight.subarray(from, Math.min(size, from + columns));
    entries.set(
      countingSort(row, 512, (entry) => warmth(colours[entry]!) + 255),
      from,
    );
  }
  const places = new Int32Array(size);
  entries.forEach((entry, place) => {
    places[entry] = place;
  });
  return { columns, rows: Math.ceil(size / columns), entries, places };
}

function countingSort(items: Int32Array, keys: number, key: (item: number) => number): Int32Array {
  const starts = new Int32Array(keys + 1);
  for (const item of items) starts[key(item) + 1]!++;
  for (let i = 0; i < keys; i++) starts[i + 1]! += starts[i]!;
  const sorted = new Int32Array(items.length);
  for (const item of items) sorted[starts[key(item)]!++] = item;
  return sorted;
}

/** 0 to 255 (BT.601). */
function lightness(colour: number): number {
  return (colour >> 16) * 0.299 + ((colour >> 8) & 255) * 0.587 + (colour & 255) * 0.114;
}

function warmth(colour: number): number {
  return (colour >> 16) - (colour & 255);
}

/** Mean colour of every entry's picture; undefined while pictures are missing. */
export function meanColours({ side, data, known }: EntryPictures): Uint32Array | undefined {
  if (known.includes(0)) return undefined;
  const area = side * side;
  return Uint32Array.from(known, (_, entry) => {
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let o = entry * area * 4; o < (entry + 1) * area * 4; o += 4) {
      red += data[o]!;
      green += data[o + 1]!;
      blue += data[o + 2]!;
    }
    return (Math.round(red / area) << 16) | (Math.round(green / area) << 8) | Math.round(blue / area);
  });
}
