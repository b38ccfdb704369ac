import type { EntryOrder } from '../state/store.ts';

/** What entries can be ordered by. Arrays have one value (or three) for each entry. */
export interface EntryFacts {
  readonly size: number;
  readonly counts: ArrayLike<number>;
  /** 0xRRGGBB. */
  readonly colours: ArrayLike<number>;
  /** K × 3 in [0, 1]; undefined where no vectors are known. */
  readonly geometry: Float32Array | undefined;
}

/** Gives a whole number in [0, 2 ^ 32) for an entry. */
type Key = (entry: number) => number;

/**
 * All entries in the chosen order. Brightness and hue fill rows of `columns`: what is ordered goes down, and within a
 * row the other property goes right. Similarity walks a Hilbert curve through the first three principal components,
 * so that neighbours in the order are neighbours in the codebook.
 */
export function orderEntries(order: EntryOrder, { size, counts, colours, geometry }: EntryFacts, columns: number): Uint32Array {
  const all = countUp(size);
  const lightness = (entry: number) => 255_000 - Math.round(brightness(colours[entry]!) * 1000);
  switch (order) {
    case 'usage':
      return sortBy(all, (entry) => 0xffffffff - counts[entry]!);
    case 'brightness':
      return sortRows(sortBy(all, lightness), columns, (entry) => warmth(colours[entry]!) + 255);
    case 'hue':
      return sortRows(
        sortBy(all, (entry) => hueRank(colours[entry]!)),
        columns,
        lightness,
      );
    case 'similarity':
      return geometry ? sortBy(all, (entry) => hilbertRank(geometry, entry)) : all;
    default:
      return all;
  }
}

/** Where each entry stands in an order. */
export function placesIn(order: Uint32Array): Uint32Array {
  const places = new Uint32Array(order.length);
  for (let place = 0; place < order.length; place++) places[order[place]!] = place;
  return places;
}

/** Plain loops: `Uint32Array.from` with a function takes ten times as long, which a large codebook shows. */
function countUp(size: number): Uint32Array {
  const entries = new Uint32Array(size);
  for (let entry = 0; entry < size; entry++) entries[entry] = entry;
  return entries;
}

/** Entries by ascending key; equal keys keep their order. */
function sortBy(entries: Uint32Array, key: Key): Uint32Array {
  const keys = new Uint32Array(entries.length);
  for (let i = 0; i < keys.length; i++) keys[i] = key(entries[i]!);
  return radixSort(entries, keys);
}

/** Orders every row by a key under 2 ^ `KEY_BITS`: the row in front of the key makes it one sort for all rows. */
function sortRows(order: Uint32Array, columns: number, key: Key): Uint32Array {
  const keys = new Uint32Array(order.length);
  for (let place = 0; place < keys.length; place++) keys[place] = Math.floor(place / columns) * KEY_ROOM + key(order[place]!);
  return radixSort(order, keys);
}

/** Largest key within a row, and so many rows: 2 ^ 32 together. */
const KEY_ROOM = 2 ** 18;

const DIGIT = 11;

/** Least significant digit first, stable: a quarter of a million keys in a few milliseconds, where a comparison takes hundreds. */
function radixSort(values: Uint32Array, keys: Uint32Array): Uint32Array {
  const size = keys.length;
  let from = { values: values.slice(), keys: keys.slice() };
  let to = { values: new Uint32Array(size), keys: new Uint32Array(size) };
  const mask = (1 << DIGIT) - 1;
  let most = 0;
  for (let i = 0; i < size; i++) if (keys[i]! > most) most = keys[i]!;
  for (let shift = 0; shift < 32 && most >>> shift > 0; shift += DIGIT) {
    const places = new Uint32Array(mask + 2);
    for (let i = 0; i < size; i++) places[((from.keys[i]! >>> shift) & mask) + 1]!++;
    for (let digit = 0; digit <= mask; digit++) places[digit + 1]! += places[digit]!;
    for (let i = 0; i < size; i++) {
      const key = from.keys[i]!;
      const place = places[(key >>> shift) & mask]!++;
      to.keys[place] = key;
      to.values[place] = from.values[i]!;
    }
    [from, to] = [to, from];
  }
  return from.values;
}

/** Luma of BT.601, 0 to 255. */
export function brightness(colour: number): number {
  return 0.299 * (colour >> 16) + 0.587 * ((colour >> 8) & 255) + 0.114 * (colour & 255);
}

function warmth(colour: number): number {
  return (colour >> 16) - (colour & 255);
}

/** Hue in tenths of a degree; greys, whose hue means nothing, come after all hues, light before dark. */
function hueRank(colour: number): number {
  const red = colour >> 16;
  const green = (colour >> 8) & 255;
  const blue = colour & 255;
  const most = Math.max(red, green, blue);
  const chroma = most - Math.min(red, green, blue);
  if (chroma < 0.06 * 255) return 10_000 - most;
  const sector =
    most === red ? ((green - blue) / chroma + 6) % 6 : most === green ? (blue - red) / chroma + 2 : (red - green) / chroma + 4;
  return Math.round(sector * 600);
}

const BITS = 9;
const MOST = (1 << BITS) - 1;

/** A number of `BITS` bits with two places between one bit and the next. */
const SPREAD = new Uint32Array(1 << BITS);
for (let value = 1; value <= MOST; value++) SPREAD[value] = (SPREAD[value >> 1]! << 3) | (value & 1);

/** Position on a Hilbert curve of `BITS` bits an axis (Skilling 2004, "Programming the Hilbert curve"). */
function hilbertRank(geometry: Float32Array, entry: number): number {
  let x = levelOf(geometry[entry * 3]!);
  let y = levelOf(geometry[entry * 3 + 1]!);
  let z = levelOf(geometry[entry * 3 + 2]!);
  for (let bit = 1 << (BITS - 1); bit > 1; bit >>= 1) {
    const low = bit - 1;
    if (x & bit) x ^= low;
    if (y & bit) x ^= low;
    else {
      const swap = (x ^ y) & low;
      x ^= swap;
      y ^= swap;
    }
    if (z & bit) x ^= low;
    else {
      const swap = (x ^ z) & low;
      x ^= swap;
      z ^= swap;
    }
  }
  y ^= x;
  z ^= y;
  let flip = 0;
  for (let bit = 1 << (BITS - 1); bit > 1; bit >>= 1) if (z & bit) flip ^= bit - 1;
  return (SPREAD[x ^ flip]! << 2) | (SPREAD[y ^ flip]! << 1) | SPREAD[z ^ flip]!;
}

function levelOf(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * MOST);
}
