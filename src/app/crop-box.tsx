import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { Rect } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import { useTexts } from '../i18n/index.ts';
import { bitmapOf } from '../ui/bitmap.ts';
import { Canvas } from '../ui/canvas.tsx';
import { useElementSize, useWindowSize } from '../ui/size.ts';
import { dragged, movedBy, resizedBy, rounded } from './crop.ts';
import styles from './crop-box.module.css';

interface CropBoxProps {
  readonly picture: Picture;
  /** What the model gets, as fractions of the picture. */
  readonly seen: Rect;
  /** What was asked for. */
  readonly crop: Rect;
  readonly onCrop: (crop: Rect) => void;
}

const STEP = 0.01;
/** A picture too thin to draw on is shown this thick. */
const THIN = 40;
const KEYS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** The picture with a window in it. Drag inside the window to move it, elsewhere to draw another; arrows move it, with Shift they resize it. */
export function CropBox({ picture, seen, crop, onCrop }: CropBoxProps) {
  const { t } = useTexts();
  const box = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(box);
  const most = Math.round(useWindowSize().height * 0.58);
  const height = Math.min(most, Math.max(THIN, Math.round((width * picture.height) / picture.width)));
  const [draft, setDraft] = useState<Rect>();
  const drag = usePointerDrag(seen, setDraft, (rect) => {
    setDraft(undefined);
    if (rect) onCrop(rect);
  });
  const window = draft ?? seen;
  const percent = (value: number) => `${value * 100}%`;
  const frame: CSSProperties = {
    left: percent(window.x),
    top: percent(window.y),
    width: percent(window.width),
    height: percent(window.height),
  };
  const press = (event: KeyboardEvent) => {
    const step = KEYS[event.key];
    if (!step) return;
    event.preventDefault();
    onCrop(rounded(event.shiftKey ? resizedBy(crop, ...step) : movedBy(crop, ...step)));
  };
  return (
    <div className={styles.crop}>
      <div ref={box} className={styles.box} style={{ width: Math.max(THIN, (most * picture.width) / picture.height) }} {...drag}>
        <Canvas
          width={width}
          height={height}
          draw={(context) => {
            context.imageSmoothingQuality = 'high';
            context.drawImage(bitmapOf(picture), 0, 0, width, height);
          }}
        />
        <button type="button" className={styles.window} style={frame} aria-label={t('shell.framing.window')} onKeyDown={press} />
      </div>
      <p className={`caption ${styles.hint}`}>{t('shell.framing.dragHint')}</p>
    </div>
  );
}

type Finish = (rect: Rect | undefined) => void;

function usePointerDrag(seen: Rect, onDraft: (rect: Rect) => void, onEnd: Finish) {
  const start = useRef<{ x: number; y: number; moving: boolean; seen: Rect }>(undefined);
  const at = (event: PointerEvent<HTMLElement>) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    return { x: (event.clientX - left) / width, y: (event.clientY - top) / height };
  };
  const rectOf = (event: PointerEvent<HTMLElement>): Rect | undefined => {
    const { x, y } = at(event);
    const from = start.current;
    if (!from) return undefined;
    return from.moving ? movedBy(from.seen, x - from.x, y - from.y) : dragged(from, { x, y });
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      const { x, y } = at(event);
      const inside = x > seen.x && y > seen.y && x < seen.x + seen.width && y < seen.y + seen.height;
      // A window over the whole picture leaves nowhere to move to: then a drag draws a new one.
      start.current = { x, y, seen, moving: inside && seen.width * seen.height < 0.98 };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      const rect = rectOf(event);
      if (rect) onDraft(rect);
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const rect = rectOf(event);
      start.current = undefined;
      onEnd(rect && rect.width > 0.02 && rect.height > 0.02 ? rounded(rect) : undefined);
    },
    onPointerCancel() {
      start.current = undefined;
      onEnd(undefined);
    },
  };
}
