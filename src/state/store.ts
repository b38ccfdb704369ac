import { createStore } from 'zustand/vanilla';
import type { ClipFacts, ClipWindow } from '../core/clip.ts';
import type { Blend, ClipPlan } from '../core/clip-plan.ts';
import type { TokenscopeError } from '../core/errors.ts';
import { DEFAULT_FRAMING, type Framing } from '../core/framing.ts';
import type { CheckpointForm, Manifest } from '../core/manifest.ts';
import type { FrameMeasures, Measures, PlaneFacts } from '../core/metric.ts';
import type { Picture } from '../core/picture.ts';
import type { Cell, Latents, TokenGrid } from '../core/token-grid.ts';
import type { DeviceFacts, ModelId, Nearest, OpenModel, OpenProgress } from '../engine/protocol.ts';

export type Place = 'pipeline' | 'compare' | 'codebook' | 'clip';
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

  // inputs: the clip
  /** How windows of a clip are put together. */
  readonly clip: ClipSettings;
  /** The frame of the clip that Pipeline, Compare and Codebook show. Not written while the Clip place plays. */
  readonly playhead: number;
  /** The piece that a link asks for, until its clip is open: the sample of that name, or the visitor's own next one. */
  readonly piece?: AskedPiece | undefined;

  // inputs: the matter
  /** Open models; the first is the active one, which Pipeline and Codebook show. Compare has one row for each. */
  readonly slots: readonly Slot[];
  readonly source: Source | undefined;
  readonly framing: Framing;
  /** The link says a size: whatever opens first keeps it. */
  readonly sizeIsAsked?: boolean;
  /** The link or the visitor named a model: it stays, whatever is opened. Otherwise clips get a model of clips, pictures the usual one. */
  readonly modelIsAsked?: boolean;
  /** How checkpoints that are opened from now on become models. */
  readonly checkpoints: CheckpointForm;
  /** Colour profiles applied (as the eye sees it) or ignored (as training code reads files; the default). */
  readonly colourManaged: boolean;
  readonly selection: Selection;
  readonly tray: Tray;

  // what is going on
  readonly device: DeviceFacts | undefined;
  readonly busy: 'idle' | 'opening-source' | 'converting' | 'encoding' | 'decoding' | 'measuring';
  /** `rolling`: the newest frames as a clip that is run again and again. */
  readonly camera: { readonly running: boolean; readonly framesPerSecond: number; readonly rolling?: boolean };
  /** Dropped ONNX files (handles, by the path they lay at) that are being settled in a sheet. */
  readonly sheet?: { readonly key: number; readonly files: Readonly<Record<string, Blob>> } | undefined;
  /** An address that somebody wants a model from: pasted or dropped where pictures are. */
  readonly wanted?: { readonly key: number; readonly address: string } | undefined;
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

export interface ClipSettings {
  /** Frames that neighbouring windows share; a model takes at most half its window (`mostOverlap`). */
  readonly overlap: number;
  readonly blend: Blend;
}

export interface AskedPiece {
  readonly sample: string | undefined;
  readonly window: ClipWindow;
}

export interface Selection {
  /** A cell of the active model's grid. For a clip `t` is 0, as in the slice at the playhead; `plane` says which plane was meant. */
  readonly cell: Cell;
  /** The plane of the token volume that was pointed at in the Clip place; undefined: the plane at the playhead. */
  readonly plane?: number | undefined;
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
  /** Tokens opened from a file or pasted; then there is no picture. With t > 1 they are a clip. */
  readonly grid?: TokenGrid;
  /** Only for clips and the rolling camera. */
  readonly clip?: SourceClip;
}

/** What a clip is, and the piece of it that is used. */
export interface SourceClip {
  readonly facts: ClipFacts;
  /** The piece, as ticks; frame `i` of every result is tick `i`. Changed by `setClipWindow`, which opens the source anew under another key. */
  readonly window: ClipWindow;
  /** Frames of the piece: its ticks, fewer once the clip is known to end before. */
  readonly frames: number;
  /** Seconds from the clip's first frame at which each frame read so far begins. */
  readonly times: readonly number[];
  readonly complete: boolean;
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
  /** For a clip: the slice at the playhead, one frame and its plane (t = 1). */
  readonly result: Result | undefined;
  /** The whole clip, as far as it is done. Also of a picture, when the model is one of clips, and of token files with t > 1. */
  readonly clip?: ClipResult | undefined;
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

/**
 * A clip through a model. It grows window by window: `frames` by what was read, `reconstruction`, `measures` and the planes of
 * `grid` by what was run; each growth is a new object. Arrays are never changed in place.
 */
export interface ClipResult {
  readonly recorded: boolean;
  readonly of: Result['of'] & ClipSettings;
  /** Which frame is in which window and plane: ask `src/core/clip-plan.ts`. Its `frames` and `planes` are those of the whole piece. */
  readonly plan: ClipPlan;
  /** Windows that are through, of `plan.windows`. */
  readonly windowsDone: number;
  /** Still going on; false when whole, stopped or failed. */
  readonly running: boolean;
  /** Frames as the model saw them, from the first; empty for token files. Models of the same size share the pictures. */
  readonly frames: readonly Picture[];
  /** Frames that came back, blended, from the first. */
  readonly reconstruction: readonly Picture[];
  /** The token volume so far: `planesDone` × h × w. */
  readonly grid: TokenGrid;
  /** Tokens by entry over those planes. */
  readonly counts: Uint32Array;
  readonly planes: readonly PlaneFacts[];
  /** One for each frame of `reconstruction`; empty for token files. */
  readonly measures: readonly FrameMeasures[];
  /** Of the whole clip, by metric id (src/metrics/clip), once it is through. */
  readonly summary: Measures | undefined;
  /** One for each window that is through. */
  readonly timings: readonly WindowTimings[];
}

export interface WindowTimings {
  readonly prepareMs: number;
  readonly encodeMs: number;
  readonly quantizeMs: number;
  readonly decodeMs: number;
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
  clip: { overlap: 0, blend: 'fade' },
  playhead: 0,
  slots: [],
  source: undefined,
  framing: DEFAULT_FRAMING,
  checkpoints: { weights: 'stored', graph: 'plain' },
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
