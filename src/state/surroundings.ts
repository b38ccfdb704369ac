import type { Framing, Size } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { GridShape, TokenGrid } from '../core/token-grid.ts';
import type { CatalogModel } from '../engine/protocol.ts';
import type { OpenedClip } from '../media/clips/opened-clip.ts';
import type { Remark } from '../media/opened-picture.ts';
import type { Sample } from '../media/samples.ts';

/** A file, read: a picture (its size as the file says it, before any reduction), a clip or tokens. */
export type OpenedFile =
  | {
      readonly kind: 'picture';
      readonly picture: ImageBitmap | Picture;
      readonly height: number;
      readonly width: number;
      readonly remarks: readonly Remark[];
    }
  | { readonly kind: 'clip'; readonly clip: OpenedClip }
  | { readonly kind: 'tokens'; readonly grid: TokenGrid };

export interface ReadOptions {
  /** Colour profiles applied instead of ignored. */
  readonly colourManaged: boolean;
  /** Larger pictures are reduced while they are decoded. Pixels. */
  readonly maximumSide: number;
  /** For token files that do not say their shape. */
  readonly expected?: GridShape;
}

/** What the playground needs of the rest, handed in by `main.tsx`; tests hand in their own. */
export interface Surroundings {
  readonly catalog: readonly CatalogModel[];
  /** Pictures and clips that come with the page. */
  readonly samples: readonly Sample[];
  /** Reads a picture, clip or token file by its content. Throws `media-*`, `clip-*` and `tokens-*`. */
  readFile(file: Blob, name: string, options: ReadOptions): Promise<OpenedFile>;
  /** Pictures as the frames of one clip, in natural order of their names. Throws `clip-*` and `media-*`. */
  openSequence(files: readonly File[], name: string): Promise<OpenedClip>;
  /** Downloads what a visitor asked for. Throws `media-fetch`. */
  fetchFile(address: string): Promise<File>;
  /** The newest camera frame each time it is asked for. Throws `camera-*`; ends when the signal aborts. */
  cameraFrames(signal: AbortSignal): AsyncIterable<ImageBitmap | Picture>;
  /** A file of the page as a picture of its own size, or framed to `size`: for recorded results, before the engine runs. */
  loadPicture(address: string, framed?: { readonly framing: Framing; readonly size: Size }): Promise<Picture>;
  /** What a model's smallest files say of its entries, before it is open. Throws when they are missing or damaged. */
  readEntries(model: CatalogModel): Promise<EntryFacts>;
}

/** Entry vectors as the decoder gets them, K × D, and where they lie: K × 3 in [0, 1], as the engine says it. */
export interface EntryFacts {
  readonly codebook: Float32Array | undefined;
  readonly geometry: Float32Array | undefined;
}
