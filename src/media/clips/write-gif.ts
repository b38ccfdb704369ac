import { TokenscopeError } from '../../core/errors.ts';
import type { Remark } from '../opened-picture.ts';
import { drawFrames, filmCanvas } from './film-frames.ts';
import type { FromGifWorker, ToGifWorker } from './gif-messages.ts';
import { gifTiming } from './gif-palette.ts';
import type { EncodeGif } from './saved-clip.ts';

/** Frames wait for the palette in the worker's memory, 2 bytes a pixel. */
const MOST_BYTES = 512 << 20;
/** The share of the work that is taking the frames; the rest is writing them. */
const TAKING = 0.5;

/** See `encodeGif`. */
export const writeGif: EncodeGif = async (frames, settings) => {
  const { width, height, rate, signal, onProgress } = settings;
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./gif-worker.ts', import.meta.url), { type: 'module', name: 'gif' });
  const talk = conversation(worker, signal, (share) => onProgress?.(TAKING + (1 - TAKING) * share));
  try {
    const { context } = filmCanvas(width, height);
    const { step, delayOf } = gifTiming(rate);
    const taking = { ...settings, onProgress: (share: number) => onProgress?.(TAKING * share) };
    let kept = 0;
    for await (const index of drawFrames(frames, context, taking)) {
      if (index % step !== 0) continue;
      if ((kept + 1) * width * height * 2 > MOST_BYTES) throw new TokenscopeError('out-of-memory', { what: 'GIF' });
      const pixels = context.getImageData(0, 0, width, height).data;
      await talk({ kind: 'frame', pixels, delay: delayOf(kept++) }, [pixels.buffer]);
    }
    if (kept === 0) throw new TokenscopeError('clip-encode', { format: 'GIF', reason: '0 frames' });
    const answer = await talk({ kind: 'finish', width, height });
    const bytes = answer.kind === 'file' ? [answer.bytes] : [];
    const remarks: Remark[] = step > 1 ? [{ text: 'sources.notice.clipGifRate', parameters: { step } }] : [];
    return { file: new Blob(bytes, { type: 'image/gif' }), format: 'gif', codec: 'GIF', remarks };
  } finally {
    worker.terminate();
  }
};

/** Sends a message and waits for its answer; progress is passed on meanwhile. */
function conversation(worker: Worker, signal: AbortSignal | undefined, onWritten: (share: number) => void) {
  return (message: ToGifWorker, moved: Transferable[] = []) =>
    new Promise<FromGifWorker>((resolve, reject) => {
      const failed = (reason: string) => reject(new TokenscopeError('clip-encode', { format: 'GIF', reason }));
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.onerror = (event) => failed(event.message);
      worker.onmessage = ({ data }: MessageEvent<FromGifWorker>) => {
        if (data.kind === 'written') onWritten(data.share);
        else if (data.kind === 'failed') failed(data.reason);
        else resolve(data);
      };
      worker.postMessage(message, moved);
    });
}
