import type { ClipFacts, ClipWindow } from '../../core/clip.ts';
import { TokenscopeError } from '../../core/errors.ts';
import type { Size } from '../../core/framing.ts';
import type { Remark } from '../opened-picture.ts';
import type { ClipReader } from './clip-reader.ts';
import type { ClipFrame } from './opened-clip.ts';
import { rhythmOf } from './rhythm.ts';
import { beginnings, frameAt, SLACK, spreadTimes, ticksWithin } from './ticks.ts';

/** A clip of which every frame has a number and a known length. */
export interface Stills {
  readonly name: string;
  readonly container: string;
  readonly codec: string;
  readonly size: Size;
  /** How long each frame stands, seconds. */
  readonly durations: readonly number[];
  /** What the lengths are rounded to, seconds; a millisecond unless told. */
  readonly rounding?: number;
  readonly remarks?: readonly Remark[];
  /** A bitmap for each of the ascending numbers, within a square of `side`. */
  frames(indices: readonly number[], side: number): AsyncGenerator<ImageBitmap>;
  close(): void;
}

/** Reads by number what was asked for by time. */
export function stillsReader(stills: Stills): ClipReader {
  const times = beginnings(stills.durations);
  const { rate, steady, fastest, late } = rhythmOf(Array.from(times), stills.rounding);
  const varying = fastest === undefined ? {} : { fastest };
  const facts = { ...stillsFacts(stills, steady && times.length > 1 ? rate : undefined), ...varying };

  // Rounded times may come late by themselves; a sum of rounded lengths strays further.
  const slack = late + (stills.rounding ?? 2 * SLACK) / 2;

  async function* readAt(ticks: readonly number[], side: number): AsyncGenerator<ClipFrame> {
    const indices = ticks.map((time) => frameAt(times, time, slack));
    let tick = 0;
    try {
      for await (const bitmap of stills.frames(indices, side)) {
        yield { tick, time: times[indices[tick]!]!, bitmap };
        tick++;
      }
    } catch (error) {
      if (error instanceof TokenscopeError) throw error;
      const seconds = times[indices[tick] ?? 0]!.toFixed(2);
      throw new TokenscopeError('clip-undecodable', { file: stills.name, seconds }, { cause: error });
    }
  }

  return {
    facts,
    remarks: [...(stills.remarks ?? []), ...(steady ? [] : saysVarying(stills))],
    read: (window: ClipWindow, side) => readAt(ticksWithin(window, facts.duration), side),
    thumbnails: (count, side) => readAt(spreadTimes(count, facts.duration), side),
    close: stills.close,
  };
}

function stillsFacts({ durations, size, codec, container }: Stills, steadyRate: number | undefined): ClipFacts {
  const duration = durations.reduce((sum, seconds) => sum + seconds, 0);
  const { width, height } = size;
  const frames = durations.length;
  const rate = steadyRate ?? frames / duration;
  return { width, height, duration, rate, frames, exact: true, codec, container, bitDepth: 8 };
}

function saysVarying({ name }: Stills): readonly Remark[] {
  return [{ text: 'sources.notice.clipVarying', parameters: { name } }];
}
