import styles from './funnel.module.css';
import type { Funnel } from './funnel-geometry.ts';

interface FunnelViewProps {
  readonly anchor: 'encoder' | 'decoder';
  readonly label: string;
  readonly funnel: Funnel;
  readonly width: number;
  readonly height: number;
  /** Pixels and cells a side, under the largest and the smallest slab. */
  readonly pixels: number | undefined;
  readonly cells: number | undefined;
}

/** A network as slabs whose heights are those of its feature maps, drawn to scale. */
export function FunnelView({ anchor, label, funnel, width, height, pixels, cells }: FunnelViewProps) {
  const { slabs } = funnel;
  const middle = height / 2;
  const edge = (sign: 1 | -1) => slabs.map(({ x, tall }, i) => `${i ? 'L' : 'M'}${x} ${middle + (sign * tall) / 2}`).join('');
  const back = [...slabs].reverse().map(({ x, tall }) => `L${x} ${middle + tall / 2}`);
  const [first, last] = [slabs[0]!, slabs[slabs.length - 1]!];
  const mirrored = first.x > last.x;
  return (
    <div className={styles.funnel} data-anchor={anchor}>
      <span className="unseen">{label}</span>
      <svg width={width} height={height} aria-hidden="true">
        <path d={`${edge(-1)}${back.join('')}Z`} fill="var(--faint)" />
        <path d={edge(-1)} fill="none" stroke="var(--ink-3)" />
        <path d={edge(1)} fill="none" stroke="var(--ink-3)" />
        {slabs.map(({ x, wide, tall }, i) => (
          <rect
            key={i}
            x={x - wide / 2}
            y={middle - tall / 2}
            width={wide}
            height={tall}
            fill="var(--paper)"
            stroke="var(--ink-2)"
            strokeWidth={1}
          />
        ))}
        {pixels !== undefined && (
          <text x={first.x + (mirrored ? -3 : 3)} y={middle + first.tall / 2 + 15} textAnchor="middle" className={styles.side}>
            {pixels}
          </text>
        )}
        {cells !== undefined && slabs.length > 1 && (
          <text x={last.x} y={middle + last.tall / 2 + 15} textAnchor="middle" className={styles.side}>
            {cells}
          </text>
        )}
      </svg>
    </div>
  );
}
