import { type ReactNode, type ToggleEvent, useId, useRef, useState } from 'react';
import styles from './popover.module.css';

interface PopoverButtonProps {
  /** What the button shows. */
  readonly label: ReactNode;
  /** Its name for screen readers, where the label alone would not do. */
  readonly name?: string;
  /** Name of what opens. */
  readonly title: string;
  readonly className?: string | undefined;
  readonly children: (close: () => void) => ReactNode;
}

const GAP = 12;

/** A button and the panel it opens below it (above, where there is more room); the browser closes it by Escape or a press outside. */
export function PopoverButton({ label, name, title, className, children }: PopoverButtonProps) {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const toggled = (event: ToggleEvent<HTMLDivElement>) => {
    setOpen(event.newState === 'open');
    if (event.newState === 'open' && button.current && panel.current) placePanel(button.current, panel.current);
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        aria-label={name}
        aria-expanded={open}
        aria-haspopup="dialog"
        popoverTarget={id}
      >
        {label}
      </button>
      <div ref={panel} id={id} popover="auto" role="dialog" aria-label={title} className={styles.popover} onToggle={toggled}>
        {open && children(() => panel.current?.hidePopover())}
      </div>
    </>
  );
}

/** Right edges together where the button is in the right half, and never outside the window. It scrolls with the page. */
function placePanel(button: HTMLElement, panel: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const wide = document.documentElement.clientWidth;
  requestAnimationFrame(() => {
    const { width, height } = panel.getBoundingClientRect();
    const asked = at.left + at.width / 2 > wide / 2 ? at.right - width : at.left;
    const above = at.bottom + GAP + height > innerHeight && at.top > innerHeight - at.bottom;
    panel.style.left = `${Math.max(8, Math.min(asked, wide - width - 8)) + scrollX}px`;
    panel.style.top = `${(above ? Math.max(8, at.top - GAP - height) : at.bottom + GAP) + scrollY}px`;
  });
}
