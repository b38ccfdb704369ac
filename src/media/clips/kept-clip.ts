import type { ClipFacts } from '../../core/clip.ts';
import type { Remark } from '../opened-picture.ts';
import { sizeWithin } from './draw-frame.ts';
import type { ClipFrame, OpenedClip } from './opened-clip.ts';
import { frameAt, refuseEmpty, spreadTimes, ticksWithin } from './ticks.ts';

/** A frame that is kept whole: a camera's. */
export interface KeptFrame {
  /** Seconds from the first one. */
  readonly time: number;
  readonly bitmap: ImageBitmap;
}

/** A clip whose frames lie in memory; it owns them. */
export function keptClip(name: string, container: string, frames: readonly KeptFrame[], remarks: readonly Remark[]): OpenedClip {
  const facts = keptFacts(frames, container);
  const times = frames.map(({ time }) => time);

  async function* readAt(ticks: readonly number[], side: number, signal?: AbortSignal): AsyncGenerator<ClipFrame> {
    const { width, height } = sizeWithin(facts, side);
    for (const [tick, at] of ticks.entries()) {
      signal?.throwIfAborted();
      const { time, bitmap } = frames[frameAt(times, at)]!;
      const copy = await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: 'high' });
      yield { tick, time, bitmap: copy };
    }
  }

  return {
    name,
    facts,
    remarks,
    async *read(window, { maximumSide }, signal) {
      refuseEmpty(name, facts, window);
      yield* readAt(ticksWithin(window, facts.duration), maximumSide, signal);
    },
    thumbnails: (count, side, signal) => readAt(spreadTimes(count, facts.duration), side, signal),
    close: () => {
      for (const { bitmap } of frames) bitmap.close();
    },
  };
}

/** The last frame stands as long as the mean of those before. */
function keptFacts(frames: readonly KeptFrame[], container: string): ClipFacts {
  const span = frames.at(-1)?.time ?? 0;
  const count = frames.length;
  const duration = count > 1 && span > 0 ? (span * count) / (count - 1) : 1;
  const { width = 1, height = 1 } = frames[0]?.bitmap ?? {};
  return {
    width,
    height,
    duration,
    rate: count / duration,
    frames: count,
    exact: true,
    codec: container,
    container,
    bitDepth: 8,
  };
}
