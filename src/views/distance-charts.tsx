import { useMemo } from 'react';
import { number, useTexts } from '../i18n/index.ts';
import { columnMinima, histogramOf } from './distance-shapes.ts';
import styles from './quantizer-detail.module.css';
import { distanceText } from './selected-cell.ts';

interface DistanceChartProps {
  readonly distances: Float32Array;
  readonly winner: number;
  readonly runnerUp: number | undefined;
  readonly width: number;
  readonly height: number;
}

/** Space under a chart for its axis. */
const AXIS = 20;

/** Distances to all entries in the order of their index: the shortest stroke wins. */
export function DistanceRow({ distances, winner, runnerUp, width, height }: DistanceChartProps) {
  const { t } = useTexts();
  const plot = height - AXIS;
  const shape = useMemo(() => {
    const columns = columnMinima(distances, Math.floor(width / 2));
    const { least, most } = extent(distances);
    const top = Math.max(...columns);
    const foot = footOf(least, top);
    const y = (value: number) => Math.round((plot - ((value - foot) / (top - foot || 1)) * (plot - 8)) * 10) / 10;
    const step = width / columns.length;
    let d = '';
    columns.forEach((value, i) => {
      d += `M${((i + 0.5) * step).toFixed(1)} ${plot}V${y(value)}`;
    });
    return { d, y, least, most, line: Math.max(0.75, Math.min(6, step * 0.62)) };
  }, [distances, width, plot]);
  const size = distances.length;
  const x = (entry: number) => ((entry + 0.5) / size) * width;
  const mark = (entry: number, colour: string, wide: number) => (
    <path
      d={`M${x(entry)} ${plot + 5}V${Math.min(plot - 2, shape.y(distances[entry]!))}`}
      stroke={colour}
      strokeWidth={wide}
      fill="none"
    />
  );
  return (
    <figure className={styles.chart}>
      <figcaption>
        {t('pipeline.distanceRow', {
          size: number(size),
          least: distanceText(shape.least, shape.most),
          most: distanceText(shape.most),
        })}
      </figcaption>
      <span className="unseen">{t('pipeline.distanceRowLabel', { size: number(size), entry: winner })}</span>
      <svg width={width} height={height} aria-hidden="true">
        <path d={shape.d} stroke="var(--ink-3)" strokeOpacity={0.55} strokeWidth={shape.line} fill="none" />
        <path d={`M0 ${plot}H${width}`} stroke="var(--ink-3)" fill="none" />
        {runnerUp !== undefined && mark(runnerUp, 'var(--ink)', 2)}
        {mark(winner, 'var(--accent)', 3)}
        {/* An end gives way to the winner's name when that comes close. */}
        {x(winner) > 75 && (
          <text x={0} y={height - 3} className={styles.axis}>
            0
          </text>
        )}
        {x(winner) < width - 120 && (
          <text x={width} y={height - 3} textAnchor="end" className={styles.axis}>
            {number(size - 1)}
          </text>
        )}
        <text x={clamp(x(winner), 60, width - 60)} y={height - 3} textAnchor="middle" className={styles.axisWinner}>
          {t('pipeline.entryLegend', { entry: winner })}
        </text>
      </svg>
    </figure>
  );
}

function extent(values: Float32Array): { least: number; most: number } {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return { least, most };
}

/** Strokes start at zero; where all distances are alike (many channels), and for scores below zero, a little under the least. */
function footOf(least: number, top: number): number {
  return least >= 0 && least < top / 2 ? 0 : least - 0.15 * (top - least || 1);
}

const BINS = 60;

/** How many entries lie how far. */
export function DistanceHistogram({ distances, winner, runnerUp, width, height }: DistanceChartProps) {
  const { t } = useTexts();
  const plot = height - AXIS;
  const { least, most, counts } = useMemo(() => histogramOf(distances, BINS), [distances]);
  const tallest = Math.max(...counts, 1);
  const step = width / BINS;
  const x = (entry: number) => ((distances[entry]! - least) / (most - least || 1)) * width;
  const bars = Array.from(counts, (count, i) => {
    const tall = count ? Math.max(1.5, (count / tallest) * (plot - 8)) : 0;
    return `M${(i * step + 0.75).toFixed(1)} ${plot}v${-tall.toFixed(1)}h${(step - 1.5).toFixed(1)}V${plot}z`;
  }).join('');
  const label = { size: number(distances.length), least: distanceText(least), most: distanceText(most) };
  return (
    <figure className={styles.chart}>
      <figcaption>{t('pipeline.distanceHistogram')}</figcaption>
      <span className="unseen">{t('pipeline.distanceHistogramLabel', label)}</span>
      <svg width={width} height={height} aria-hidden="true">
        <path d={bars} fill="var(--ink-3)" fillOpacity={0.55} />
        <path d={`M0 ${plot}H${width}`} stroke="var(--ink-3)" fill="none" />
        {runnerUp !== undefined && (
          <path d={`M${x(runnerUp)} ${plot + 5}v${-plot * 0.35}`} stroke="var(--ink)" strokeWidth={2} fill="none" />
        )}
        <path d={`M${x(winner)} ${plot + 5}V8`} stroke="var(--accent)" strokeWidth={2} fill="none" />
        <text x={0} y={height - 3} className={styles.axisWinner}>
          {label.least}
        </text>
        <text x={width / 2} y={height - 3} textAnchor="middle" className={styles.axisWord}>
          {t('pipeline.distanceAxis')}
        </text>
        <text x={width} y={height - 3} textAnchor="end" className={styles.axis}>
          {label.most}
        </text>
      </svg>
    </figure>
  );
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
