import type { ClipWindow } from '../core/clip.ts';
import { DEFAULT_FRAMING } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import type { Engine } from '../engine/protocol.ts';
import type { ClipFrame, OpenedClip } from '../media/clips/opened-clip.ts';

/** The longer side of what is kept of a camera's frames, pixels. */
const SIDE = 512;
/** Frames kept, and as many more a second, at most. */
const RATE = 24;

interface RolledFrame {
  readonly picture: Picture;
  /** Seconds. */
  readonly time: number;
}

/** The last frames of a camera, as a clip of `length` frames whenever there are so many. */
export function rollFrames(engine: Engine) {
  let frames: RolledFrame[] = [];
  let newest = Number.NEGATIVE_INFINITY;
  let given: readonly RolledFrame[] = frames;

  return {
    empty(): void {
      frames = [];
      given = frames;
      newest = Number.NEGATIVE_INFINITY;
    },
    /** Takes a frame over, unless it comes too soon after the last one. */
    async take(frame: ImageBitmap | Picture, time: number, length: number): Promise<void> {
      // A frame a little early counts: timers and cameras waver.
      if (time - newest < 0.9 / RATE) {
        if ('close' in frame) frame.close();
        return;
      }
      newest = time;
      const { width, height } = frame;
      const scale = Math.min(1, SIDE / Math.max(width, height));
      const size = { width: Math.round(width * scale), height: Math.round(height * scale) };
      const [picture] = await engine.frameOnce(frame, { ...DEFAULT_FRAMING, fit: 'stretch' }, [size]);
      frames = [...frames, { picture: picture!, time }].slice(-length);
    },
    /** The last `length` frames, and the piece that is all of them; undefined while there are too few, or no new ones. */
    clip(length: number, name: string): { clip: OpenedClip; window: ClipWindow } | undefined {
      if (frames.length < length || frames === given) return undefined;
      given = frames;
      return asClip(frames, name);
    },
  };
}

function asClip(frames: readonly RolledFrame[], name: string): { clip: OpenedClip; window: ClipWindow } {
  const { picture, time: first } = frames[0]!;
  const span = frames.at(-1)!.time - first;
  const rate = frames.length > 1 && span > 0 ? (frames.length - 1) / span : RATE;
  const duration = frames.length / rate;
  const facts = {
    ...{ width: picture.width, height: picture.height, duration, rate, frames: frames.length, exact: true },
    ...{ codec: 'camera', container: 'camera', bitDepth: 8 },
  };
  async function* read(): AsyncGenerator<ClipFrame> {
    for (const [tick, { picture: each, time }] of frames.entries())
      yield { tick, time: time - first, bitmap: await bitmapOf(each) };
  }
  const clip: OpenedClip = { name, facts, remarks: [], read, thumbnails: read, close: () => {} };
  return { clip, window: { start: 0, duration, rate } };
}

function bitmapOf({ data, width, height }: Picture): Promise<ImageBitmap> {
  return createImageBitmap(new ImageData(data, width, height));
}
