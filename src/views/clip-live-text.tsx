import { useLayoutEffect, useRef } from 'react';
import type { ClipPlayer } from './clip-clock.ts';
import { followClock } from './clip-clock.ts';
import styles from './clip-live-text.module.css';

interface ClipLiveTextProps {
  readonly player: ClipPlayer;
  /** The words for a frame; keep it stable (useCallback). */
  readonly text: (frame: number) => string;
  /** The longest of them: it keeps its room, so that playing never lays the page out anew. */
  readonly longest: string;
}

/** Words that follow the frame on screen, written past React: at every frame that would be a rendering of the page. */
export function ClipLiveText({ player: { clock }, text, longest }: ClipLiveTextProps) {
  const element = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const write = () => {
      const words = text(clock.getState().frame);
      const node = element.current!.firstChild;
      // A text node that stays is laid out again by itself alone.
      if (node) node.nodeValue = words;
      else element.current!.textContent = words;
    };
    write();
    return followClock(clock, ({ frame }) => frame, write);
  }, [clock, text]);
  return <span ref={element} className={`dimension ${styles.text}`} style={{ width: `${widthOf(longest)}ch` }} />;
}

/** In widths of a digit: every character of a script without spaces between words takes two. */
function widthOf(words: string): number {
  return Array.from(words).reduce((sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e80 ? 2.2 : 1), 0);
}
