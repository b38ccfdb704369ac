import type { ClipFacts, ClipWindow } from '../../core/clip.ts';
import type { WireError } from '../../core/errors.ts';
import type { Remark } from '../opened-picture.ts';

/** What the worker opens: a film, an animated picture of this format, or the pictures of a sequence. */
export type ClipContent =
  /** `outlineOnly`: its facts are wanted, whether this browser decodes it or not. */
  | { readonly kind: 'film'; readonly file: Blob; readonly name: string; readonly outlineOnly?: boolean }
  | { readonly kind: 'animation'; readonly file: Blob; readonly name: string; readonly format: string }
  | { readonly kind: 'sequence'; readonly files: readonly File[]; readonly name: string };

/** What frames are wanted of an open clip; `side` is the most pixels of the longer side. */
export type FrameRequest =
  | { readonly kind: 'window'; readonly window: ClipWindow; readonly side: number }
  | { readonly kind: 'thumbnails'; readonly count: number; readonly side: number };

/** Page → worker. A reading sends `ahead` frames, and one more for each `more`. */
export type ToClipWorker =
  | { readonly kind: 'open'; readonly content: ClipContent }
  | { readonly kind: 'read'; readonly id: number; readonly request: FrameRequest; readonly ahead: number }
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number };

/** Worker → page. */
export type FromClipWorker =
  | { readonly kind: 'opened'; readonly facts: ClipFacts; readonly remarks: readonly Remark[] }
  | { readonly kind: 'refused'; readonly error: WireError }
  | {
      readonly kind: 'frame';
      readonly id: number;
      readonly tick: number;
      readonly time: number;
      readonly bitmap: ImageBitmap;
    }
  | { readonly kind: 'end'; readonly id: number; readonly error?: WireError };
