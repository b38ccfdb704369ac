import { Hint } from '../ui/hint.tsx';
import styles from './compare-measures.module.css';

/** One number of one model. */
export interface NumberLine {
  readonly id: string;
  readonly name: string;
  /** What it means, one hover or focus away; why there is none, where there is none. */
  readonly definition: string;
  readonly value: string;
  readonly best: boolean;
}

interface CompareMeasuresProps {
  readonly model: string;
  readonly lines: readonly NumberLine[];
  readonly line: number;
  readonly twoColumns: boolean;
}

/** The numbers of one model; the best of all rows in bold. */
export function CompareMeasures({ model, lines, line, twoColumns }: CompareMeasuresProps) {
  const rows = twoColumns ? Math.ceil(lines.length / 2) : lines.length;
  return (
    <dl
      className={styles.numbers}
      aria-label={model}
      data-columns={twoColumns ? 2 : 1}
      data-dense={line < 20 || undefined}
      style={{ gridTemplateRows: `repeat(${rows}, ${line}px)`, gridTemplateColumns: twoColumns ? '1fr 1fr' : '1fr' }}
    >
      {lines.map(({ id, name, definition, value, best }) => (
        <div key={id} className={best ? styles.best : undefined}>
          <dt>
            <Hint text={definition}>{name}</Hint>
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
