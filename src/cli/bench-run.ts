import type { OpenedPage } from './page.ts';

/** One line of the table. */
export interface BenchLine {
  readonly what: string;
  readonly where: string;
  readonly target: string;
  /** The figure as printed, or why there is none. */
  readonly figure: string;
  /** undefined: not measured. */
  readonly holds: boolean | undefined;
  /** The numbers behind the figure, as measured. */
  readonly values?: unknown;
}

export interface BenchContext {
  /** The model everything is measured on: the page's default. */
  readonly model: string;
  readonly threads: number;
  /** A hardware GPU that WebGPU offers here, by name. */
  readonly gpu: string | undefined;
  /** Opens the built page in a fresh browser; closed when the measurement ends. */
  open(options?: { query?: string; gpu?: 'none' | 'software' | 'machine'; flags?: readonly string[] }): Promise<OpenedPage>;
}

/** What a file in src/cli/bench exports by default. The order of the table is that of the file names. */
export interface Measurement {
  measure(context: BenchContext): Promise<readonly BenchLine[]>;
}

export function notMeasured(line: Pick<BenchLine, 'what' | 'where' | 'target'>, reason: string): BenchLine {
  return { ...line, figure: `not measured: ${reason}`, holds: undefined };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Increase of y for one step of x: the least-squares line through the points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (pick: (point: readonly [number, number]) => number) =>
    points.reduce((sum, point) => sum + pick(point), 0) / points.length;
  const [meanX, meanY] = [mean(([x]) => x), mean(([, y]) => y)];
  const covariance = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}
