import type { Picture } from '../core/picture.ts';
import type { Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The camera as a source: asks for a frame only when the last one is on screen, so a slow machine skips frames and never
 * lags. `show` opens a frame and settles when its result is there.
 */
export function keepCamera(
  store: Store,
  { cameraFrames }: Surroundings,
  show: (frame: ImageBitmap | Picture, first: boolean) => Promise<void>,
) {
  let running = new AbortController();

  function stop(): void {
    running.abort();
    if (store.getState().camera.running) store.setState({ camera: { running: false, framesPerSecond: 0 } });
  }

  async function start(): Promise<void> {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    let shown = 0;
    let framesPerSecond = 0;
    let last = performance.now();
    try {
      for await (const frame of cameraFrames(signal)) {
        if (signal.aborted) break;
        if (shown === 0) store.setState({ camera: { running: true, framesPerSecond: 0 } });
        await show(frame, shown++ === 0);
        const now = performance.now();
        framesPerSecond = smooth(framesPerSecond, 1000 / Math.max(1, now - last));
        last = now;
        if (!signal.aborted) store.setState({ camera: { running: true, framesPerSecond } });
      }
    } finally {
      if (running.signal === signal) stop();
    }
  }

  return { start, stop, isRunning: () => store.getState().camera.running };
}

/** A running mean that follows within a few frames. */
function smooth(mean: number, value: number): number {
  return mean === 0 ? value : mean * 0.8 + value * 0.2;
}
