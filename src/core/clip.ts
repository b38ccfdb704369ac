/** What a clip is. Times count from its first frame, in seconds. */
export interface ClipFacts {
  /** Of a frame as it is shown: after rotation, before any reduction. Pixels. */
  readonly width: number;
  readonly height: number;
  /** From the first frame to the end of the last one, seconds. */
  readonly duration: number;
  /** Mean frames per second; where the rate varies, single frames stand longer or shorter. */
  readonly rate: number;
  /** Frames per second where they come fastest, in clips of varying rate: at this rate none is left out. */
  readonly fastest?: number;
  /** Frames in the whole clip. */
  readonly frames: number;
  /** Whether `rate`, `frames` and `duration` were counted; otherwise they are estimates from the first seconds. */
  readonly exact: boolean;
  /** The name people know: H.264, VP9, GIF … */
  readonly codec: string;
  /** MP4, WebM, QuickTime, Matroska, GIF, pictures, camera … */
  readonly container: string;
  /** Bits a channel, where the file says it. */
  readonly bitDepth?: number;
}

/**
 * A piece of a clip at a rate of its own: one tick each 1 / `rate` s from `start` on. A tick shows the newest frame at or before
 * it, so any rate and clips of varying rate work.
 */
export interface ClipWindow {
  /** Seconds from the first frame. */
  readonly start: number;
  /** Seconds. */
  readonly duration: number;
  /** Ticks per second. */
  readonly rate: number;
}

/** How many ticks a window has; at least one. */
export function tickCount({ duration, rate }: ClipWindow): number {
  return Math.max(1, Math.round(duration * rate));
}

/** When a tick is, seconds from the clip's first frame. */
export function tickTime({ start, rate }: ClipWindow, tick: number): number {
  return start + tick / rate;
}
