import type { ClipFacts } from '../../core/clip.ts';
import { fromWire, TokenscopeError } from '../../core/errors.ts';
import type { Remark } from '../opened-picture.ts';
import type { ClipContent, FrameRequest, FromClipWorker, ToClipWorker } from './clip-messages.ts';
import { sizeWithin } from './draw-frame.ts';
import type { ClipFrame, OpenedClip } from './opened-clip.ts';
import { refuseEmpty } from './ticks.ts';

/** Bitmaps (bytes) that may wait for their consumer; the decoder waits from there on. */
const WAITING_BYTES = 48 << 20;
/** So many frames the decoder may be ahead, in any case and at most. */
const [FEWEST, MOST] = [2, 48];

/** A file that is whole opens in less (milliseconds), however large; broken ones can send a reader in circles. */
const PATIENCE = 20_000;
/** So long (milliseconds) even the largest frames do not take, with all those they are built on. */
const PATIENCE_FOR_FRAME = 60_000;

/** A reading on the page's side. */
interface Reading {
  readonly frames: ClipFrame[];
  ended: boolean;
  error?: Error;
  wake(): void;
}

/** Opens a clip in a worker of its own. Throws what the reader throws; `clip-damaged` when the worker itself breaks. */
export async function openInWorker(content: ClipContent, signal?: AbortSignal): Promise<OpenedClip> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./clip-worker.ts', import.meta.url), { type: 'module', name: 'clip' });
  try {
    const opened = await answerOf(worker, content, signal);
    return workerClip(worker, content.name, opened);
  } catch (error) {
    worker.terminate();
    throw error;
  }
}

interface Opened {
  readonly facts: ClipFacts;
  readonly remarks: readonly Remark[];
}

function answerOf(worker: Worker, content: ClipContent, signal?: AbortSignal): Promise<Opened> {
  return new Promise((resolve, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
    worker.onerror = (event) => reject(broken(content.name, event));
    setTimeout(() => reject(new TokenscopeError('clip-stuck', { file: content.name })), PATIENCE);
    worker.onmessage = ({ data }: MessageEvent<FromClipWorker>) => {
      if (data.kind === 'opened') resolve(data);
      else if (data.kind === 'refused') reject(fromWire(data.error));
    };
    worker.postMessage({ kind: 'open', content } satisfies ToClipWorker);
  });
}

function broken(file: string, event: ErrorEvent): TokenscopeError {
  return new TokenscopeError('clip-damaged', { file }, { cause: event.message });
}

function workerClip(worker: Worker, name: string, { facts, remarks }: Opened): OpenedClip {
  const readings = new Map<number, Reading>();
  let lastId = 0;
  let closed: Error | undefined;
  const tell = (message: ToClipWorker) => worker.postMessage(message);

  function endAll(error: Error): void {
    for (const reading of readings.values()) end(reading, error);
  }

  worker.onerror = (event) => endAll(broken(name, event));
  worker.onmessage = ({ data }: MessageEvent<FromClipWorker>) => {
    if (data.kind !== 'frame' && data.kind !== 'end') return;
    const reading = readings.get(data.id);
    if (data.kind === 'end') {
      if (reading) end(reading, data.error && fromWire(data.error));
    } else if (reading) {
      reading.frames.push({ tick: data.tick, time: data.time, bitmap: data.bitmap });
      reading.wake();
    } else data.bitmap.close();
  };

  async function* read(request: FrameRequest, signal?: AbortSignal): AsyncGenerator<ClipFrame> {
    signal?.throwIfAborted();
    if (closed) throw closed;
    const id = ++lastId;
    const reading: Reading = { frames: [], ended: false, wake: () => {} };
    readings.set(id, reading);
    const abort = () => end(reading, signal?.reason);
    signal?.addEventListener('abort', abort);
    let last = 0;
    tell({ kind: 'read', id, request, ahead: aheadOf(facts, request.side) });
    try {
      for (;;) {
        await somethingCame(reading, name, last);
        signal?.throwIfAborted();
        const frame = reading.frames.shift();
        if (!frame) break;
        last = frame.time;
        tell({ kind: 'more', id });
        yield frame;
      }
      if (reading.error) throw reading.error;
    } finally {
      signal?.removeEventListener('abort', abort);
      readings.delete(id);
      for (const { bitmap } of reading.frames) bitmap.close();
      tell({ kind: 'stop', id });
    }
  }

  return {
    name,
    facts,
    remarks,
    async *read(window, { maximumSide }, signal) {
      refuseEmpty(name, facts, window);
      yield* read({ kind: 'window', window, side: maximumSide }, signal);
    },
    thumbnails: (count, side, signal) => read({ kind: 'thumbnails', count, side }, signal),
    close() {
      worker.terminate();
      closed = new DOMException('the clip was closed', 'AbortError');
      endAll(closed);
    },
  };
}

function end(reading: Reading, error?: Error): void {
  reading.ended = true;
  if (error) reading.error ??= error;
  reading.wake();
}

/** Throws `clip-undecodable` when nothing comes; `last` is the time of the frame before, seconds. */
async function somethingCame(reading: Reading, file: string, last: number): Promise<void> {
  if (reading.frames.length > 0 || reading.ended) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  await new Promise<void>((resolve, reject) => {
    reading.wake = resolve;
    const silent = () => reject(new TokenscopeError('clip-undecodable', { file, seconds: last.toFixed(2) }));
    timer = setTimeout(silent, PATIENCE_FOR_FRAME);
  });
  clearTimeout(timer);
}

function aheadOf(facts: ClipFacts, side: number): number {
  const { width, height } = sizeWithin(facts, side);
  return Math.max(FEWEST, Math.min(MOST, Math.floor(WAITING_BYTES / (4 * width * height))));
}
