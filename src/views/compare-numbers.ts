import type { Measures, Metric } from '../core/metric.ts';
import { number } from '../i18n/index.ts';
import type { Result, Slot } from '../state/store.ts';

export type Better = Metric['better'];

/** A measured value as people read it, with its unit. */
export function measureText(value: number, { digits, unit }: Pick<Metric, 'digits' | 'unit'>): string {
  const text = number(value, digits);
  if (unit === '') return text;
  return unit === 'bits' ? text : `${text} ${unit}`;
}

/** Ids of all metrics in the order of the lists. */
export function metricOrder(metrics: Readonly<Record<string, Metric>>): readonly string[] {
  return Object.keys(metrics).sort((a, b) => metrics[a]!.order - metrics[b]!.order);
}

/**
 * Which of several values are the best. None when fewer than two are known or when all read the same at `digits` after
 * the point: a lead nobody can see is no lead.
 */
export function bestOf(values: readonly (number | null | undefined)[], better: Better, digits: number): readonly boolean[] {
  const none = values.map(() => false);
  if (better === 'neither') return none;
  const rounded = values.map((value) =>
    typeof value === 'number' && Number.isFinite(value) ? Number(value.toFixed(digits)) : null,
  );
  const known = rounded.filter((value) => value !== null);
  if (known.length < 2) return none;
  const most = Math.max(...known);
  const least = Math.min(...known);
  if (most === least) return none;
  const best = better === 'higher' ? most : least;
  return rounded.map((value) => value === best);
}

/** Milliseconds from the framed picture to tokens; undefined where nothing was run here. */
export function encodeTime(result: Result | undefined): number | undefined {
  return result?.timings && !result.recorded ? result.timings.encodeMs + result.timings.quantizeMs : undefined;
}

/** Milliseconds from tokens to pixels. */
export function decodeTime(result: Result | undefined): number | undefined {
  return result?.recorded ? undefined : result?.timings?.decodeMs;
}

/** Milliseconds in two or three digits, seconds above ten. */
export function timeText(milliseconds: number): string {
  if (milliseconds >= 10_000) return `${number(milliseconds / 1000, 1)} s`;
  return `${number(milliseconds, milliseconds < 10 ? 1 : 0)} ms`;
}

/** The table as it is saved: one row for each model, one column for each number. */
export function numbersTable(
  slots: readonly Slot[],
  measures: readonly (Measures | undefined)[],
  metrics: Readonly<Record<string, Metric>>,
) {
  const ids = metricOrder(metrics);
  const header = ['model', 'id', 'result', ...ids, 'encode_ms', 'decode_ms', 'provider'];
  const rows = slots.map((slot, index) => [
    slot.manifest.title,
    slot.manifest.id,
    slot.result ? (slot.result.recorded ? 'recorded' : 'live') : '',
    ...ids.map((id) => measures[index]?.[id] ?? null),
    encodeTime(slot.result) ?? null,
    decodeTime(slot.result) ?? null,
    slot.result?.recorded ? null : (slot.model?.device.provider ?? null),
  ]);
  return { header, rows };
}
