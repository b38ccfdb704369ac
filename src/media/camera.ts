import { TokenscopeError } from '../core/errors.ts';

/** More than models look at costs only time. */
const SIDE = 1024;
/** A camera that shows nothing for so long is taken by someone else, or covered by its driver. Milliseconds. */
const PATIENCE = 10_000;

/**
 * Yields the newest frame each time it is asked, never the same one twice, until the signal aborts or the loop is left. The
 * caller owns each frame. The camera is let go in every case. Throws `camera-denied`, `camera-missing` and `camera-busy`.
 */
export async function* cameraFrames(signal: AbortSignal): AsyncGenerator<ImageBitmap> {
  const stream = await openCamera();
  const video = document.createElement('video');
  try {
    video.muted = true;
    video.playsInline = true;
    video.srcObject = stream;
    if (signal.aborted) return;
    await video.play();
    while (await nextFrame(video, stream, signal)) yield await createImageBitmap(video);
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}

async function openCamera(): Promise<MediaStream> {
  // Absent where the page is not served over https.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!devices) throw new TokenscopeError('camera-denied', {});
  try {
    return await devices.getUserMedia({ video: { width: { ideal: SIDE }, height: { ideal: SIDE }, facingMode: 'environment' } });
  } catch (error) {
    throw new TokenscopeError(failureOf((error as DOMException).name), {}, { cause: error });
  }
}

function failureOf(name: string): 'camera-denied' | 'camera-missing' | 'camera-busy' {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'camera-denied';
  return name === 'NotReadableError' || name === 'AbortError' ? 'camera-busy' : 'camera-missing';
}

/** Waits for a frame newer than the last; false when the signal aborts. */
function nextFrame(video: HTMLVideoElement, stream: MediaStream, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  const done = new AbortController();
  return new Promise<boolean>((resolve, reject) => {
    const once = { signal: done.signal };
    signal.addEventListener('abort', () => resolve(false), once);
    for (const track of stream.getTracks()) {
      track.addEventListener('ended', () => reject(new TokenscopeError('camera-missing', {})), once);
    }
    const late = setTimeout(() => {
      // Frames also stop while the page is hidden, which is nobody's fault.
      if (!document.hidden) reject(new TokenscopeError('camera-busy', {}));
    }, PATIENCE);
    done.signal.addEventListener('abort', () => clearTimeout(late));
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve(true));
    else requestAnimationFrame(() => resolve(true));
  }).finally(() => done.abort());
}
