import { useTexts } from '../i18n/index.ts';
import styles from './vector-bars.module.css';
import { chartSlots, type Slots, shortNumber, slotAt } from './vector-chart.ts';

interface VectorBarsProps {
  /** Drawn as bars: blue below zero, ochre above. */
  readonly vector: ArrayLike<number>;
  /** Drawn as ticks: ticks on bars are near, ticks off them far. */
  readonly entry?: ArrayLike<number> | undefined;
  readonly width: number;
  readonly height: number;
  /** The large chart: axis, values and channel numbers. */
  readonly detailed?: boolean;
  /** Ticks in the accent: the entry is the selected one. The large chart always does. */
  readonly selected?: boolean;
  /** The value that reaches the top, so that charts side by side compare; a larger number drawn takes its place. */
  readonly limit?: number | undefined;
  /** Said to screen readers; without it the chart is decoration. */
  readonly label?: string;
  /** Channels marked under the axis, first and last. */
  readonly marked?: readonly [first: number, last: number] | undefined;
  /** A channel was pressed or dragged over. */
  readonly onChannel?: (channel: number) => void;
}

/** Space under the bars of the large chart for values and channel numbers. */
const LEGEND = 36;

/**
 * A vector as bars and an entry as ticks, for 1 to 512 channels and more: where there is no room for every channel,
 * one slot stands for a few neighbours and shows the one farthest from zero.
 */
export function VectorBars(props: VectorBarsProps) {
  const { vector, entry, width, height, detailed = false, selected = false, label, onChannel } = props;
  const { t } = useTexts();
  const limit = Math.max(props.limit ?? 0, largest(vector, entry));
  const slots = chartSlots(vector, width, detailed);
  const plot = Math.max(1, detailed ? height - LEGEND : height);
  const shapes = drawShapes(vector, entry, slots, plot, limit, detailed);
  const press = (event: React.PointerEvent<SVGSVGElement>) => {
    if (event.type === 'pointermove' && event.buttons === 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    onChannel?.(slotAt(slots, event.clientX - box.left));
  };
  return (
    <>
      {label && <span className="unseen">{label}</span>}
      <svg
        width={width}
        height={height}
        className={onChannel ? styles.pressable : styles.chart}
        aria-hidden="true"
        {...(onChannel ? { onPointerDown: press, onPointerMove: press } : {})}
      >
        {onChannel && <rect width={width} height={height} fill="none" pointerEvents="all" />}
        <path d={`M0 ${plot / 2}H${width}`} stroke={detailed ? 'var(--ink-3)' : 'var(--hair)'} fill="none" />
        <path d={shapes.negative} fill="var(--negative)" opacity={detailed ? 1 : 0.38} />
        <path d={shapes.positive} fill="var(--positive)" opacity={detailed ? 1 : 0.38} />
        <path
          d={shapes.ticks}
          fill="none"
          stroke={detailed || selected ? 'var(--accent)' : 'var(--ink)'}
          strokeWidth={detailed ? 2 : 1.75}
        />
        {detailed && <Legend vector={vector} slots={slots} top={plot} marked={props.marked} />}
        {detailed && slots.each > 1 && (
          <text x={width} y={12} textAnchor="end" className={styles.note}>
            {t('pipeline.vectorGroups', { each: slots.each })}
          </text>
        )}
      </svg>
    </>
  );
}

interface LegendProps {
  readonly vector: ArrayLike<number>;
  readonly slots: Slots;
  readonly top: number;
  readonly marked: readonly [number, number] | undefined;
}

function Legend({ vector, slots, top, marked }: LegendProps) {
  const { step, channels, each } = slots;
  const withValues = step >= 24;
  // Four characters and a gap.
  const small = step < 34;
  // Channel numbers stand apart by at least 30 px.
  const every = withValues ? 1 : Math.ceil(30 / step);
  const centre = (slot: number) => (slot + 0.5) * step;
  return (
    <>
      {marked && (
        <path
          d={`M${Math.floor(marked[0] / each) * step} ${top + 4}H${(Math.floor(marked[1] / each) + 1) * step}`}
          stroke="var(--ink)"
          strokeWidth={2}
          fill="none"
        />
      )}
      {withValues &&
        channels.map((channel, slot) => (
          <text key={slot} x={centre(slot)} y={top + 18} textAnchor="middle" className={small ? styles.smallValue : styles.value}>
            {shortNumber(vector[channel]!, step)}
          </text>
        ))}
      {channels.map(
        (_, slot) =>
          slot % every === 0 && (
            <text
              key={slot}
              x={every > 1 && slot === 0 ? 0 : centre(slot)}
              y={top + (withValues ? 33 : 20)}
              textAnchor={every > 1 && slot === 0 ? 'start' : 'middle'}
              className={styles.channel}
            >
              {slot * each}
            </text>
          ),
      )}
    </>
  );
}

function largest(vector: ArrayLike<number>, entry: ArrayLike<number> | undefined): number {
  let most = 1e-6;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i]!), Math.abs(entry?.[i] ?? 0));
  return most * 1.1;
}

/** One path for each colour: hundreds of channels cost three elements. */
function drawShapes(
  vector: ArrayLike<number>,
  entry: ArrayLike<number> | undefined,
  { step, channels }: Slots,
  height: number,
  limit: number,
  detailed: boolean,
) {
  const bar = step < 3 ? step : Math.min(40, step * (detailed ? 0.5 : 0.66));
  const overhang = step < 6 ? 0 : detailed ? Math.min(5, step * 0.15) : 1.2;
  const middle = height / 2;
  const y = (value: number) => middle - (Math.max(-limit, Math.min(limit, value)) / limit) * middle;
  let negative = '';
  let positive = '';
  let ticks = '';
  channels.forEach((channel, slot) => {
    const value = vector[channel]!;
    const x = round(slot * step + (step - bar) / 2);
    const end = y(value);
    const tall = Math.max(0.75, Math.abs(end - middle));
    const box = `M${x} ${round(value < 0 ? middle : middle - tall)}h${round(bar)}v${round(tall)}h${round(-bar)}z`;
    if (value < 0) negative += box;
    else positive += box;
    if (entry) ticks += `M${round(x - overhang)} ${round(y(entry[channel] ?? 0))}h${round(bar + 2 * overhang)}`;
  });
  return { negative, positive, ticks };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
