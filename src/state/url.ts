import type { ClipWindow } from '../core/clip.ts';
import type { Blend } from '../core/clip-plan.ts';
import type { Framing, Rect } from '../core/framing.ts';
import type { Cell } from '../core/token-grid.ts';
import { chosenWindow, USUAL_SIDE } from './clip-window.ts';
import { tokenAt } from './selection.ts';
import { type CompareMode, type EntryOrder, initialState, type Palette, type Place, type State } from './store.ts';

/** What a link can hold. */
export interface LinkState {
  place: Place;
  /** Ids of the open models, the active one first. */
  models: readonly string[];
  sample: string;
  palette: Palette;
  cell: Cell;
  /** Only when it is not the token of the cell. */
  entry: number;
  language: State['language'];
  theme: State['theme'];
  quantizerOpen: boolean;
  fit: Framing['fit'];
  crop: Rect;
  size: { readonly height: number; readonly width: number };
  background: Framing['background'];
  managed: boolean;
  compareMode: CompareMode;
  zoom: number;
  at: { readonly x: number; readonly y: number };
  order: EntryOrder;
  usageOf: State['codebook']['usageOf'];
  /** Of a clip: the piece that is used, the playhead, and how windows are put together. */
  piece: ClipWindow;
  frame: number;
  overlap: number;
  blend: Blend;
}

interface Field<T> {
  readonly name: string;
  /** undefined for text that means nothing here: the link's other parts still count. */
  read(text: string): T | undefined;
  /** undefined when the state is as it is without a link. */
  write(state: State): T | undefined;
  print(value: T): string;
}

function oneOf<T extends string>(name: string, values: readonly T[], write: (state: State) => T | undefined): Field<T> {
  return { name, read: (text) => values.find((value) => value === text), write, print: String };
}

function numbers(text: string, count: number, separator: RegExp = /[,x]/): number[] | undefined {
  const parts = text.split(separator).map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return parts.length === count && parts.every(Number.isFinite) ? parts : undefined;
}

const round = (value: number) => Math.round(value * 1e4) / 1e4;
const changed = <T>(value: T, usual: T): T | undefined => (value === usual ? undefined : value);
const flag = (name: string, write: (state: State) => boolean): Field<boolean> => ({
  name,
  read: (text) => (text === '1' ? true : undefined),
  write: (state) => write(state) || undefined,
  print: () => '1',
});

function whole(name: string, write: (state: State) => number | undefined): Field<number> {
  return { name, read: (text) => (/^\d{1,6}$/.test(text) ? Number(text) : undefined), write, print: String };
}

/** Every part of a link, by the key it has in LinkState. */
const fields: { readonly [K in keyof LinkState]: Field<LinkState[K]> } = {
  place: oneOf('place', ['pipeline', 'compare', 'codebook', 'clip'], (state) => changed(state.place, initialState.place)),
  models: {
    name: 'model',
    read: (text) => text.split(',').filter((id) => /^[\w.-]{1,64}$/.test(id)),
    write: ({ slots }) => slots.map((slot) => slot.manifest.id),
    print: (ids) => ids.join(','),
  },
  sample: {
    name: 'sample',
    read: (text) => (/^[\w-]{1,64}$/.test(text) ? text : undefined),
    write: ({ source }) => source?.sample,
    print: String,
  },
  palette: oneOf('palette', ['geometry', 'hash', 'usage', 'distance', 'bits'], ({ palette }) =>
    changed(palette, initialState.palette),
  ),
  cell: {
    name: 'cell',
    read(text) {
      const [row, column, t = 0] = numbers(text, 2) ?? numbers(text, 3) ?? [-1, -1];
      return row! >= 0 && column! >= 0 && t >= 0 ? { t, row: row!, column: column! } : undefined;
    },
    write: ({ selection: { cell } }) => {
      const usual = initialState.selection.cell;
      return cell.row === usual.row && cell.column === usual.column && cell.t === usual.t ? undefined : cell;
    },
    print: ({ row, column, t }) => (t > 0 ? [row, column, t] : [row, column]).join(','),
  },
  entry: {
    name: 'entry',
    read: (text) => (/^\d{1,8}$/.test(text) ? Number(text) : undefined),
    write: ({ selection: { cell, entry }, slots }) => {
      const grid = slots[0]?.result?.grid;
      return entry === undefined || !grid || tokenAt(grid, cell) === entry ? undefined : entry;
    },
    print: String,
  },
  language: oneOf('lang', ['en', 'zh'], (state) => state.language),
  theme: oneOf('theme', ['light', 'dark'], (state) => state.theme),
  quantizerOpen: flag('quantizer', (state) => state.quantizerOpen),
  fit: oneOf('fit', ['fill', 'fit', 'stretch', 'crop'], ({ framing }) => changed(framing.fit, initialState.framing.fit)),
  crop: {
    name: 'crop',
    read(text) {
      const [x, y, width, height] = numbers(text, 4) ?? [0, 0, 0, 0];
      const inside = width! > 0 && height! > 0 && x! >= 0 && y! >= 0 && x! + width! <= 1.0001 && y! + height! <= 1.0001;
      return inside ? { x: x!, y: y!, width: width!, height: height! } : undefined;
    },
    write: ({ framing }) => (framing.fit === 'crop' ? framing.crop : undefined),
    print: ({ x, y, width, height }) => [x, y, width, height].map(round).join(','),
  },
  size: {
    name: 'size',
    read(text) {
      const [height, width] = numbers(text, 2) ?? [0, 0];
      const valid = [height!, width!].every((side) => Number.isInteger(side) && side >= 8 && side <= 4096);
      return valid ? { height: height!, width: width! } : undefined;
    },
    write: ({ framing: { height, width }, source }) => {
      const usual = source?.clip ? USUAL_SIDE : initialState.framing.height;
      return height === usual && width === usual ? undefined : { height, width };
    },
    print: ({ height, width }) => `${height}x${width}`,
  },
  background: {
    name: 'background',
    read(text) {
      const value = /^[0-9a-f]{6}$/i.test(text) ? Number.parseInt(text, 16) : undefined;
      return value === undefined ? undefined : [value >> 16, (value >> 8) & 255, value & 255];
    },
    write: ({ framing: { background } }) => (background.every((channel) => channel === 255) ? undefined : background),
    print: (channels) => channels.map((channel) => channel.toString(16).padStart(2, '0')).join(''),
  },
  managed: flag('managed', (state) => state.colourManaged),
  compareMode: oneOf('compare', ['side', 'split', 'blink', 'difference'], ({ compare }) =>
    changed(compare.mode, initialState.compare.mode),
  ),
  zoom: {
    name: 'zoom',
    read(text) {
      const [zoom] = numbers(text, 1) ?? [];
      return zoom !== undefined && zoom >= 0 && zoom <= 64 ? zoom : undefined;
    },
    write: ({ compare }) => changed(compare.zoom, 0),
    print: (zoom) => String(round(zoom)),
  },
  at: {
    name: 'at',
    read(text) {
      const [x, y] = numbers(text, 2) ?? [-1, -1];
      return [x!, y!].every((part) => part >= 0 && part <= 1) ? { x: x!, y: y! } : undefined;
    },
    write: ({ compare: { zoom, x, y } }) => (zoom > 0 ? { x, y } : undefined),
    print: ({ x, y }) => `${round(x)},${round(y)}`,
  },
  order: oneOf('order', ['index', 'usage', 'brightness', 'hue', 'similarity', 'map'], ({ codebook }) =>
    changed(codebook.order, initialState.codebook.order),
  ),
  usageOf: oneOf('usage', ['picture', 'visit'], ({ codebook }) => changed(codebook.usageOf, initialState.codebook.usageOf)),
  piece: {
    name: 'piece',
    read(text) {
      const [start, duration, rate] = numbers(text, 3) ?? [-1, 0, 0];
      const valid = start! >= 0 && duration! > 0 && rate! > 0 && rate! <= 1000;
      return valid ? { start: start!, duration: duration!, rate: rate! } : undefined;
    },
    write(state) {
      const { source, piece } = state;
      // What a link asked for stays in it until its clip is open.
      if (piece) return piece.window;
      return source?.clip && source.kind !== 'camera' ? chosenWindow(source.clip, state) : undefined;
    },
    print: ({ start, duration, rate }) => [start, duration, rate].map((value) => Math.round(value * 1e6) / 1e6).join(','),
  },
  frame: whole('frame', ({ playhead }) => changed(playhead, initialState.playhead)),
  overlap: whole('overlap', ({ clip }) => changed(clip.overlap, initialState.clip.overlap)),
  blend: oneOf('blend', ['fade', 'cut'], ({ clip }) => changed(clip.blend, initialState.clip.blend)),
};

/** What a link asks for. Unknown keys and values that mean nothing are left out. */
export function readLink(search: string): Partial<LinkState> {
  const query = new URLSearchParams(search);
  const link: Partial<LinkState> = {};
  for (const key of Object.keys(fields) as (keyof LinkState)[]) readField(link, key, query);
  return link;
}

function readField<K extends keyof LinkState>(link: Partial<LinkState>, key: K, query: URLSearchParams): void {
  const text = query.get(fields[key].name);
  const value = text === null ? undefined : fields[key].read(text);
  if (value !== undefined) link[key] = value;
}

/**
 * The query of a link to this state, without `?`. Keys of `keep` that are not ours stay as they are (a host may need them).
 * Language and theme are in it only when chosen (`chosen`): else every visitor keeps their own.
 */
export function writeLink(state: State, keep: string, chosen: ReadonlySet<'language' | 'theme'>): string {
  const query = new URLSearchParams(keep);
  for (const key of Object.keys(fields) as (keyof LinkState)[]) {
    query.delete(fields[key].name);
    const text = (key === 'language' || key === 'theme') && !chosen.has(key) ? undefined : printField(key, state);
    if (text) query.set(fields[key].name, text);
  }
  return query.toString().replaceAll('%2C', ',');
}

function printField<K extends keyof LinkState>(key: K, state: State): string | undefined {
  const value = fields[key].write(state);
  return value === undefined ? undefined : fields[key].print(value);
}

/** The state a link asks for at the start; models, sample and the rest that must be opened are not in it. */
export function stateOfLink(link: Partial<LinkState>): Partial<State> {
  const { framing, selection, compare, codebook, clip, playhead } = initialState;
  return {
    ...pick(link, ['place', 'palette', 'language', 'theme', 'quantizerOpen']),
    ...(link.managed ? { colourManaged: true } : {}),
    framing: { ...framing, ...pick(link, ['fit', 'crop', 'background']), ...link.size },
    selection: { cell: link.cell ?? selection.cell, entry: link.entry },
    compare: { ...compare, ...(link.compareMode ? { mode: link.compareMode } : {}), ...pick(link, ['zoom']), ...link.at },
    codebook: { ...codebook, ...pick(link, ['order', 'usageOf']) },
    clip: { ...clip, ...pick(link, ['overlap', 'blend']) },
    playhead: link.frame ?? playhead,
    ...(link.piece ? { piece: { sample: link.sample, window: link.piece } } : {}),
  };
}

function pick<T, K extends keyof T>(from: T, keys: readonly K[]): Pick<T, K> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]])) as Pick<T, K>;
}
