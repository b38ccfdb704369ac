import type { Ref } from 'react';
import styles from './line-chart.module.css';

export interface Axis {
  readonly scale: 'linear' | 'log';
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
  readonly name?: string;
}

export interface Curve {
  readonly id: string;
  /** The main curve is drawn in ink, what it is compared with thinner and paler. */
  readonly main: boolean;
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Ends with a line down to the axis. */
  readonly ends?: boolean;
}

interface LineChartProps {
  readonly width: number;
  readonly height: number;
  readonly x: Axis;
  readonly y: Axis;
  readonly curves: readonly Curve[];
  /** The selection's place on a curve. */
  readonly marker?: readonly [x: number, y: number] | undefined;
  /** The whole chart in words. */
  readonly label: string;
  readonly ref?: Ref<SVGSVGElement>;
}

const LEFT = 64;
const RIGHT = 4;
const TOP = 12;
const BOTTOM = 26;

/** Curves over two axes, linear or logarithmic, with hairlines at the ticks. */
export function LineChart({ width, height, x, y, curves, marker, label, ref }: LineChartProps) {
  const right = (value: number) => round(LEFT + (width - LEFT - RIGHT) * fraction(x, value));
  const up = (value: number) => round(height - BOTTOM - (height - BOTTOM - TOP) * fraction(y, value));
  const floor = height - BOTTOM;
  return (
    <svg ref={ref} width={width} height={height} className={styles.chart} role="img" aria-label={label}>
      {y.ticks.map(({ value, text }) => (
        <g key={value}>
          <line className={styles.grid} x1={LEFT} x2={width} y1={up(value)} y2={up(value)} />
          <text className={styles.tick} x={LEFT - 8} y={up(value) + 4} textAnchor="end">
            {text}
          </text>
        </g>
      ))}
      <line className={styles.axis} x1={LEFT} x2={width} y1={floor} y2={floor} />
      {x.ticks.map(({ value, text }, index) => (
        <text key={value} className={styles.tick} x={right(value)} y={floor + 18} textAnchor={anchor(index, x.ticks.length)}>
          {text}
        </text>
      ))}
      {curves.map(({ id, points, main, ends }) => (
        <g key={id} className={main ? styles.main : styles.other}>
          <path d={path(points, right, up)} />
          {ends && points.length > 0 && (
            <line x1={right(points.at(-1)![0])} x2={right(points.at(-1)![0])} y1={up(points.at(-1)![1])} y2={floor} />
          )}
        </g>
      ))}
      {marker && (
        <g className={styles.marker}>
          <line x1={right(marker[0])} x2={right(marker[0])} y1={up(marker[1])} y2={floor} />
          <circle cx={right(marker[0])} cy={up(marker[1])} r="5" />
        </g>
      )}
    </svg>
  );
}

/** Where a value stands between the ends of its axis, held inside. */
export function fraction({ scale, from, to }: Pick<Axis, 'scale' | 'from' | 'to'>, value: number): number {
  const place = scale === 'log' ? Math.log(Math.max(value, 1e-300) / from) / Math.log(to / from) : (value - from) / (to - from);
  return Math.min(1, Math.max(0, Number.isFinite(place) ? place : 0));
}

/** Powers of ten within a range, both ends included. */
export function decades(from: number, to: number): number[] {
  const first = Math.ceil(Math.log10(from) - 1e-9);
  const last = Math.floor(Math.log10(to) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => 10 ** (first + i));
}

function path(points: Curve['points'], right: (x: number) => number, up: (y: number) => number): string {
  return points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${right(x)} ${up(y)}`).join('');
}

function anchor(index: number, count: number): 'start' | 'middle' | 'end' {
  return index === 0 ? 'start' : index === count - 1 ? 'end' : 'middle';
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
