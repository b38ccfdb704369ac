import { TokenscopeError } from '../core/errors.ts';
import { type Framing, place, type Rect, type Size } from '../core/framing.ts';
import type { Picture } from '../core/picture.ts';
import { resample } from '../core/resample.ts';

/** A picture that was handed over, framed as often as it is asked for. */
export interface OpenPicture {
  /** The picture in `size` pixels of the given framing. The caller owns the result. `afresh` passes over what is kept. */
  frame(framing: Framing, size: Size, afresh?: boolean): Picture;
  close(): void;
}

/** Framings kept: as many models as one compares at the same time. */
const KEPT = 4;
/** Larger areas are halved by the canvas until they fit, before the resampler sees them. */
const MOST_PIXELS = 40e6;

export function openPicture(picture: ImageBitmap | Picture): OpenPicture {
  const kept = new Map<string, Picture>();

  function render(framing: Framing, size: Size): Picture {
    const { from, to } = place(picture, framing, size);
    const { part, inside } = readPart(picture, from, to, framing.background);
    const fitted = resample(part, inside, to.width, to.height);
    return fitted.width === size.width && fitted.height === size.height ? fitted : setOn(fitted, to, size, framing.background);
  }

  return {
    frame(framing, size, afresh = false) {
      const key = JSON.stringify([framing, size]);
      const known = (afresh ? undefined : kept.get(key)) ?? render(framing, size);
      kept.delete(key);
      kept.set(key, known);
      for (const oldest of [...kept.keys()].slice(0, -KEPT)) kept.delete(oldest);
      return { ...known, data: known.data.slice() };
    },
    close() {
      kept.clear();
      if (isBitmap(picture)) picture.close();
    },
  };
}

function isBitmap(picture: ImageBitmap | Picture): picture is ImageBitmap {
  return 'close' in picture;
}

/**
 * The pixels that `from` needs, on the background, and where `from` lies among them. A margin stays around it, so that the
 * resampler sees its neighbours.
 */
function readPart(
  picture: ImageBitmap | Picture,
  from: Rect,
  to: Size,
  background: Framing['background'],
): { part: Picture; inside: Rect } {
  if (!isBitmap(picture)) return { part: onBackground(picture, background), inside: from };
  const { left, top, width, height } = withMargin(from, to, picture);
  const halvings = Math.max(0, Math.ceil(Math.log2((width * height) / MOST_PIXELS) / 2));
  const scale = 0.5 ** halvings;
  const target = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
  const part = drawPart(picture, { x: left, y: top, width, height }, target, background);
  const across = target.width / width;
  const down = target.height / height;
  return {
    part,
    inside: { x: (from.x - left) * across, y: (from.y - top) * down, width: from.width * across, height: from.height * down },
  };
}

/** Whole pixels around `from`, with as many more on each side as the resampler's kernel reaches. */
function withMargin(from: Rect, to: Size, picture: Size) {
  const across = Math.ceil((4 * from.width) / to.width) + 8;
  const down = Math.ceil((4 * from.height) / to.height) + 8;
  const left = Math.max(0, Math.floor(from.x) - across);
  const top = Math.max(0, Math.floor(from.y) - down);
  const right = Math.min(picture.width, Math.ceil(from.x + from.width) + across);
  const bottom = Math.min(picture.height, Math.ceil(from.y + from.height) + down);
  return { left, top, width: right - left, height: bottom - top };
}

function drawPart(bitmap: ImageBitmap, from: Rect, target: Size, background: Framing['background']): Picture {
  const canvas = new OffscreenCanvas(target.width, target.height);
  // Opaque, or reading back would undo a premultiplication pixel by pixel.
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently: true });
  if (!context) throw new TokenscopeError('out-of-memory', { what: `${target.width} × ${target.height}` });
  context.imageSmoothingQuality = 'high';
  context.fillStyle = `rgb(${background.join()})`;
  context.fillRect(0, 0, target.width, target.height);
  context.drawImage(bitmap, from.x, from.y, from.width, from.height, 0, 0, target.width, target.height);
  try {
    return { data: context.getImageData(0, 0, target.width, target.height).data, height: target.height, width: target.width };
  } catch (error) {
    throw new TokenscopeError('out-of-memory', { what: `${target.width} × ${target.height}` }, { cause: error });
  }
}

/** Transparent pixels mixed with the background; an opaque picture as it is. */
function onBackground(picture: Picture, background: Framing['background']): Picture {
  const { data } = picture;
  let opaque = true;
  for (let i = 3; i < data.length && opaque; i += 4) opaque = data[i] === 255;
  if (opaque) return picture;
  const mixed = new Uint8ClampedArray(data.length);
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3]! / 255;
    for (let c = 0; c < 3; c++) mixed[i + c] = data[i + c]! * alpha + background[c]! * (1 - alpha);
    mixed[i + 3] = 255;
  }
  return { ...picture, data: mixed };
}

/** `fitted` at its place on a sheet of the background. */
function setOn(fitted: Picture, to: Rect, size: Size, background: Framing['background']): Picture {
  const data = new Uint8ClampedArray(size.width * size.height * 4);
  new Uint32Array(data.buffer).fill(new Uint32Array(Uint8Array.of(...background, 255).buffer)[0]!);
  for (let row = 0; row < fitted.height; row++) {
    const line = fitted.data.subarray(row * fitted.width * 4, (row + 1) * fitted.width * 4);
    data.set(line, ((to.y + row) * size.width + to.x) * 4);
  }
  return { data, height: size.height, width: size.width };
}
