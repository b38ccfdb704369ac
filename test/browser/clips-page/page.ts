import type { ClipFacts, ClipWindow } from '../../../src/core/clip.ts';
import { TokenscopeError } from '../../../src/core/errors.ts';
import { openClip } from '../../../src/media/clips/open-clip.ts';
import type { ClipFrame, OpenedClip } from '../../../src/media/clips/opened-clip.ts';

/** A frame in plain values: what its pixels say, not what the reader says. */
export interface SeenFrame {
  readonly tick: number;
  /** Seconds, to a thousandth. */
  readonly time: number;
  /** Mean grey of the middle: 8 + 13 i in frame i of the fixtures. */
  readonly grey: number;
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
  const corners = { 'top left': at(0.1, 0.1), 'top right': at(0.9, 0.1), 'bottom left': at(0.1, 0.9), 'bottom right': at(0.9, 0.9) };
  const block = Object.entries(corners).filter(([, [red = 0, green = 0]]) => red - green > 90);
  const middle = context.getImageData(width >> 1, height >> 1, 4, 4).data;
  const grey = Math.round(middle.reduce((sum, value, i) => sum + (i % 4 === 3 ? 0 : value), 0) / 48);
  return { tick, time: Math.round(time * 1000) / 1000, grey, block: block.map(([corner]) => corner).join(), size: [width, height] };
}

const page = {
  /** Opens a fixture, or the first share of its bytes, and reads a window of it. */
  async open(name: string, window?: ClipWindow, side?: number, keep?: number): Promise<SeenClip> {
    return see(openClip(await fetched(name, keep), name), window, side);
  },
};

export type ClipsPage = typeof page;

(window as unknown as { clipsPage: ClipsPage }).clipsPage = page;
