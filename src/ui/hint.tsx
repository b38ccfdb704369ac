import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import styles from './hint.module.css';

interface HintProps {
  /** The sentence that explains the word. */
  readonly text: string;
  readonly children: ReactNode;
}

/**
 * A word with its definition one hover, focus or touch away. It can be pointed at and is closed by Escape, and it stands
 * in the top layer, so nothing cuts it off.
 */
export function Hint({ text, children }: HintProps) {
  const id = useId();
  const word = useRef<HTMLButtonElement>(null);
  const bubble = useRef<HTMLSpanElement>(null);
  const [open, setOpen] = useState(false);
  const leaving = useRef(0);
  const show = () => {
    clearTimeout(leaving.current);
    setOpen(true);
  };
  // A moment to reach the bubble with the pointer.
  const leave = () => {
    leaving.current = window.setTimeout(() => setOpen(false), 120);
  };
  useEffect(() => () => clearTimeout(leaving.current), []);
  useEffect(() => {
    const shown = bubble.current;
    if (!open || !word.current || !shown) return;
    placeBubble(word.current, shown);
    const close = (event: KeyboardEvent | Event) => {
      if (!(event instanceof KeyboardEvent) || event.key === 'Escape') setOpen(false);
    };
    addEventListener('keydown', close);
    addEventListener('scroll', close, true);
    return () => {
      shown.hidePopover?.();
      removeEventListener('keydown', close);
      removeEventListener('scroll', close, true);
    };
  }, [open]);
  return (
    <span className={styles.hint} onPointerEnter={show} onPointerLeave={leave}>
      <button
        ref={word}
        type="button"
        className={styles.word}
        aria-describedby={id}
        onFocus={show}
        onBlur={() => setOpen(false)}
        onClick={show}
      >
        {children}
      </button>
      <span ref={bubble} id={id} role="tooltip" popover="manual" className={styles.bubble}>
        {text}
      </span>
    </span>
  );
}

/** Above the word where there is room, below it otherwise; never beyond the window's edges. */
function placeBubble(word: HTMLElement, bubble: HTMLElement): void {
  bubble.showPopover?.();
  const from = word.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const left = Math.max(8, Math.min(from.left, innerWidth - width - 8));
  const top = from.top - height - 6;
  bubble.style.left = `${left}px`;
  bubble.style.top = `${top >= 8 ? top : from.bottom + 6}px`;
}
