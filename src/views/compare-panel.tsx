import { type ReactNode, useCallback, useRef } from 'react';
import type { Rect } from '../core/framing.ts';
import { usePlaygroundStore } from '../state/hooks.ts';
import { LiveCanvas } from '../ui/live-canvas.tsx';
import { ring, type ThemeColours, useThemeColours } from '../ui/theme.ts';
import { viewRect } from '../ui/viewport.ts';
import { useZoom } from '../ui/zoom.ts';
import type { CompareLink } from './compare-link.ts';
import styles from './compare-panel.module.css';

/** Draws into `rect`, which may reach far beyond the panel. */
export type DrawPanel = (context: CanvasRenderingContext2D, rect: Rect, colours: ThemeColours) => void;

interface ComparePanelProps {
  readonly link: CompareLink;
  readonly label: string;
  /** Keep it stable (useCallback). */
  readonly draw: DrawPanel;
  /** A drag where there is nothing to pan, in fractions of the panel's width. */
  readonly onDrag?: (position: number) => void;
  readonly children?: ReactNode;
}

/** One picture of Compare: zooms and pans with all others, and moves the loupes. */
export function ComparePanel({ link, label, draw, onDrag, children }: ComparePanelProps) {
  const { frame, view, pointer, loupePixels } = link;
  const element = useRef<HTMLDivElement>(null);
  const store = usePlaygroundStore();
  const colours = useThemeColours();
  useZoom(element, frame, view);

  const drawPicture = useCallback(
    (context: CanvasRenderingContext2D) => draw(context, viewRect(view.read(), frame), colours),
    [draw, view, frame, colours],
  );
  const drawOverlay = useCallback(
    (context: CanvasRenderingContext2D) => {
      const rect = viewRect(view.read(), frame);
      const { x, y } = pointer.getState();
      const width = (loupePixels / frame.picture.width) * rect.width;
      const height = (loupePixels / frame.picture.height) * rect.height;
      ring(context, colours, rect.x + x * rect.width - width / 2, rect.y + y * rect.height - height / 2, width, height, 1.5);
    },
    [view, frame, pointer, loupePixels, colours],
  );
  const onView = useCallback(
    (redraw: () => void) => store.subscribe((state, before) => state.compare !== before.compare && redraw()),
    [store],
  );
  const onPointer = useCallback(
    (redraw: () => void) => {
      const stops = [onView(redraw), pointer.subscribe(redraw)];
      return () => {
        for (const stop of stops) stop();
      };
    },
    [onView, pointer],
  );

  const move = (event: React.PointerEvent) => {
    const box = element.current!.getBoundingClientRect();
    const rect = viewRect(view.read(), frame);
    const x = (event.clientX - box.left - rect.x) / rect.width;
    const y = (event.clientY - box.top - rect.y) / rect.height;
    if (x >= 0 && x < 1 && y >= 0 && y < 1) link.point({ x, y });
    const dragging = event.buttons === 1 && event.pointerType !== 'touch' && rect.width <= frame.panel.width + 1;
    if (dragging) onDrag?.(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)));
  };
  const { width, height } = frame.panel;
  return (
    <div ref={element} className={styles.panel} style={{ width, height }} onPointerMove={move} onPointerDown={move}>
      <LiveCanvas width={width} height={height} draw={drawPicture} subscribe={onView} role="img" aria-label={label} />
      <LiveCanvas width={width} height={height} draw={drawOverlay} subscribe={onPointer} className={styles.overlay} aria-hidden />
      {children}
    </div>
  );
}
