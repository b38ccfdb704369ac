import {
  BlobSource,
  BufferTarget,
  type EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Mp4OutputFormat,
  Output,
  WEBM,
  WebMOutputFormat,
} from 'mediabunny';
import type { ClipFacts, ClipWindow } from '../../../src/core/clip.ts';
import { TokenscopeError } from '../../../src/core/errors.ts';
import type { Picture } from '../../../src/core/picture.ts';
import { openFilmReader } from '../../../src/media/clips/film-reader.ts';
import { openGifReader } from '../../../src/media/clips/gif-reader.ts';
import { openClip } from '../../../src/media/clips/open-clip.ts';
import type { ClipFrame, OpenedClip } from '../../../src/media/clips/opened-clip.ts';
import { encodeGif, encodeVideo } from '../../../src/media/clips/write-clip.ts';
import { readFile } from '../../../src/media/read-file.ts';

/** A frame in plain values: what its pixels say, not what the reader says. */
export interface SeenFrame {
  readonly tick: number;
  /** Seconds, to a thousandth. */
  readonly time: number;
  /** Mean grey of the middle: 8 + 13 i in frame i of the fixtures. */
  readonly grey: number;
  /** Red, green and blue in the middle. */
  readonly colour: readonly number[];
  /** In which corner the red block is. */
  readonly block: string;
  readonly size: readonly [width: number, height: number];
}

export interface SeenClip {
  readonly error?: string;
  readonly parameters?: object;
  readonly facts?: ClipFacts;
  readonly remarks?: readonly string[];
  readonly frames?: readonly SeenFrame[];
}

async function fetched(name: string, keep = 1): Promise<Blob> {
  const blob = await (await fetch(`clips/${name}`)).blob();
  return blob.slice(0, Math.floor(blob.size * keep), blob.type);
}

async function see(opening: Promise<OpenedClip>, window?: ClipWindow, side = 4096): Promise<SeenClip> {
  try {
    const clip = await opening;
    const frames: SeenFrame[] = [];
    const wanted = window ?? { start: 0, duration: clip.facts.duration, rate: clip.facts.rate };
    try {
      for await (const frame of clip.read(wanted, { maximumSide: side })) frames.push(seen(frame));
    } finally {
      clip.close();
    }
    return { facts: clip.facts, remarks: clip.remarks.map(({ text }) => text), frames };
  } catch (error) {
    if (error instanceof TokenscopeError) return { error: error.code, parameters: error.parameters };
    throw error;
  }
}

/** Reads the pixels and closes the bitmap. */
function seen({ tick, time, bitmap }: ClipFrame): SeenFrame {
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const at = (x: number, y: number) => context.getImageData(Math.floor(x * width), Math.floor(y * height), 1, 1).data;
  const corners = {
    'top left': at(0.1, 0.1),
    'top right': at(0.9, 0.1),
    'bottom left': at(0.1, 0.9),
    'bottom right': at(0.9, 0.9),
  };
  const block = Object.entries(corners).filter(([, [red = 0, green = 0]]) => red - green > 90);
  const middle = context.getImageData(width >> 1, height >> 1, 4, 4).data;
  const grey = Math.round(middle.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / 48);
  return {
    tick,
    time: Math.round(time * 1000) / 1000,
    grey,
    colour: [...middle.slice(0, 3)],
    block: block.map(([corner]) => corner).join(),
    size: [width, height],
  };
}

/** Frames that a decoder gave and nobody closed yet; how many there ever were at one time. */
const held = { live: new Set<VideoFrame>(), most: 0 };

/** Watches every frame that decoders of this page give. */
function watchFrames(): void {
  const { close, clone } = VideoFrame.prototype;
  const hold = (frame: VideoFrame) => {
    held.live.add(frame);
    held.most = Math.max(held.most, held.live.size);
    return frame;
  };
  VideoFrame.prototype.close = function (this: VideoFrame) {
    held.live.delete(this);
    close.call(this);
  };
  VideoFrame.prototype.clone = function (this: VideoFrame) {
    return hold(clone.call(this));
  };
  globalThis.VideoDecoder = class extends VideoDecoder {
    constructor({ output, error }: VideoDecoderInit) {
      super({ output: (frame) => output(hold(frame)), error });
    }
  };
}

/** The first group of a VP9 fixture again and again, a frame a second: as long as it takes, and small. */
async function longFilm(seconds: number, container: 'mp4' | 'webm'): Promise<Blob> {
  const input = new Input({ formats: [WEBM], source: new BlobSource(await fetched('vp9.webm')) });
  const track = (await input.getPrimaryVideoTrack())!;
  const group: EncodedPacket[] = [];
  for await (const packet of new EncodedPacketSink(track).packets()) group.push(packet);
  const format = container === 'mp4' ? new Mp4OutputFormat() : new WebMOutputFormat();
  const output = new Output({ format, target: new BufferTarget() });
  const source = new EncodedVideoPacketSource('vp9');
  output.addVideoTrack(source);
  await output.start();
  const meta = { decoderConfig: (await track.getDecoderConfig())! };
  for (let i = 0; i < seconds; i++)
    await source.add(group[i % 6]!.clone({ timestamp: i, duration: 1 }), i === 0 ? meta : undefined);
  await output.finalize();
  return new Blob([output.target.buffer!]);
}

/** Frame i is grey 20 + 20 i, but for a red block at the top left. */
function pictureOf(i: number, width: number, height: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < width * height; at++) {
    const isBlock = at % width < width / 4 && at < (width * height) / 4;
    data.set(isBlock ? [220, 30, 30, 255] : [20 + 20 * i, 20 + 20 * i, 20 + 20 * i, 255], at * 4);
  }
  return { data, width, height };
}

async function* pictures(count: number, width: number, height: number): AsyncGenerator<Picture> {
  for (let i = 0; i < count; i++) yield pictureOf(i, width, height);
}

interface Saved {
  readonly format: string;
  readonly codec: string;
  readonly bytes: number;
  readonly remarks: readonly string[];
  /** Shares that were reported, in order. */
  readonly progress: readonly number[];
  /** What is read from the file again. */
  readonly again: SeenClip;
}

async function nameOfFailure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'nothing',
    (error: unknown) =>
      error instanceof TokenscopeError ? error.code : error instanceof DOMException ? error.name : String(error),
  );
}

const page = {
  /** Opens a fixture, or the first share of its bytes, and reads a window of it. */
  async open(name: string, window?: ClipWindow, side?: number, keep?: number): Promise<SeenClip> {
    return see(openClip(await fetched(name, keep), name), window, side);
  },
  /** Opens a fixture with some of its bytes changed, again and again; what came of it each time. */
  async damaged(name: string, times: number): Promise<readonly string[]> {
    const whole = new Uint8Array(await (await fetched(name)).arrayBuffer());
    let seed = 20;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
      return (seed >> 8) % below;
    };
    const ends: string[] = [];
    for (let i = 0; i < times; i++) {
      const bytes = whole.slice();
      for (let k = random(6); k >= 0; k--) bytes[32 + random(bytes.length - 32)] = random(256);
      const { error } = await see(openClip(new Blob([bytes]), name), { start: 0, duration: 1, rate: 12 }, 16);
      ends.push(error ?? 'read');
    }
    return ends;
  },
  /** Opens the file that was chosen. */
  async chosen(window?: ClipWindow, side?: number): Promise<SeenClip> {
    const { files } = document.querySelector('input')!;
    return see(openClip(files![0]!, files![0]!.name), window, side);
  },
  /** What a dropped file becomes. */
  async read(name: string): Promise<object> {
    const opened = await readFile(await fetched(name), name);
    if (opened.kind === 'clip') opened.clip.close();
    return { kind: opened.kind, remarks: opened.kind === 'picture' ? opened.remarks.map(({ text }) => text) : [] };
  },
  async thumbnails(name: string, count: number, side: number): Promise<readonly SeenFrame[]> {
    const clip = await openClip(await fetched(name), name);
    const frames: SeenFrame[] = [];
    for await (const frame of clip.thumbnails(count, side)) frames.push(seen(frame));
    clip.close();
    return frames;
  },
  /** A GIF without the browser's own decoder. */
  async gif(name: string): Promise<SeenClip> {
    const reader = await openGifReader(await fetched(name), name, 'GIF');
    const frames: SeenFrame[] = [];
    for await (const frame of reader.read({ start: 0, duration: 9, rate: 12 }, 4096)) frames.push(seen(frame));
    return { facts: reader.facts, frames };
  },
  /** Numbered pictures, given in the wrong order. */
  async sequence(count: number, odd = -1): Promise<SeenClip> {
    const files = await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const { data, width, height } = pictureOf(i, i === odd ? 20 : 32, 24);
        const canvas = new OffscreenCanvas(width, height);
        canvas.getContext('2d')!.putImageData(new ImageData(data, width, height), 0, 0);
        return new File([await canvas.convertToBlob({ type: 'image/png' })], `frame-${i}.png`);
      }),
    );
    return see(openClip(files.reverse(), 'frames'));
  },
  /** A clip of so many seconds, trimmed to two; how long that took (milliseconds) and how large the file is. */
  async long(seconds: number, container: 'mp4' | 'webm', start: number) {
    const film = await longFilm(seconds, container);
    const before = performance.now();
    const look = await see(openClip(film, 'long'), { start, duration: 2, rate: 1 });
    return { ...look, took: performance.now() - before, bytes: film.size };
  },
  /** A film of two gigabytes: between its frames and its index lies a desert. */
  async huge(): Promise<SeenClip & { bytes: number; took: number }> {
    const film = await fetched('h264.mov');
    const bytes = new Uint8Array(await film.arrayBuffer());
    const at = new TextDecoder('latin1').decode(bytes).lastIndexOf('moov') - 4;
    const megabytes = new Blob(Array.from({ length: 64 }, () => new Uint8Array(1 << 20)));
    const desert = new DataView(new ArrayBuffer(16));
    desert.setUint32(0, 1);
    desert.setUint32(4, 0x66726565);
    desert.setBigUint64(8, BigInt(16 + 32 * megabytes.size));
    const file = new Blob([bytes.subarray(0, at), desert, ...Array(32).fill(megabytes), bytes.subarray(at)]);
    const before = performance.now();
    const look = await see(openClip(file, 'huge.mov'));
    return { ...look, bytes: file.size, took: performance.now() - before };
  },
  /** Reads on this page instead of in the worker, to watch the decoder's frames. */
  async watch(name: string, stopAfter: number): Promise<{ live: number; most: number; read: number }> {
    const reader = await openFilmReader(await fetched(name), name);
    let read = 0;
    for await (const { bitmap } of reader.read({ start: 0, duration: 99, rate: 48 }, 64)) {
      bitmap.close();
      if (++read === stopAfter) break;
    }
    reader.close();
    // A decoder that is being closed still gives back what it was about to.
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { live: held.live.size, most: held.most, read };
  },
  /** Aborts a reading after its first frame; whether another one works afterwards. */
  async abort(name: string): Promise<readonly [failure: string, framesAfter: number]> {
    const clip = await openClip(await fetched(name), name);
    const controller = new AbortController();
    const window = { start: 0, duration: 1.5, rate: 12 };
    const failure = await nameOfFailure(
      (async () => {
        for await (const { bitmap } of clip.read(window, { maximumSide: 64 }, controller.signal)) {
          bitmap.close();
          controller.abort();
        }
      })(),
    );
    let after = 0;
    for await (const { bitmap } of clip.read(window, { maximumSide: 64 })) {
      bitmap.close();
      after++;
    }
    clip.close();
    return [failure, after];
  },
  async closed(name: string): Promise<string> {
    const clip = await openClip(await fetched(name), name);
    const frames = clip.read({ start: 0, duration: 1.5, rate: 12 }, { maximumSide: 64 })[Symbol.asyncIterator]();
    (await frames.next()).value?.bitmap.close();
    clip.close();
    return nameOfFailure(
      (async () => {
        while (!(await frames.next()).done);
      })(),
    );
  },
  async save(format: 'mp4' | 'webm' | 'gif', count: number, rate: number, width: number, height: number): Promise<Saved> {
    const progress: number[] = [];
    const settings = { rate, width, height, count, onProgress: (share: number) => progress.push(share) };
    const frames = pictures(count, width, height);
    const saved = await (format === 'gif' ? encodeGif(frames, settings) : encodeVideo(frames, { ...settings, format }));
    const again = await see(openClip(saved.file, 'saved'));
    const remarks = saved.remarks.map(({ text }) => text);
    return { format: saved.format, codec: saved.codec, bytes: saved.file.size, remarks, progress, again };
  },
  async abortSave(format: 'mp4' | 'gif'): Promise<string> {
    const controller = new AbortController();
    const draw = (i: number, context: OffscreenCanvasRenderingContext2D) => {
      context.fillRect(i, 0, 1, 1);
      if (i === 3) controller.abort();
    };
    const settings = { rate: 12, width: 32, height: 32, signal: controller.signal };
    const frames = { count: 1000, draw };
    return nameOfFailure(format === 'gif' ? encodeGif(frames, settings) : encodeVideo(frames, { ...settings, format }));
  },
};

if ('VideoDecoder' in window) watchFrames();

export type ClipsPage = typeof page;

(window as unknown as { clipsPage: ClipsPage }).clipsPage = page;
