/** Frames per second where they come evenly, and whether they do; where not, the rate of the shortest frame. */
export interface Rhythm {
  readonly rate: number;
  readonly steady: boolean;
  readonly fastest?: number;
  /** Of steady frames: how much the latest comes after its even place, seconds. */
  readonly late: number;
}

/** Up to this share of a frame from its even place, a frame is still the one of its tick. */
const MOST_STRAY = 0.4;
/** Screens show no more. Frames per second. */
const FASTEST = 120;

/** Times are rounded to a millisecond at worst, unless told. Seconds. */
const ROUNDING = 0.001;
/** Whole rates of which television made slightly slower ones. */
const TELEVISION = [24, 30, 48, 60, 120];

/**
 * From when frames begin (seconds, ascending, each rounded to `rounding`). A steady rate becomes the whole number, or its
 * slower sister of television, that the rounding cannot tell from it. One frame alone counts as one a second.
 */
export function rhythmOf(times: readonly number[], rounding = ROUNDING): Rhythm {
  const span = (times.at(-1) ?? 0) - (times[0] ?? 0);
  if (times.length < 2 || span <= 0) return { rate: 1, steady: true, late: 0 };
  const mean = span / (times.length - 1);
  const even = times.every((time, i) => i === 0 || Math.abs(time - times[i - 1]! - mean) <= 2.1 * rounding + mean * 0.02);
  const rate = 1 / mean;
  const [late, early] = strayOf(times, mean);
  const steady = even && Math.max(late, early) < mean * MOST_STRAY;
  if (!steady) return { rate, steady, late: 0, fastest: Math.max(rate, fastestOf(times, rounding)) };
  const whole = Math.round(rate);
  const slower = (whole * 1000) / 1001;
  const near = TELEVISION.includes(whole) && Math.abs(slower - rate) < Math.abs(whole - rate) ? slower : whole;
  return { rate: Math.abs(near / rate - 1) < 1e-4 + rounding / span ? near : rate, steady, late };
}

/** How far frames come after and before their even places, at most. Seconds. */
function strayOf(times: readonly number[], mean: number): readonly [late: number, early: number] {
  let [late, early] = [0, 0];
  for (const [i, time] of times.entries()) {
    const stray = time - times[0]! - i * mean;
    late = Math.max(late, stray);
    early = Math.max(early, -stray);
  }
  return [late, early];
}

/** Times that differ by the rounding alone are no frames anybody could see apart. */
function fastestOf(times: readonly number[], rounding: number): number {
  const gaps = times.slice(1).map((time, i) => time - times[i]!);
  const shortest = Math.min(...gaps.filter((gap) => gap > 2 * rounding), Number.POSITIVE_INFINITY);
  return Math.min(FASTEST, Math.round(100 / shortest) / 100);
}
