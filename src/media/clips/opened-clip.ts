import type { ClipFacts, ClipWindow } from '../../core/clip.ts';
import type { Remark } from '../opened-picture.ts';

/** One frame of a window; whoever receives it closes the bitmap. */
export interface ClipFrame {
  /** The number of the tick in the window, from 0. Every tick up to the end of the clip comes, in order. */
  readonly tick: number;
  /** When the frame shown begins in the clip, seconds; several ticks may show the same one. */
  readonly time: number;
  /** sRGB, 8 bits a channel, upright, at most `maximumSide` large; a copy for each tick. */
  readonly bitmap: ImageBitmap;
}

export interface ReadOptions {
  /** The longer side of what comes out, pixels; smaller frames stay as they are. */
  readonly maximumSide: number;
}

/** A clip that is open: nothing but its index is in memory. */
export interface OpenedClip {
  readonly name: string;
  readonly facts: ClipFacts;
  /** What differs from what one may expect: varying rate, more than 8 bits, cut off, reduced … */
  readonly remarks: readonly Remark[];
  /**
   * Decodes one window, a few frames ahead of the consumer. Ticks beyond the end of the clip do not come. Leaving the loop ends
   * the work. Throws `clip-undecodable` and `clip-nothing`, and rejects as aborted.
   */
  read(window: ClipWindow, options: ReadOptions, signal?: AbortSignal): AsyncIterable<ClipFrame>;
  /** `count` small frames spread evenly, `tick` numbering them; where frames depend on many others, the nearest cheap one. */
  thumbnails(count: number, side: number, signal?: AbortSignal): AsyncIterable<ClipFrame>;
  /** Ends everything that still runs and lets the file go. */
  close(): void;
}

/**
 * Opens a film or an animation, recognised by its content, or the pictures of a sequence in natural order of their names.
 * Throws `clip-*` and `media-*`. This is `openClip` of open-clip.ts.
 */
export type OpenClip = (file: Blob | readonly File[], name: string, signal?: AbortSignal) => Promise<OpenedClip>;
