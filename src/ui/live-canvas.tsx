import { type CanvasHTMLAttributes, useEffect, useRef } from 'react';
import { type Draw, paint, usePixelRatio } from './canvas.tsx';

interface LiveCanvasProps extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, 'width' | 'height'> {
  readonly width: number;
  readonly height: number;
  /** Keep it stable (useCallback): the canvas is drawn again when it changes. */
  readonly draw: Draw;
  /** Calls back whenever the drawing is out of date; keep it stable. */
  readonly subscribe: (redraw: () => void) => () => void;
}

/** A canvas that follows something outside React: at most one drawing for each frame of the screen. */
export function LiveCanvas({ width, height, draw, subscribe, style, ...rest }: LiveCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useEffect(() => {
    const element = canvas.current!;
    let frame = 0;
    const redraw = () => {
      frame = 0;
      paint(element, width, height, ratio, draw);
    };
    redraw();
    const stop = subscribe(() => {
      frame ||= requestAnimationFrame(redraw);
    });
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [width, height, ratio, draw, subscribe]);
  return <canvas ref={canvas} style={{ width, height, ...style }} {...rest} />;
}
