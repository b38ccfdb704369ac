import { useCallback, useLayoutEffect, useRef } from 'react';
import { Canvas, type Draw } from '../ui/canvas.tsx';
import styles from './stage.module.css';

interface FadingCanvasProps {
  readonly width: number;
  readonly height: number;
  readonly draw: Draw;
  /** When this changes, what was shown fades into what comes: recorded into live. */
  readonly fade: boolean;
  /** How far the drawing reaches beyond its place to the left. */
  readonly bleed?: number;
}

const FADE_MS = 120;

export function FadingCanvas({ width, height, draw, fade, bleed = 0 }: FadingCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const shown = useRef(fade);
  // Layout effects run before Canvas draws again, so the old picture is still there to copy.
  useLayoutEffect(() => {
    if (shown.current === fade || !canvas.current) return;
    shown.current = fade;
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) return fadeAway(canvas.current);
  }, [fade]);
  const drawBeyond = useCallback<Draw>(
    (context, wide, tall) => {
      context.translate(bleed, 0);
      draw(context, wide - bleed, tall);
    },
    [draw, bleed],
  );
  return <Canvas ref={canvas} width={width + bleed} height={height} draw={drawBeyond} style={{ marginLeft: -bleed }} />;
}

function fadeAway(canvas: HTMLCanvasElement): () => void {
  const ghost = canvas.cloneNode() as HTMLCanvasElement;
  ghost.getContext('2d')?.drawImage(canvas, 0, 0);
  ghost.className = styles.ghost ?? '';
  canvas.after(ghost);
  const animation = ghost.animate({ opacity: [1, 0] }, { duration: FADE_MS });
  animation.onfinish = () => ghost.remove();
  return () => ghost.remove();
}
