import { createStore } from 'zustand/vanilla';
import type { TokenscopeError } from '../core/errors.ts';
import { DEFAULT_FRAMING, type Framing } from '../core/framing.ts';
import type { Manifest } from '../core/manifest.ts';
import type { Measures } from '../core/metric.ts';
import type { Picture } from '../core/picture.ts';
import type { Cell, Latents, TokenGrid } from '../core/token-grid.ts';
import type { DeviceFacts, ModelId, Nearest, OpenModel, OpenProgress } from '../engine/protocol.ts';

export type Place = 'pipeline' | 'compare' | 'codebook';
export type Palette = 'geometry' | 'hash' | 'usage' | 'distance' | 'bits';
export type CompareMode = 'side' | 'split' | 'blink' | 'difference';
export type EntryOrder = 'index' | 'usage' | 'brightness' | 'hue' | 'similarity' | 'map';

/**
 * What is true now. Inputs are written by the verbs in `playground.ts`; results by `catch-up.ts`, each naming what it
 * was made of. Plain values only: no bitmaps, no GPU resources, nothing that needs closing.
 */
export interface State {
  // inputs: the view
  readonly place: Place;
  readonly language: 'en' | 'zh';
  readonly theme: 'light' | 'dark';
  readonly palette: Palette;
  readonly quantizerOpen: boolean;
  readonly compare: CompareView;
  readonly codebook: { readonly order: EntryOrder; readonly usageOf: 'picture' | 'visit' };

  // inputs: the matter
  /** Open models; the first is the active one, which Pipeline and Codebook show. Compare has one row for each. */
  readonly slots: readonly Slot[];
  readonly source: Source | undefined;
  readonly framing: Framing;
  /** Colour profiles applied (as the eye sees it) or ignored (as training code reads files; the default). */
  readonly colourManaged: boolean;
  readonly selection: Selection;
  readonly tray: Tray;

  // what is going on
  readonly device: DeviceFacts | undefined;
  readonly busy: 'idle' | 'opening-source' | 'encoding' | 'decoding' | 'measuring';
  readonly camera: { readonly running: boolean; readonly framesPerSecond: number };
  readonly error: TokenscopeError | undefined;
  /** Things worth telling that are no failures: reduced size, ignored profile … Keys of the texts with parameters. */
  readonly notices: readonly Notice[];
}

export interface CompareView {
  readonly mode: CompareMode;
  /** Where the split stands, 0 to 1. */
  readonly split: number;
  /** Screen pixels for one picture pixel; 0 = fit. Centre in fractions of the picture. */
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
  readonly smooth: boolean;
}

export interface Selection {
  /** A cell of the active model's grid. */
  readonly cell: Cell;
  /** The selected entry: the token of the cell, or one chosen in the codebook. undefined before there are tokens. */
  readonly entry: number | undefined;
}

export interface Source {
  readonly key: number;
  readonly name: string;
  readonly kind: 'sample' | 'file' | 'paste' | 'camera' | 'tokens' | 'url';
  /** Sample id, for the link. */
  readonly sample?: string;
  /** Size of the opened picture; absent for token files. */
  readonly height?: number;
  readonly width?: number;
  /** Tokens opened from a file or pasted; then there is no picture. */
  readonly grid?: TokenGrid;
}

export interface Slot {
  readonly key: number;
  readonly manifest: Manifest;
  readonly phase: 'recorded' | 'opening' | 'ready' | 'failed';
  readonly progress: OpenProgress | undefined;
  readonly model: OpenModel | undefined;
  readonly error: TokenscopeError | undefined;
  /** Entry vectors, K × D row by row, once known (also for recorded results). undefined for huge codebooks. */
  readonly codebook: Float32Array | undefined;
  /** K × 3 in [0, 1]: principal components of the entries, for token colours and the map. */
  readonly geometry: Float32Array | undefined;
  readonly entryPictures: EntryPictures | undefined;
  readonly result: Result | undefined;
  /** Tokens seen in this visit, by entry, over every picture run live. */
  readonly visit: { readonly counts: Uint32Array; readonly pictures: number };
}

/** Pictures of entries decoded alone, `side` pixels each, RGBA one after another; `known[e]` is 1 where drawn. */
export interface EntryPictures {
  readonly side: number;
  readonly data: Uint8ClampedArray<ArrayBuffer>;
  readonly known: Uint8Array;
}

export interface Result {
  /** From the files of the model, not from a run on this machine. */
  readonly recorded: boolean;
  readonly of: { readonly source: number; readonly framing: Framing; readonly model: ModelId | undefined };
  /** What the model saw; absent for token files. */
  readonly source: Picture | undefined;
  readonly grid: TokenGrid;
  readonly counts: Uint32Array;
  /** For a recorded result these are the quantized latents (entries of the tokens): see `recorded`. */
  readonly latents: Latents | undefined;
  readonly nearest: Nearest | undefined;
  readonly reconstruction: { readonly picture: Picture; readonly of: TokenGrid } | undefined;
  readonly measures: { readonly values: Measures; readonly of: Picture } | undefined;
  readonly timings:
    | { readonly prepareMs: number; readonly encodeMs: number; readonly quantizeMs: number; readonly decodeMs?: number }
    | undefined;
}

export interface Notice {
  readonly key: number;
  readonly text: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

export interface Tray {
  readonly items: readonly TrayItem[];
  readonly run: TrayRun | undefined;
}

export interface TrayItem {
  readonly key: number;
  readonly name: string;
}

export interface TrayRun {
  readonly running: boolean;
  readonly done: number;
  readonly total: number;
  readonly rows: readonly TrayRow[];
  /** Over the whole set so far. */
  readonly counts: Uint32Array;
  readonly model: Manifest;
}

export interface TrayRow {
  readonly key: number;
  readonly name: string;
  readonly measures: Measures | undefined;
  readonly error: TokenscopeError | undefined;
  readonly seconds: number;
}

export const initialState: State = {
  place: 'pipeline',
  language: 'en',
  theme: 'light',
  palette: 'geometry',
  quantizerOpen: false,
  compare: { mode: 'split', split: 0.5, zoom: 0, x: 0.5, y: 0.5, smooth: false },
  codebook: { order: 'brightness', usageOf: 'picture' },
  slots: [],
  source: undefined,
  framing: DEFAULT_FRAMING,
  colourManaged: false,
  selection: { cell: { t: 0, row: 11, column: 19 }, entry: undefined },
  tray: { items: [], run: undefined },
  device: undefined,
  busy: 'idle',
  camera: { running: false, framesPerSecond: 0 },
  error: undefined,
  notices: [],
};

export type Store = ReturnType<typeof createPlaygroundStore>;

export function createPlaygroundStore(state: Partial<State> = {}) {
  return createStore<State>()(() => ({ ...initialState, ...state }));
}
