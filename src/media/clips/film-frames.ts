import { TokenscopeError } from '../../core/errors.ts';
import type { FilmFrames, FilmSettings } from './saved-clip.ts';

/** The canvas on which frames become a film; opaque. */
export function filmCanvas(width: number, height: number) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new TokenscopeError('out-of-memory', { what: `${width} × ${height}` });
  return { canvas, context };
}

/** Draws one frame after another at the top left of the canvas, and gives its number each time. Rejects as aborted. */
export async function* drawFrames(
  frames: FilmFrames,
  context: OffscreenCanvasRenderingContext2D,
  { signal, count, onProgress }: FilmSettings,
): AsyncGenerator<number> {
  const all = 'count' in frames ? frames.count : count;
  let index = 0;
  const drawn = 'count' in frames ? drawOneByOne(frames, context) : putAll(frames, context);
  for await (const _ of drawn) {
    signal?.throwIfAborted();
    yield index++;
    if (all) onProgress?.(Math.min(1, index / all));
  }
}

async function* drawOneByOne(frames: Extract<FilmFrames, { count: number }>, context: OffscreenCanvasRenderingContext2D) {
  for (let i = 0; i < frames.count; i++) {
    await frames.draw(i, context);
    yield;
  }
}

async function* putAll(frames: Exclude<FilmFrames, { count: number }>, context: OffscreenCanvasRenderingContext2D) {
  for await (const { data, width, height } of frames) {
    context.putImageData(new ImageData(data, width, height), 0, 0);
    yield;
  }
}
