import { type CanvasHTMLAttributes, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import type { Size } from '../core/framing.ts';

/** Draws in CSS pixels; the canvas itself has the screen's own resolution. */
export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

interface CanvasProps extends Omit<CanvasHTMLAttributes<HTMLCanvasElement>, 'width' | 'height' | 'ref'> {
  readonly width: number;
  readonly height: number;
  /** Keep it stable (useCallback): the canvas is drawn again when it changes. */
  readonly draw: Draw;
  readonly ref?: Ref<HTMLCanvasElement>;
}

export function Canvas({ width, height, draw, style, ref, ...rest }: CanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const ratio = usePixelRatio();
  useImperativeHandle(ref, () => canvas.current!, []);
  useEffect(() => {
    const element = canvas.current!;
    paint(element, width, height, ratio, draw);
  }, [width, height, ratio, draw]);
  return <canvas ref={canvas} style={{ width, height, ...style }} {...rest} />;
}

/** Sizes a canvas for the screen, or to `pixels`, and draws on it. */
export function paint(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  ratio: number,
  draw: Draw,
  pixels: Size = { width: width * ratio, height: height * ratio },
): void {
  const deviceWidth = Math.max(1, Math.round(pixels.width));
  const deviceHeight = Math.max(1, Math.round(pixels.height));
  if (canvas.width !== deviceWidth) canvas.width = deviceWidth;
  if (canvas.height !== deviceHeight) canvas.height = deviceHeight;
  const context = canvas.getContext('2d');
  if (!context) return;
  context.setTransform(pixels.width / width, 0, 0, pixels.height / height, 0, 0);
  context.clearRect(0, 0, width, height);
  draw(context, width, height);
}

/** Device pixels for one CSS pixel; follows browser zoom and a move to another screen. */
export function usePixelRatio(): number {
  const [ratio, setRatio] = useState(() => globalThis.devicePixelRatio || 1);
  useEffect(() => {
    const query = matchMedia(`(resolution: ${ratio}dppx)`);
    const changed = () => setRatio(devicePixelRatio || 1);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [ratio]);
  return ratio;
}
