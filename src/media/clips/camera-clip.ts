import { TokenscopeError } from '../../core/errors.ts';
import { cameraFrames } from '../camera.ts';
import { sizeWithin } from './draw-frame.ts';
import { type KeptFrame, keptClip } from './kept-clip.ts';
import type { OpenedClip } from './opened-clip.ts';

export interface CameraClipOptions {
  /** How much is kept, seconds. */
  readonly seconds: number;
  /** Of the frames that are kept; pixels of the longer side. */
  readonly side: number;
  /** At most so many frames a second are kept. */
  readonly rate: number;
  /** Sees each kept frame; it stays the camera's: draw it, do not close it. */
  readonly onFrame?: (frame: ImageBitmap, keptSeconds: number) => void;
  /** Where frames come from; the camera of this device unless a test says otherwise. */
  readonly frames?: (signal: AbortSignal) => AsyncIterable<ImageBitmap>;
}

/** A camera that runs, always keeping its last seconds. */
export interface CameraClip {
  /** Settles when the camera ends: after `stop` or `cancel`, or by failing with `camera-*`. */
  readonly ended: Promise<void>;
  /** Lets the camera go and makes a clip of what was kept. Throws `camera-busy` when there was no frame yet. */
  stop(): Promise<OpenedClip>;
  /** Lets the camera go and what was kept. */
  cancel(): void;
}

/** Starts the camera. */
export function cameraClip({ seconds, side, rate, onFrame, frames = cameraFrames }: CameraClipOptions): CameraClip {
  const controller = new AbortController();
  const kept: KeptFrame[] = [];
  let wanted = true;

  async function roll(): Promise<void> {
    for await (const frame of frames(controller.signal)) {
      const time = performance.now() / 1000;
      // A frame a little early counts: timers and cameras waver.
      if (time - (kept.at(-1)?.time ?? Number.NEGATIVE_INFINITY) < 0.9 / rate) frame.close();
      else await keep(frame, time);
      while (kept.length > 1 && time - kept[0]!.time > seconds) kept.shift()!.bitmap.close();
    }
  }

  async function keep(frame: ImageBitmap, time: number): Promise<void> {
    const { width, height } = sizeWithin(frame, side);
    const bitmap = await createImageBitmap(frame, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
    frame.close();
    kept.push({ time, bitmap });
    onFrame?.(bitmap, time - kept[0]!.time);
  }

  const empty = () => {
    for (const { bitmap } of kept.splice(0)) bitmap.close();
  };
  const ended = roll().finally(() => {
    if (!wanted) empty();
  });
  // Whoever never asks must not see an unhandled failure.
  ended.catch(() => {});

  return {
    ended,
    async stop() {
      controller.abort();
      await ended;
      const first = kept[0]?.time;
      if (first === undefined) throw new TokenscopeError('camera-busy', {});
      const frames = kept.splice(0).map(({ time, bitmap }) => ({ time: time - first, bitmap }));
      return keptClip('camera', 'camera', frames, []);
    },
    cancel() {
      wanted = false;
      controller.abort();
    },
  };
}
