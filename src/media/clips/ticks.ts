import { type ClipFacts, type ClipWindow, tickCount, tickTime } from '../../core/clip.ts';
import { TokenscopeError } from '../../core/errors.ts';

/** Containers round times, some to a millisecond: a tick so little before a frame still shows it. Seconds. */
export const SLACK = 0.001;

/** The times of the ticks that lie within the clip, seconds; none where the window begins after its end. */
export function ticksWithin(window: ClipWindow, duration: number): number[] {
  const times: number[] = [];
  for (let tick = 0; tick < tickCount(window); tick++) {
    const time = Math.max(0, tickTime(window, tick));
    if (time >= duration - SLACK) break;
    times.push(time);
  }
  return times;
}

/** `count` times spread evenly, each in the middle of its share. Seconds. */
export function spreadTimes(count: number, duration: number): number[] {
  return Array.from({ length: count }, (_, i) => ((i + 0.5) * duration) / count);
}

/** Which of the frames that begin at `times` (ascending, seconds, rounded so much) is shown at `time`; the first one before all. */
export function frameAt(times: ArrayLike<number>, time: number, slack = SLACK): number {
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (times[middle]! <= time + slack) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** When frames that stand so long (seconds) begin. */
export function beginnings(durations: readonly number[]): Float64Array {
  const times = new Float64Array(durations.length);
  for (let i = 1; i < times.length; i++) times[i] = times[i - 1]! + durations[i - 1]!;
  return times;
}

/** Throws `clip-nothing` where a window begins after the end. */
export function refuseEmpty(file: string, { duration }: ClipFacts, window: ClipWindow): void {
  if (ticksWithin(window, duration).length > 0) return;
  throw new TokenscopeError('clip-nothing', { file, from: window.start.toFixed(2), seconds: duration.toFixed(2) });
}
