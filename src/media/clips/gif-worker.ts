import { GIFEncoder, type Palette, quantize } from 'gifenc';
import type { FromGifWorker, ToGifWorker } from './gif-messages.ts';
import { ColourCount } from './gif-palette.ts';

/** The worker that writes one GIF: one palette for the whole clip, so that still parts stay still. */
const scope = self as unknown as Pick<Worker, 'postMessage' | 'onmessage'>;
const colours = new ColourCount();
const frames: { readonly bins: Uint16Array; readonly delay: number }[] = [];
/** Its place in the palette means: as in the frame before. */
const UNCHANGED = 255;

const send = (message: FromGifWorker, moved: Transferable[] = []) => scope.postMessage(message, moved);

scope.onmessage = ({ data }: MessageEvent<ToGifWorker>) => {
  try {
    if (data.kind === 'frame') {
      frames.push({ bins: colours.add(data.pixels), delay: data.delay });
      send({ kind: 'taken' });
    } else {
      const bytes = write(data.width, data.height);
      send({ kind: 'file', bytes }, [bytes.buffer]);
    }
  } catch (error) {
    send({ kind: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
};

function write(width: number, height: number): Uint8Array<ArrayBuffer> {
  const palette = quantize(colours.sample(), UNCHANGED);
  const table = colours.nearest(palette);
  const padded: Palette = [...palette, ...Array.from({ length: 256 - palette.length }, (): Palette[number] => [0, 0, 0])];
  const gif = GIFEncoder();
  let before: Uint8Array | undefined;
  for (const [k, { bins, delay }] of frames.entries()) {
    const indices = Uint8Array.from(bins, (bin) => table[bin]!);
    const shown = before ? withoutRepeats(indices, before) : indices;
    const changes = before !== undefined && { transparent: true, transparentIndex: UNCHANGED };
    gif.writeFrame(shown, width, height, { ...(k === 0 && { palette: padded, repeat: 0 }), delay, dispose: 1, ...changes });
    before = indices;
    send({ kind: 'written', share: (k + 1) / frames.length });
  }
  gif.finish();
  return gif.bytes();
}

function withoutRepeats(indices: Uint8Array, before: Uint8Array): Uint8Array {
  return indices.map((index, i) => (index === before[i] ? UNCHANGED : index));
}
