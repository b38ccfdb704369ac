/** Frames per second where they come evenly, and whether they do. */
export interface Rhythm {
  readonly rate: number;
  readonly steady: boolean;
}

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
  if (times.length < 2 || span <= 0) return { rate: 1, steady: true };
  const mean = span / (times.length - 1);
  const steady = times.every((time, i) => i === 0 || Math.abs(time - times[i - 1]! - mean) <= 2.1 * rounding + mean * 0.02);
  const rate = 1 / mean;
  const whole = Math.round(rate);
  const slower = (whole * 1000) / 1001;
  const near = TELEVISION.includes(whole) && Math.abs(slower - rate) < Math.abs(whole - rate) ? slower : whole;
  return { rate: steady && Math.abs(near / rate - 1) < 1e-4 + rounding / span ? near : rate, steady };
}
