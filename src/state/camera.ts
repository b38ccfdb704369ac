import type { Picture } from '../core/picture.ts';
import type { Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

/** What the camera does with frames. Each settles when its result is on screen. */
export interface CameraViews {
  /** Opens one frame as a picture. */
  readonly show: (frame: ImageBitmap | Picture) => Promise<void>;
  /** Takes a frame into the rolling clip. */
  readonly roll: (frame: ImageBitmap | Picture, time: number) => Promise<void>;
  /** Opens the last frames as a clip; false while there are too few, or no new ones. */
  readonly showRolled: () => Promise<boolean>;
  readonly emptyRoll: () => void;
}

/** While the rolling clip has not enough new frames yet. Milliseconds. */
const SHORT_WAIT = 50;

/**
 * The camera as a source: asks for a frame only when the last one is on screen, so a slow machine skips frames and never
 * lags. Rolling, it takes frames all the time, and runs the last of them as a clip whenever the run before is through.
 */
export function keepCamera(store: Store, { cameraFrames }: Surroundings, views: CameraViews) {
  let running = new AbortController();

  function stop(): void {
    running.abort();
    if (store.getState().camera.running) store.setState({ camera: { running: false, framesPerSecond: 0 } });
  }

  async function start({ rolling = isOfClips(store) }: { readonly rolling?: boolean } = {}): Promise<void> {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    const rate = rateMeter();
    views.emptyRoll();
    const frames = takeFrames(signal, (frame) => (rolling ? views.roll(frame, performance.now() / 1000) : views.show(frame)), {
      begun: () => store.setState({ camera: { running: true, framesPerSecond: 0, rolling } }),
      taken: () => store.setState({ camera: { running: true, framesPerSecond: rate(), rolling } }),
    });
    try {
      await (rolling ? Promise.all([frames, runRolled(signal)]) : frames);
    } finally {
      if (running.signal === signal) stop();
    }
  }

  async function takeFrames(
    signal: AbortSignal,
    take: (frame: ImageBitmap | Picture) => Promise<void>,
    tell: { begun(): void; taken(): void },
  ): Promise<void> {
    let begun = false;
    try {
      for await (const frame of cameraFrames(signal)) {
        if (signal.aborted) break;
        if (!begun) tell.begun();
        begun = true;
        await take(frame);
        if (!signal.aborted) tell.taken();
      }
    } finally {
      ended.add(signal);
    }
  }

  /** Signals of cameras whose frames have ended: the rolled clip needs no further run. */
  const ended = new WeakSet<AbortSignal>();

  async function runRolled(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const last = ended.has(signal);
      const shown = await views.showRolled();
      if (last) return;
      if (!shown) await new Promise((resolve) => setTimeout(resolve, SHORT_WAIT));
    }
  }

  return { start, stop, isRunning: () => store.getState().camera.running };
}

function isOfClips(store: Store): boolean {
  return store.getState().slots[0]?.manifest.medium === 'video';
}

/** Frames per second: a running mean that follows within a few frames. */
function rateMeter(): () => number {
  let mean = 0;
  let last = performance.now();
  return () => {
    const now = performance.now();
    const rate = 1000 / Math.max(1, now - last);
    last = now;
    mean = mean === 0 ? rate : mean * 0.8 + rate * 0.2;
    return mean;
  };
}
