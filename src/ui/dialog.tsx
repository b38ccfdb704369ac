import { type ReactNode, useEffect, useId, useRef } from 'react';
import styles from './dialog.module.css';

interface DialogProps {
  readonly title: string;
  /** Said to screen readers on the closing button. */
  readonly closeText: string;
  readonly wide?: boolean;
  /** As wide as its content asks for. */
  readonly fitted?: boolean;
  /** Called when it has closed, by whatever means; unmount it then. */
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/**
 * A modal dialog, open while mounted. The browser's own: it keeps the focus, makes the rest inert, closes by Escape and
 * gives the focus back. A press outside closes it too.
 */
export function Dialog({ title, closeText, wide = false, fitted = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key for the backdrop, and the browser has it.
    <dialog
      ref={dialog}
      className={`${styles.dialog} ${wide ? styles.wide : ''} ${fitted ? styles.fitted : ''}`}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <header className={styles.head}>
        <h2 id={heading}>{title}</h2>
        <button type="button" className={styles.close} aria-label={closeText} onClick={() => dialog.current?.close()}>
          ×
        </button>
      </header>
      <div className={styles.body}>{children}</div>
    </dialog>
  );
}
