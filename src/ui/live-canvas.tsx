import { type CanvasHTMLAttributes, useEffect, useRef } from 'react';
import type { Size } from '../core/framing.ts';
import { type Draw, paint, usePixelRatio } from './canvas.tsx';

interface LiveCanvasProps extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, 'width' | 'height'> {
  readonly width: number;
  readonly height: number;
  /** Pixels of the canvas itself, where the screen's own would say no more: the browser enlarges them. */
  readonly pixels?: Size | undefined;
  /** Keep it stable (useCallback): the canvas is drawn again when it changes. */
  readonly draw: Draw;
  /** Calls back whenever the drawing is out of date; `redrawNow` is for callers within a frame of the screen. Keep it stable. */
  readonly subscribe: (redraw: () => void, redrawNow: () => void) => () => void;
}

/** A canvas that follows something outside React: at most one drawing for each frame of the screen, unless told at once. */
export function LiveCanvas({ width, height, pixels, draw, subscribe, style, ...rest }: LiveCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useEffect(() => {
    const element = canvas.current!;
    let frame = 0;
    const redraw = () => {
      frame = 0;
      paint(element, width, height, ratio, draw, pixels);
    };
    redraw();
    const later = () => {
      frame ||= requestAnimationFrame(redraw);
    };
    const now = () => {
      cancelAnimationFrame(frame);
      redraw();
    };
    const stop = subscribe(later, now);
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [width, height, ratio, pixels, draw, subscribe]);
  return <canvas ref={canvas} style={{ width, height, ...style }} {...rest} />;
}
