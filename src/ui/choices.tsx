import { useId } from 'react';
import styles from './choices.module.css';

interface ChoicesProps<T extends string> {
  /** Said to screen readers; shown in front when `showName`. */
  readonly name: string;
  readonly showName?: boolean;
  readonly value: T;
  readonly options: readonly { readonly value: T; readonly text: string }[];
  readonly onChange: (value: T) => void;
}

/** One of a few words: radio buttons that look like a line of text. */
export function Choices<T extends string>({ name, showName, value, options, onChange }: ChoicesProps<T>) {
  const group = useId();
  return (
    <fieldset className={styles.choices} aria-label={name}>
      {showName && <span className={styles.name}>{name}</span>}
      {options.map((option) => (
        <label key={option.value} className={styles.choice} data-text={option.text}>
          <input type="radio" name={group} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.text}
        </label>
      ))}
    </fieldset>
  );
}
