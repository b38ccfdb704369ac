import type { Picture } from '../../core/picture.ts';
import type { Remark } from '../opened-picture.ts';

/** What a film is made of: pictures as they come, or a number of them drawn one by one on a canvas of the film's size. */
export type FilmFrames =
  | AsyncIterable<Picture>
  | {
      readonly count: number;
      draw(index: number, context: OffscreenCanvasRenderingContext2D): void | Promise<void>;
    };

export interface FilmSettings {
  /** Frames per second. */
  readonly rate: number;
  readonly width: number;
  readonly height: number;
  /** Of how many frames `onProgress` counts the share; known by itself for drawn frames. */
  readonly count?: number;
  /** Called with the share done, 0 … 1. */
  readonly onProgress?: (share: number) => void;
  readonly signal?: AbortSignal;
}

/** A film to be saved. `encodeVideo` (MP4, WebM) and `encodeGif` of write-clip.ts make it; they throw `clip-encode`. */
export interface SavedClip {
  readonly file: Blob;
  /** What it became: MP4 asked for becomes WebM where the browser writes no MP4. */
  readonly format: 'mp4' | 'webm' | 'gif';
  /** H.264, VP9, AV1, GIF. */
  readonly codec: string;
  /** What differs: padded to even sides, another format, a rounded rate. */
  readonly remarks: readonly Remark[];
}

export type EncodeVideo = (
  frames: FilmFrames,
  settings: FilmSettings & { readonly format: 'mp4' | 'webm' },
) => Promise<SavedClip>;

export type EncodeGif = (frames: FilmFrames, settings: FilmSettings) => Promise<SavedClip>;
