import type { ClipWindow } from '../core/clip.ts';
import type { Framing } from '../core/framing.ts';
import type { CheckpointForm, Manifest } from '../core/manifest.ts';
import type { Picture } from '../core/picture.ts';
import type { Corrections, Diagnosis, DiagnosisProgress, Proposal, ProposalProgress } from '../core/proposal.ts';
import type { Cell, Latents, TokenGrid } from '../core/token-grid.ts';
import type {
  BenchResult,
  Loaded,
  ModelFiles,
  Precision,
  Provider,
  RemoteChoice,
  RemoteFacts,
  RemoteModel,
  StoredModel,
} from '../engine/protocol.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { Answer } from './attempt.ts';
import type { SelfTestReport, Variant } from './self-test.ts';
import type { ClipSettings, CompareView, Palette, Place, State } from './store.ts';

/** What a visitor has seen of a model on a server, and agreed to. */
export interface RemoteOffer {
  readonly model: RemoteModel;
  readonly choice: RemoteChoice;
  readonly facts: RemoteFacts;
}

/** The page's verbs. Failures become `state.error`; none of these throws at a view. */
export interface Actions {
  goTo(place: Place): void;
  setLanguage(language: State['language']): void;
  setTheme(theme: State['theme']): void;
  setPalette(palette: Palette): void;
  setQuantizerOpen(open: boolean): void;
  setCompare(change: Partial<CompareView>): void;
  setCodebook(change: Partial<State['codebook']>): void;

  /** Selects a cell of the active model's grid (clamped) and the token in it. */
  selectCell(cell: Cell): void;
  /** Moves the selection by whole cells, wrapping at the edges. */
  moveCell(rows: number, columns: number): void;
  /** Selects an entry, and its first place in the current grid when it has one. */
  selectEntry(entry: number): void;

  /** The frame that the other places show, clamped to the piece; every slot's `result` becomes the slice there. */
  setPlayhead(frame: number): void;
  /** Selects a cell of the active model's token volume, `t` being the plane (clamped), and the token in it. */
  selectVolumeCell(cell: Cell): void;
  /** Chooses the piece of the clip that is used (clamped to the clip, and to what memory bears: told). Runs anew. */
  setClipWindow(change: Partial<ClipWindow>): void;
  /** Overlap and blending; runs anew. */
  setClipSettings(change: Partial<ClipSettings>): void;
  /** Stops the run over the clip; what is done stays. `runClip` goes on where it stopped. */
  stopClip(): void;
  runClip(): Promise<void>;
  /** D × t × h × w over all planes of a slot's clip that are through; undefined where they are not, or not all, at hand. */
  clipLatents(slot: number): Latents | undefined;
  /** Small pictures of the whole clip, evenly spread, for the ruler. The receiver closes them. */
  clipThumbnails(
    count: number,
    side: number,
    onFrame: (frame: { readonly index: number; readonly time: number; readonly bitmap: ImageBitmap }) => void,
    signal: AbortSignal,
  ): Promise<void>;
  /** Several pictures as the frames of one clip, in natural order of their names. */
  openSequence(files: readonly File[]): Promise<void>;
  /** The pictures of the tray as one clip. */
  openTrayAsClip(): Promise<void>;

  /** Opens an embedded model as the active one; one that is open already only moves to the front. */
  openModel(id: string): Promise<void>;
  /** Adds an embedded model as a further row of Compare. */
  addModel(id: string): Promise<void>;
  /** The usual model of a medium in place of the one on screen, unless somebody named a model or one of that medium is open. */
  suitModel(medium: 'image' | 'video'): Promise<void>;
  /** `provider`: not on the device's own, but there. */
  openModelFiles(files: ModelFiles, provider?: Provider): Promise<void>;
  /** Converts a published checkpoint (with what lies beside it: config.json, shards) and opens it as the active model. */
  openCheckpoint(files: readonly File[]): Promise<void>;
  /** How checkpoints that are opened from now on become models. */
  setCheckpointForm(change: Partial<CheckpointForm>): void;
  /** Whether an open model came from a checkpoint whose files are still at hand. */
  canConvertAgain(slot: number): boolean;
  /** Opens that checkpoint again, as checkpoints are opened now, in place of the active model. */
  convertAgain(slot: number): Promise<void>;
  /** An address to be looked at in the dialog for models, which opens; without one nothing is wanted any more. */
  askForModel(address?: string): void;
  /** What lies at an address or in a hub's repository; nothing is fetched of the files themselves. */
  lookUpModel(address: string, signal: AbortSignal): Promise<Answer<RemoteModel>>;
  /** What opening it would fetch, from the files' heads. */
  inspectModel(choice: RemoteChoice, signal: AbortSignal): Promise<Answer<RemoteFacts>>;
  /** Fetches what the visitor has agreed to, and gives the verb that opens it. */
  fetchModel(
    offer: RemoteOffer,
    onProgress: (progress: Loaded) => void,
    signal: AbortSignal,
  ): Promise<Answer<() => Promise<void>>>;
  /** Opens a model that was converted from a server before, without a network; false when it is not here. */
  openStoredModel(id: string): Promise<boolean>;
  /** Whether all files of an open model are at hand to be saved. */
  canPackModel(slot: number): boolean;
  /** An open model's folder as a zip file. */
  packModel(slot: number): Promise<Blob | undefined>;
  /**
   * Opens a model folder that a visitor brought, and tells when another scaling of the pixels than its manifest's brings back
   * clearly more (tried unasked where it takes seconds).
   */
  openFolder(files: ModelFiles): Promise<void>;
  /** Whether an open model came as a folder whose graphs can be looked at as if they had no manifest. */
  canReadAnew(slot: number): boolean;
  /** Shows them in the sheet for ONNX files. */
  readAnew(slot: number): void;
  /** Shows the sheet in which dropped ONNX files (by the path they lay at) are settled. */
  openOnnx(files: Readonly<Record<string, Blob>>): void;
  closeOnnx(): void;
  /** What the files are; with the failure instead where there is one, undefined after an abort. */
  proposeOnnx(
    files: Readonly<Record<string, Blob>>,
    corrections: Corrections,
    onProgress: (progress: ProposalProgress) => void,
    signal: AbortSignal,
  ): Promise<Answer<Proposal>>;
  /** Which numbers the proposed model wants for pixels. */
  diagnoseOnnx(
    proposal: Proposal,
    onProgress: (progress: DiagnosisProgress) => void,
    signal: AbortSignal,
  ): Promise<Answer<Diagnosis>>;
  /** Opens the proposed model with the manifest as it was settled, and compares both providers afterwards. */
  openProposal(proposal: Proposal, manifest: Manifest): Promise<void>;
  /** Its folder as a zip file. */
  packProposal(proposal: Proposal, manifest: Manifest): Promise<Blob | undefined>;
  closeModel(slot: number): void;
  /** Tries a failed model again, on the other provider when asked. */
  retryModel(slot: number, provider?: Provider): Promise<void>;
  /** Opens the model again, computing in that precision, on the provider it has. */
  setPrecision(slot: number, precision: Precision): Promise<void>;
  /** Models kept on this machine. */
  storedModels(): Promise<readonly StoredModel[]>;
  deleteStoredModel(id: string): Promise<void>;

  openSample(id: string): Promise<void>;
  /** One file opens; several (or a folder) become the tray, and the first opens. */
  openFiles(files: readonly File[], remarks?: readonly Remark[]): Promise<void>;
  openUrl(address: string): Promise<void>;
  /** Takes the bitmap over. */
  openBitmap(bitmap: ImageBitmap, name: string): Promise<void>;
  openTrayItem(key: number): Promise<void>;
  removeTrayItem(key: number): void;
  clearTray(): void;
  /** Runs the active model over the whole tray; aborts a run under way first. */
  runTray(): Promise<void>;
  stopTray(): void;
  /** Token indices as text: numbers separated by anything, or our JSON. */
  openTokenText(text: string): Promise<void>;
  openTokens(grid: TokenGrid, name: string): Promise<void>;
  /** `rolling`: the newest frames as a clip, a window of the active model long. By default where that model is one of clips. */
  startCamera(options?: { readonly rolling?: boolean }): Promise<void>;
  stopCamera(): void;

  /** The whole picture, uncut, at most `side` pixels large; undefined when there is none. */
  previewSource(side: number): Promise<Picture | undefined>;
  setFraming(change: Partial<Framing>): void;
  setColourManaged(managed: boolean): void;

  /** Asks for pictures of entries that are not drawn yet; they arrive in `slot.entryPictures`. */
  wantEntryPictures(slot: number, entries: readonly number[]): void;
  /** The distance row of a cell of a slot: K values, or undefined when the model cannot say. */
  distances(slot: number, cell: Cell): Promise<Float32Array | undefined>;
  neighbours(slot: number, entry: number, count: number): Promise<{ entries: Int32Array; distances: Float32Array } | undefined>;
  /** What a grid looks like, decoded by the active model; nothing on the page changes. */
  decode(grid: TokenGrid): Promise<Picture | undefined>;
  /** The same with every frame that the grid stands for. */
  decodeFrames(grid: TokenGrid): Promise<readonly Picture[] | undefined>;
  /** Parity, speed and memory of the active model on this machine; says what it has come to. */
  selfTest(onStep: (variant: Variant) => void): Promise<SelfTestReport | undefined>;
  bench(runs?: number): Promise<BenchResult | undefined>;

  /** Shows a failure that happened on the page outside these verbs. */
  report(error: unknown): void;
  dismissError(): void;
  dismissNotice(key: number): void;
}
