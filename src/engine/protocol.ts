import type { ConversionReport } from '../convert/architecture.ts';
import type { TokenscopeError } from '../core/errors.ts';
import type { Framing, Size } from '../core/framing.ts';
import type { CheckpointForm, Manifest } from '../core/manifest.ts';
import type { ClipSample, FrameMeasures, Measures, PlaneFacts } from '../core/metric.ts';
import type { Picture } from '../core/picture.ts';
import type { Corrections, Diagnosis, DiagnosisProgress, Parity, Proposal, ProposalProgress } from '../core/proposal.ts';
import type { Latents, TokenGrid } from '../core/token-grid.ts';

/** Everything the page can ask of the worker. Typed here, served by `engine.ts`, called through `client.ts`. */
export interface Engine extends OnnxEngine, RemoteEngine {
  /** What this machine offers, and which provider will be used and why. */
  device(): Promise<DeviceFacts>;

  /** Opens a model: files (with progress, hash check and cache), sessions, quantizer, then its `check`. Aborts cleanly. */
  openModel(
    files: ModelFiles,
    options: OpenOptions,
    onProgress: (progress: OpenProgress) => void,
    signal: AbortSignal,
  ): Promise<OpenModel>;
  closeModel(model: ModelId): Promise<void>;

  /**
   * A published checkpoint (and what lies beside it: config.json, shards) as a model folder. Its weights stay in the files given,
   * or are copied in half precision. From servers only the tensors in use are fetched, what came before a failure not again, and
   * the folder is kept under its id. Throws `checkpoint-*`, `model-corrupt` and what a server's failures are called (`model-*`).
   */
  convert(
    files: readonly CheckpointFile[],
    options: ConvertOptions,
    onProgress: (progress: Loaded) => void,
    signal: AbortSignal,
  ): Promise<Conversion>;

  /** Hands a picture over (an ImageBitmap is transferred) to be framed and encoded, any number of times, by any model. */
  openPicture(picture: ImageBitmap | Picture): Promise<PictureId>;
  closePicture(picture: PictureId): Promise<void>;
  /** The picture as `size` pixels of the given framing, without any model: what a model would see. */
  framePicture(picture: PictureId, framing: Framing, size: Size): Promise<Picture>;

  /** Frames a picture once for each size and lets it go (an ImageBitmap is transferred and closed): what models of these sizes see of a frame of a clip. */
  frameOnce(picture: ImageBitmap | Picture, framing: Framing, sizes: readonly Size[]): Promise<Picture[]>;
  /**
   * Consecutive frames, already framed, as one run: a window of the model's rule or fewer (then the last one is repeated; see
   * `runFrames`). A model of pictures takes one. Overtaken like `encode`.
   */
  encodeFrames(model: ModelId, frames: readonly Picture[], signal: AbortSignal): Promise<EncodedFrames>;

  /** Picture → what the model saw, latents, tokens and runners-up. A newer encode of the same model overtakes a waiting one (which rejects as aborted). */
  encode(model: ModelId, picture: PictureId, framing: Framing, signal: AbortSignal): Promise<Encoded>;
  /**
   * Tokens → reconstruction. A newer decode of the same model overtakes a waiting one. Checks the token range. Of a model of
   * clips at most one window: its planes give all their frames; a grouped window that is not full is filled up and cut again.
   */
  decode(model: ModelId, grid: TokenGrid, signal: AbortSignal): Promise<Decoded>;
  /** Latents → reconstruction, bypassing the quantizer. */
  decodeLatents(model: ModelId, latents: Latents, signal: AbortSignal): Promise<Decoded>;

  /** All metrics of the shelf. */
  measure(
    source: Picture,
    reconstruction: Picture,
    grid: TokenGrid,
    codebookSize: number,
    /** Frames that the grid stands for; default 1. */
    frames?: number,
  ): Promise<Measures>;

  /** Numbers of single frames, one after another; `before` is the pair in front of the first one. */
  measureFrames(
    source: readonly Picture[],
    reconstruction: readonly Picture[],
    before?: { readonly source: Picture; readonly reconstruction: Picture },
  ): Promise<FrameMeasures[]>;
  /** What is known of each plane of a volume; `before` holds the tokens of the plane in front of it. */
  measurePlanes(grid: TokenGrid, before?: Int32Array): Promise<PlaneFacts[]>;
  /** All clip metrics of the shelf. */
  measureClip(sample: ClipSample): Promise<Measures>;

  /** Distance of a cell's latent vector to every entry (K values): the whole distance row. */
  distances(model: ModelId, latent: Float32Array): Promise<Float32Array>;
  /** The `count` entries nearest to an entry (itself left out), ascending. */
  neighbours(model: ModelId, entry: number, count: number): Promise<{ entries: Int32Array; distances: Float32Array }>;
  /** Positions of all entries on the codebook's first three principal components, each scaled to [0, 1]: K × 3. Also serves token colours. */
  entryGeometry(model: ModelId): Promise<Float32Array>;
  /** Entry vectors of a range, row by row: (to − from) × D. */
  entries(model: ModelId, from: number, to: number): Promise<Float32Array>;
  /** Each entry decoded alone on a small flat grid, the middle cell cut out: pictures of `side` pixels. Runs behind everything else. */
  drawEntries(
    model: ModelId,
    entries: Int32Array,
    signal: AbortSignal,
  ): Promise<{ side: number; pictures: Uint8ClampedArray<ArrayBuffer> }>;

  /** Models kept in the origin's private file system. */
  storedModels(): Promise<StoredModel[]>;
  deleteStoredModel(id: string): Promise<void>;

  /** Times the open model on a picture (a model of clips on a window of it): median of `runs` after a warm-up, beside the bare session runs. */
  bench(model: ModelId, picture: PictureId, framing: Framing, runs: number, signal: AbortSignal): Promise<BenchResult>;
}

/** Models on servers. Nothing here is asked for before a visitor names an address. */
export interface RemoteEngine {
  /**
   * What lies at an address: a link to one file, or a repository of a model hub (`owner/name`, or the address of its page, a
   * folder or a file in it). Reads the hub's list of files, no file itself. Throws `remote-*`, `checkpoint-cors`, `model-*`.
   */
  lookUpModel(address: string, signal: AbortSignal): Promise<RemoteModel>;
  /** What opening it would fetch. Reads the head of each file, a few kB. Throws as `convert` does. */
  inspectModel(choice: RemoteChoice, signal: AbortSignal): Promise<RemoteFacts>;
  /** Files as they are, whole, by their names. */
  fetchFiles(
    files: readonly RemoteFile[],
    onProgress: (progress: Loaded) => void,
    signal: AbortSignal,
  ): Promise<Readonly<Record<string, Blob>>>;
  /** The folder of a model that was converted from a server before, from this machine. */
  storedFolder(id: string): Promise<Readonly<Record<string, Blob>> | undefined>;
}

/** Dropped ONNX files: what they are, which numbers they want, whether both providers agree. An abort is heard between two runs. */
export interface OnnxEngine {
  /** Everything that can be found out about dropped files (by the path they lay at), and a model folder made of them. Throws `onnx-*`. */
  proposeModel(
    files: Readonly<Record<string, Blob>>,
    corrections: Corrections,
    onProgress: (progress: ProposalProgress) => void,
    signal: AbortSignal,
  ): Promise<Proposal>;
  /** Tries every usual scaling of pixels on these photos and on a drawn card. */
  diagnoseScaling(
    files: ModelFiles,
    photos: readonly Picture[],
    provider: Provider | undefined,
    onProgress: (progress: DiagnosisProgress) => void,
    signal: AbortSignal,
  ): Promise<Diagnosis>;
  /** The same card on WebGPU and on WASM. */
  compareProviders(files: ModelFiles, signal: AbortSignal): Promise<Parity>;
  /** A model's files as one zip file, which a host can unpack as it is. */
  packModel(files: ModelFiles, signal: AbortSignal): Promise<Blob>;
  /** The files of a zip, by their paths. Throws `checkpoint-damaged` and `checkpoint-unsafe`. */
  unpackZip(zip: Blob, name: string): Promise<Readonly<Record<string, Blob>>>;
}

/**
 * The page's hold on the worker. `engine` stays the same object for the whole visit; when its worker dies (crash, lost
 * device, watchdog) every open call rejects with the named error, a fresh worker starts on WASM, and `onRestart` tells:
 * models and pictures handed over before are gone and must be opened again. After `out-of-memory` the worker still runs, but
 * its memory does not shrink: `restart` is the caller's to call. A worker that cannot start, or dies again and again, is not
 * replaced: calls reject as `engine-down` until `restart`.
 */
export interface EngineHost {
  readonly engine: Engine;
  /** Gives the function that stops listening. */
  onRestart(listener: (reason: TokenscopeError) => void): () => void;
  /** Ends the worker (open calls reject as aborted; `onRestart` stays silent) and starts one, on the given provider if named. */
  restart(provider?: Provider): void;
  /** Faults on purpose, for tests of the built site: only with `?test` in the page's address. */
  readonly test: EngineFaults | undefined;
}

export interface EngineFaults {
  /** Destroys the GPU device; on WASM acts as if it had been lost. */
  loseDevice(): void;
  killWorker(): void;
  /** The next session run fails as out of memory. */
  failNextRun(): void;
}

/** A model that comes with the page. */
export interface CatalogModel {
  readonly id: string;
  readonly manifest: Manifest;
  readonly files: ModelFiles;
  /** Recorded results that the manifest here does without. */
  readonly recorded?: () => Promise<Manifest['recorded']>;
}

export type ModelId = number;
export type PictureId = number;

export type Provider = 'webgpu' | 'wasm';

/** What a model's graphs compute in; the quantizer is float32 in either. */
export type Precision = 'float32' | 'float16';

export interface DeviceFacts {
  readonly provider: Provider;
  /** Why this provider: a key of the texts (`provider.reason.<why>`). */
  readonly why:
    | 'webgpu-works'
    | 'no-webgpu'
    | 'no-adapter'
    | 'software-adapter'
    | 'device-refused'
    | 'known-answer-wrong'
    | 'asked'
    | 'fell-back';
  /** Further words of the reason, untranslated (an error text), when there are some. */
  readonly detail?: string;
  readonly adapter: string;
  readonly shaderF16: boolean;
  readonly threads: number;
  readonly isolated: boolean;
  readonly build: 'jspi' | 'asyncify' | 'wasm';
  readonly maxTextureSide: number;
}

/** One of the files of a published checkpoint: at hand, or its address. */
export interface CheckpointFile {
  readonly name: string;
  readonly content: Blob | string;
  /** Its server sends whole files only, and the visitor has agreed to that. */
  readonly whole?: boolean;
}

export interface ConvertOptions {
  /** Weights as stored and plain graphs unless said otherwise. */
  readonly form?: CheckpointForm;
  /** Who the model is; else its file's name says. */
  readonly identity?: {
    readonly id: string;
    readonly title: string;
    readonly licence?: string | undefined;
    readonly repository?: string | undefined;
  };
}

/** Bytes that have come, of those that will. */
export interface Loaded {
  readonly loaded: number;
  readonly total: number;
}

/** What was found at an address. */
export interface RemoteModel {
  readonly host: string;
  /** Only of a model hub: `owner/name` and the address of its page. */
  readonly repository?: string;
  readonly page?: string;
  /** As the repository's card states it. */
  readonly licence?: string;
  /** Files hold weights in so many ways; the likeliest tokenizer first. */
  readonly choices: readonly RemoteChoice[];
}

/** Files that make one model. */
export interface RemoteChoice {
  readonly kind: 'checkpoint' | 'onnx' | 'folder';
  readonly id: string;
  /** The file, or the folder, as it is called there. */
  readonly title: string;
  readonly files: readonly RemoteFile[];
}

export interface RemoteFile {
  readonly name: string;
  readonly url: string;
  /** As a hub's list states it. */
  readonly bytes?: number;
}

export interface RemoteFacts {
  /** Of all files; 0 where a server does not say. */
  readonly bytes: number;
  /** Of these, what opening fetches: the tensors in use. */
  readonly wanted: number;
  /** The server sends whole files only. */
  readonly whole: boolean;
  /** Of a checkpoint, when its head could be read. */
  readonly architecture?: string;
  /** Of a model folder: its manifest and the addresses of its files. */
  readonly folder?: { readonly manifest: Manifest; readonly files: ModelFiles };
}

/** A checkpoint, converted: `files` can be opened as a model, or written as a folder. */
export interface Conversion {
  readonly manifest: Manifest;
  readonly files: Readonly<Record<string, Blob>>;
  readonly report: ConversionReport;
  readonly milliseconds: number;
}

/** A model's files by name: bytes at hand, or where to fetch them. `manifest.json` is one of them. */
export type ModelFiles = Readonly<Record<string, Blob | string>>;

export interface OpenOptions {
  /** Without it the device's own provider is used. */
  readonly provider?: Provider;
  /** Default float32. float16 is made from the same files and needs a device with `shaderF16`; rejects as `half-precision`. */
  readonly precision?: Precision;
  /** Runs the model's `check`; default true. */
  readonly check?: boolean;
}

export type OpenProgress =
  | { readonly stage: 'download'; readonly loaded: number; readonly total: number; readonly cached: boolean }
  | { readonly stage: 'prepare' }
  | { readonly stage: 'check' };

export interface OpenModel {
  readonly id: ModelId;
  readonly manifest: Manifest;
  readonly device: DeviceFacts;
  readonly precision: Precision;
  readonly codebookSize: number;
  readonly entryDimension: number;
  /** Mismatches of the model's own `check` on this provider; undefined when the model has none. */
  readonly check?: CheckResult;
  readonly openMs: number;
}

export interface CheckResult {
  readonly cells: number;
  /** Tokens that differ although the choice was clear. */
  readonly mismatched: number;
  /** Tokens that differ within a near tie. */
  readonly nearTies: number;
  /** Largest absolute difference of the reconstruction, in the model's output range. */
  readonly difference: number;
  readonly tolerance: number;
  readonly passed: boolean;
}

export interface Encoded {
  readonly model: ModelId;
  readonly picture: PictureId;
  readonly framing: Framing;
  /** The picture as the model saw it. */
  readonly source: Picture;
  readonly grid: TokenGrid;
  /** Absent when the quantizer is inside the graph. */
  readonly latents?: Latents;
  readonly nearest?: Nearest;
  readonly timings: { readonly prepareMs: number; readonly encodeMs: number; readonly quantizeMs: number };
}

/** One run over consecutive frames. */
export interface EncodedFrames {
  readonly model: ModelId;
  readonly grid: TokenGrid;
  /** Absent when the quantizer is inside the graph. */
  readonly latents?: Latents;
  readonly nearest?: Nearest;
  readonly timings: { readonly prepareMs: number; readonly encodeMs: number; readonly quantizeMs: number };
}

/** The nearest entries of every cell, the winner first: cells × count, ascending distance. */
export interface Nearest {
  readonly count: number;
  readonly entries: Int32Array;
  readonly distances: Float32Array;
}

export interface Decoded {
  readonly model: ModelId;
  /** The first frame; a picture has no other. */
  readonly reconstruction: Picture;
  readonly frames: readonly Picture[];
  readonly timings: { readonly decodeMs: number; readonly finishMs: number };
}

export interface StoredModel {
  readonly id: string;
  /** As its manifest has it, where that is kept too. */
  readonly title?: string;
  readonly bytes: number;
  /** A converted model, which opens from here: `storedFolder`. */
  readonly opens?: boolean;
  /** How it was converted. */
  readonly form?: CheckpointForm;
  /** Only the beginning of one, which goes on when it is opened again. */
  readonly begun?: boolean;
}

export interface BenchResult {
  readonly provider: Provider;
  readonly adapter: string;
  readonly runs: number;
  readonly encodeMs: number;
  readonly decodeMs: number;
  /** The sum of the bare `session.run` calls. */
  readonly bareMs: number;
  /** Share of encode + decode beyond the bare runs, 0.05 = 5 %. */
  readonly overhead: number;
}
