import styles from './split-handle.module.css';

interface SplitHandleProps {
  /** Where it stands, 0 to 1 from the left. */
  readonly value: number;
  /** Said to screen readers. */
  readonly label: string;
  readonly valueText: string;
  readonly onChange: (value: number) => void;
}

const STEP = 0.02;
const BIG_STEP = 0.1;

/** A vertical line with a handle over a picture; the element it stands in must be positioned. */
export function SplitHandle({ value, label, valueText, onChange }: SplitHandleProps) {
  const drag = (event: React.PointerEvent<HTMLElement>) => {
    if (event.type === 'pointerdown') {
      event.currentTarget.setPointerCapture(event.pointerId);
      event.stopPropagation();
    } else if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const box = event.currentTarget.parentElement!.getBoundingClientRect();
    onChange(clamp((event.clientX - box.left) / box.width));
  };
  const press = (event: React.KeyboardEvent) => {
    const next = nextValue(event.key, value, event.shiftKey ? BIG_STEP : STEP);
    if (next === undefined) return;
    event.preventDefault();
    onChange(clamp(next));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(value * 100)}
      aria-valuetext={valueText}
      className={styles.handle}
      style={{ left: `${value * 100}%` }}
      onPointerDown={drag}
      onPointerMove={drag}
      onKeyDown={press}
    >
      <svg viewBox="-12 -12 24 24" aria-hidden="true">
        <circle r="11" />
        <path d="M-3 -4L-7 0L-3 4M3 -4L7 0L3 4" />
      </svg>
    </div>
  );
}

function nextValue(key: string, value: number, step: number): number | undefined {
  if (key === 'ArrowLeft' || key === 'ArrowDown') return value - step;
  if (key === 'ArrowRight' || key === 'ArrowUp') return value + step;
  if (key === 'PageDown') return value - BIG_STEP;
  if (key === 'PageUp') return value + BIG_STEP;
  if (key === 'Home') return 0;
  if (key === 'End') return 1;
  return undefined;
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
