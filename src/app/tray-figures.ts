import type { Measures } from '../core/metric.ts';
import { tokenStatistics } from '../metrics/parts/token-statistics.ts';
import type { TrayRow, TrayRun } from '../state/store.ts';

/** Metrics that make sense for each picture and as a mean over the set. */
export const trayMetrics = ['psnr', 'ssim', 'ms-ssim'] as const;

/** The codebook over a whole set: what a picture alone cannot tell. */
export interface SetFigures {
  readonly tokens: number;
  readonly used: number;
  readonly dead: number;
  /** Share of the entries that occurred, 0 to 1. */
  readonly usage: number;
  /** exp of the entropy of the joint token frequencies. */
  readonly perplexity: number;
  readonly means: Readonly<Record<string, number | undefined>>;
}

/** Figures over all pictures so far. A set's metric is the mean of its pictures' values, over those that have one. */
export function setFigures({ counts, rows }: Pick<TrayRun, 'counts' | 'rows'>): SetFigures {
  const { tokens, used, share, perplexity } = tokenStatistics(counts);
  return {
    ...{ tokens, used, dead: counts.length - used, usage: share, perplexity },
    means: Object.fromEntries(trayMetrics.map((metric) => [metric, mean(rows.map((row) => row.measures?.[metric]))])),
  };
}

/** Infinite values (pictures without any error) have no mean and are left out, as are undefined ones. */
function mean(values: readonly (number | null | undefined)[]): number | undefined {
  const known = values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value));
  return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
}

/** Every metric that any row has, in the order they first occur. */
function metricsOf(rows: readonly TrayRow[]): string[] {
  return [...new Set(rows.flatMap(({ measures }) => Object.keys(measures ?? ({} as Measures))))];
}

type Line = (string | number | null)[];

/** One line a picture, then the set. */
export function trayTable(run: TrayRun): { header: string[]; lines: Line[] } {
  const metrics = metricsOf(run.rows);
  const { used, dead, usage, perplexity, means } = setFigures(run);
  const lines = run.rows.map(({ name, measures, seconds, error }): Line => {
    const values = metrics.map((metric) => measures?.[metric] ?? null);
    return [name, ...values, Number(seconds.toFixed(3)), error?.code ?? ''];
  });
  const blank = (line: Line): Line => [...line, ...Array<null>(metrics.length + 3 - line.length).fill(null)];
  const summary: Line[] = [
    blank(['mean', ...metrics.map((metric) => means[metric] ?? null)]),
    blank(['set: entries used', used]),
    blank(['set: dead entries', dead]),
    blank(['set: usage', Number(usage.toFixed(6))]),
    blank(['set: perplexity', Number(perplexity.toFixed(4))]),
  ];
  return { header: ['picture', ...metrics, 'seconds', 'error'], lines: [...lines, ...summary] };
}
