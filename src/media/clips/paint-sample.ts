import { VideoSample } from 'mediabunny';
import type { Size } from '../../core/framing.ts';
import { createPainter } from './draw-frame.ts';
import { type Plane, reducePlane } from './reduce-planes.ts';

/**
 * Makes bitmaps of one size of decoded samples, upright, and closes each sample in any case: decoders have few frames to give.
 * Large frames in the processor's memory are reduced before their colours are converted. Drawing them whole makes the browser
 * keep a full-size RGB copy of each: at 1080p that is slower several times over, and takes hundreds of megabytes.
 */
export function samplePainter(size: Size): (sample: VideoSample) => Promise<ImageBitmap> {
  const paint = createPainter(size);
  const reduce = sampleReducer();
  return async (sample) => {
    let small: VideoSample | undefined;
    try {
      const isTurned = sample.rotation % 180 !== 0;
      // Where a browser cannot do it, it draws the whole frame.
      small = await reduce(sample, isTurned ? { width: size.height, height: size.width } : size).catch(() => undefined);
      const drawn = small ?? sample;
      return paint((context, width, height) => drawn.draw(context, 0, 0, width, height));
    } finally {
      small?.close();
      sample.close();
    }
  };
}

/** Reduces samples in planes of one byte (luma, and two of colour with half the sides); others give undefined. */
function sampleReducer(): (sample: VideoSample, size: Size) => Promise<VideoSample | undefined> {
  let whole = new Uint8Array(0);
  return async (sample, { width, height }) => {
    const { visibleRect } = sample;
    if (sample.format !== 'I420' || visibleRect.width < width || visibleRect.height < height) return undefined;
    if (visibleRect.width === width && visibleRect.height === height) return undefined;
    const bytes = sample.allocationSize();
    if (whole.length !== bytes) whole = new Uint8Array(bytes);
    const layout = await sample.copyTo(whole);
    const data = reducePlanes(whole, layout, visibleRect, { width, height });
    const [codedWidth, codedHeight] = [even(width), even(height)];
    const frame = new VideoFrame(data, {
      ...{ format: 'I420', codedWidth, codedHeight, timestamp: 0 },
      visibleRect: { x: 0, y: 0, width, height },
      colorSpace: sample.colorSpace.toJSON(),
    });
    const small = new VideoSample(frame);
    small.setRotation(sample.rotation);
    small.setFlip(sample.flip);
    return small;
  };
}

const even = (side: number) => side + (side % 2);
const half = (side: number) => Math.ceil(side / 2);

/** The three planes at the new size, one after another, each side rounded up to an even one. */
function reducePlanes(whole: Uint8Array, layout: readonly PlaneLayout[], from: Size, to: Size): Uint8Array {
  const [stride, rows] = [even(to.width), even(to.height)];
  const data = new Uint8Array((stride * rows * 3) / 2);
  let at = 0;
  for (const [i, { offset, stride: wide }] of layout.entries()) {
    const side = i === 0 ? (length: number) => length : half;
    const source: Plane = { at: offset, stride: wide, width: side(from.width), height: side(from.height) };
    const target: Plane = { at, stride: i === 0 ? stride : stride / 2, width: side(to.width), height: side(to.height) };
    reducePlane(whole, source, data, target);
    at += target.stride * (i === 0 ? rows : rows / 2);
  }
  return data;
}
