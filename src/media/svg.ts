import { TokenscopeError } from '../core/errors.ts';
import type { Size } from '../core/framing.ts';
import { type OpenedPicture, type OpenOptions, type Remark, reducedRemarks, reducedSize } from './opened-picture.ts';

/** For drawings that do not say how large they are. */
const DEFAULT_SIDE = 512;

/** CSS pixels in a unit of length. */
const UNITS: Readonly<Record<string, number>> = { '': 1, px: 1, pt: 4 / 3, pc: 16, in: 96, cm: 96 / 2.54, mm: 96 / 25.4 };

/** Draws an SVG file at its own size. As an image element draws it: without scripts and without anything from elsewhere. */
export async function openSvg(file: Blob, name: string, options: OpenOptions): Promise<OpenedPicture> {
  const text = await file.text();
  const { told, ...size } = svgSize(text);
  const target = reducedSize(name, size, options);
  const { height, width } = target ?? size;
  const picture = await drawSvg(sizedSvg(text, { height, width }), { height, width }).catch((error: unknown) => {
    throw new TokenscopeError('media-undecodable', { file: name, format: 'SVG' }, { cause: error });
  });
  const remarks: Remark[] = told ? [] : [{ text: 'sources.notice.svgSize', parameters: { name, width, height } }];
  return { kind: 'picture', picture, ...size, remarks: [...remarks, ...reducedRemarks(name, size, target)] };
}

/** The opening tag of the drawing, comments before it left out of the search. Not parsed as XML: the page's policy would object to its styles. */
function rootTag(text: string): { readonly at: number; readonly tag: string } {
  const bare = text.replace(/<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length));
  const match = /<(?:\w+:)?svg(?=[\s>/])(?:"[^"]*"|'[^']*'|[^>"'])*>/.exec(bare);
  return { at: match?.index ?? 0, tag: match?.[0] ?? '' };
}

function attributeOf(tag: string, name: string): string | null {
  const match = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag);
  return match?.[1] ?? match?.[2] ?? null;
}

/** The drawing with `size` as its width and height, and a view box where its own size was the only measure. */
function sizedSvg(text: string, { height, width }: Size): string {
  const { at, tag } = rootTag(text);
  const own = svgSize(text);
  const box = attributeOf(tag, 'viewBox') === null && own.told ? ` viewBox="0 0 ${own.width} ${own.height}"` : '';
  const bare = tag.replace(/\s(?:width|height)\s*=\s*(?:"[^"]*"|'[^']*')/g, '');
  const sized = bare.replace(/(\s*\/?>)$/, ` width="${width}" height="${height}"${box}$1`);
  return text.slice(0, at) + sized + text.slice(at + tag.length);
}

/** From width and height, else the shape of the view box, else a square; `told` is false where we had to choose. */
export function svgSize(text: string): Size & { readonly told: boolean } {
  const { tag } = rootTag(text);
  const attribute = (name: string) => attributeOf(tag, name);
  const [width, height] = [pixels(attribute('width')), pixels(attribute('height'))];
  const box = (attribute('viewBox') ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const shape = box.length === 4 && box[2]! > 0 && box[3]! > 0 ? box[2]! / box[3]! : undefined;
  const whole = (side: number) => Math.max(1, Math.round(side));
  if (width && height) return { width: whole(width), height: whole(height), told: true };
  if (width) return { width: whole(width), height: whole(width / (shape ?? 1)), told: true };
  if (height) return { width: whole(height * (shape ?? 1)), height: whole(height), told: true };
  const scale = shape ? Math.max(1, DEFAULT_SIDE / Math.max(box[2]!, box[3]!)) : 1;
  return shape
    ? { width: whole(box[2]! * scale), height: whole(box[3]! * scale), told: false }
    : { width: DEFAULT_SIDE, height: DEFAULT_SIDE, told: false };
}

function pixels(length: string | null): number | undefined {
  const match = /^\s*([\d.]+(?:e[-+]?\d+)?)\s*([a-z]*)\s*$/i.exec(length ?? '');
  const value = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  return value > 0 && Number.isFinite(value) ? value : undefined;
}

async function drawSvg(text: string, { height, width }: Size): Promise<ImageBitmap> {
  const image = new Image(width, height);
  const address = URL.createObjectURL(new Blob([text], { type: 'image/svg+xml' }));
  try {
    image.src = address;
    await image.decode();
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(image, 0, 0, width, height);
    return canvas.transferToImageBitmap();
  } finally {
    URL.revokeObjectURL(address);
  }
}
