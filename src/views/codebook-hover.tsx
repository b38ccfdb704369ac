import { useEffect, useRef } from 'react';
import type { StoreApi } from 'zustand/vanilla';
import { number, useTexts } from '../i18n/index.ts';
import type { Slot } from '../state/store.ts';
import type { Point } from '../ui/viewport.ts';
import styles from './codebook-canvas.module.css';
import { drawEntryPicture } from './codebook-pictures.ts';

/** The entry under the pointer, and where the pointer is on the canvas. */
export interface Hover {
  readonly entry: number | undefined;
  readonly at: Point;
}

export type HoverStore = StoreApi<Hover>;

const PICTURE = 64;

/** What is under the pointer, beside it. Written straight to the page: it changes with every move. */
export function CodebookHover({ slot, hover, side }: { readonly slot: Slot; readonly hover: HoverStore; readonly side: number }) {
  const { t } = useTexts();
  const label = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const words = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      hover.subscribe(({ entry, at }, before) => {
        const node = label.current!;
        node.style.display = entry === undefined ? 'none' : 'flex';
        if (entry === undefined) return;
        const turned = at.x > side - 180;
        const x = turned ? `calc(${at.x - 16}px - 100%)` : `${at.x + 16}px`;
        node.style.transform = `translate(${x}, ${Math.max(0, at.y - 56)}px)`;
        if (entry === before.entry) return;
        const context = canvas.current!.getContext('2d')!;
        context.clearRect(0, 0, PICTURE, PICTURE);
        context.imageSmoothingEnabled = false;
        canvas.current!.hidden = !drawEntryPicture(context, slot.entryPictures, entry, 0, 0, PICTURE);
        const times = number(slot.result?.counts[entry] ?? 0);
        words.current!.textContent = `${number(entry)}\n${t('codebook.timesHere', { times })}`;
      }),
    [hover, slot, side, t],
  );
  return (
    <div ref={label} className={styles.label} style={{ display: 'none' }} aria-hidden>
      <canvas ref={canvas} width={PICTURE} height={PICTURE} />
      <span ref={words} className="number" />
    </div>
  );
}
