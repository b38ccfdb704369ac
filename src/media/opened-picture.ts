import { TokenscopeError } from '../core/errors.ts';
import type { Size } from '../core/framing.ts';

export interface OpenOptions {
  /** Colour profiles applied instead of ignored. */
  readonly colourManaged?: boolean;
  /** Larger pictures are reduced. Pixels; never more than 4,096. */
  readonly maximumSide?: number;
  readonly signal?: AbortSignal;
}

/** A picture that was read: its size as the file says it, before any reduction. */
export interface OpenedPicture {
  readonly kind: 'picture';
  readonly picture: ImageBitmap;
  readonly height: number;
  readonly width: number;
  readonly remarks: readonly Remark[];
}

/** Something that went well but differs from what one may expect; `text` is a key of the texts. */
export interface Remark {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string | number>>;
}

/** What models look at is far smaller; a larger bitmap would only cost memory (64 MiB at this side). */
const LARGEST_SIDE = 4096;
/** Above this, browsers refuse or fail to decode; 10,000 × 10,000 is under it. */
const MOST_PIXELS = 2 ** 27;

/** What the picture is reduced to, when it is. Throws `media-too-large` before anything is decoded. */
export function reducedSize(
  file: string,
  { height, width }: Size,
  { maximumSide = LARGEST_SIDE }: OpenOptions,
): Size | undefined {
  if (height * width > MOST_PIXELS) {
    throw new TokenscopeError('media-too-large', { file, megapixels: Math.round((height * width) / 1e6) });
  }
  const scale = Math.min(maximumSide, LARGEST_SIDE) / Math.max(height, width);
  if (scale >= 1) return undefined;
  return { height: Math.max(1, Math.round(height * scale)), width: Math.max(1, Math.round(width * scale)) };
}

export function reducedRemarks(name: string, { height, width }: Size, target: Size | undefined): readonly Remark[] {
  if (!target) return [];
  return [
    { text: 'sources.notice.reduced', parameters: { name, width, height, toWidth: target.width, toHeight: target.height } },
  ];
}

/** How `createImageBitmap` reduces to `target`, when there is one. */
export function reducing(target: Size | undefined): ImageBitmapOptions {
  return target ? { resizeWidth: target.width, resizeHeight: target.height, resizeQuality: 'high' } : {};
}
