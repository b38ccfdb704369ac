import { toWire } from '../../core/errors.ts';
import type { ClipContent, FrameRequest, FromClipWorker, ToClipWorker } from './clip-messages.ts';
import type { ClipReader } from './clip-reader.ts';
import type { ClipFrame } from './opened-clip.ts';

/** The worker of one clip: it opens it once and reads windows of it, each as fast as the page takes the frames. */
const scope = self as unknown as Pick<Worker, 'postMessage' | 'onmessage'>;
const readings = new Map<number, Reading>();
let reader: ClipReader | undefined;

interface Reading {
  /** How many frames may still be sent. */
  ahead: number;
  stopped: boolean;
  wake(): void;
}

const send = (message: FromClipWorker, moved: Transferable[] = []) => scope.postMessage(message, moved);

scope.onmessage = ({ data }: MessageEvent<ToClipWorker>) => {
  if (data.kind === 'open') void open(data.content);
  else if (data.kind === 'read') void read(data.id, data.request, data.ahead);
  else {
    const reading = readings.get(data.id);
    if (!reading) return;
    if (data.kind === 'more') reading.ahead++;
    else reading.stopped = true;
    reading.wake();
  }
};

async function open(content: ClipContent): Promise<void> {
  try {
    reader = await openReader(content);
    send({ kind: 'opened', facts: reader.facts, remarks: reader.remarks });
  } catch (error) {
    send({ kind: 'refused', error: toWire(error) });
  }
}

async function openReader(content: ClipContent): Promise<ClipReader> {
  const { name } = content;
  if (content.kind === 'film') {
    return (await import('./film-reader.ts')).openFilmReader(content.file, name, content.outlineOnly);
  }
  if (content.kind === 'sequence') return (await import('./sequence-reader.ts')).openSequenceReader(content.files, name);
  if ('ImageDecoder' in self && (await ImageDecoder.isTypeSupported(`image/${content.format.toLowerCase()}`))) {
    return (await import('./animation-reader.ts')).openAnimationReader(content.file, name, content.format);
  }
  return (await import('./gif-reader.ts')).openGifReader(content.file, name, content.format);
}

async function read(id: number, request: FrameRequest, ahead: number): Promise<void> {
  const reading: Reading = { ahead, stopped: false, wake: () => {} };
  readings.set(id, reading);
  try {
    for await (const frame of framesOf(request)) {
      await room(reading);
      if (reading.stopped) {
        frame.bitmap.close();
        break;
      }
      reading.ahead--;
      send({ kind: 'frame', id, ...frame }, [frame.bitmap]);
    }
    send({ kind: 'end', id });
  } catch (error) {
    send({ kind: 'end', id, error: toWire(error) });
  } finally {
    readings.delete(id);
  }
}

function framesOf(request: FrameRequest): AsyncGenerator<ClipFrame> {
  if (!reader) throw new Error('no clip is open');
  return request.kind === 'window' ? reader.read(request.window, request.side) : reader.thumbnails(request.count, request.side);
}

/** Waits until a frame may be sent, or nobody wants one any more. */
async function room(reading: Reading): Promise<void> {
  while (reading.ahead <= 0 && !reading.stopped) {
    await new Promise<void>((resolve) => {
      reading.wake = resolve;
    });
  }
}
