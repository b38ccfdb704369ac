/** How a picture of any size becomes the picture a model takes. */
export interface Framing {
  /** fill: cut to the shape; fit: whole picture on the background; stretch: squeezed; crop: only `crop`, then filled. */
  readonly fit: 'fill' | 'fit' | 'stretch' | 'crop';
  /** For `crop`: the part used, as fractions of the picture. */
  readonly crop: Rect;
  /** Size asked for; a model rounds it by its own rules. */
  readonly height: number;
  readonly width: number;
  /** Shown where the picture is transparent or does not reach; 8-bit RGB. */
  readonly background: readonly [number, number, number];
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** What a model accepts, as in its manifest. Pixels. */
export interface SizeRule {
  readonly reduction: number;
  readonly multipleOf: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly preferred?: readonly [height: number, width: number];
  readonly fixed?: boolean;
}

export const WHOLE: Rect = { x: 0, y: 0, width: 1, height: 1 };

export const DEFAULT_FRAMING: Framing = { fit: 'fill', crop: WHOLE, height: 256, width: 256, background: [255, 255, 255] };

/** The size a model really takes for the size asked for: the nearest allowed multiple. */
export function modelSize(asked: Size, rule: SizeRule): Size {
  if (rule.fixed && rule.preferred) return { height: rule.preferred[0], width: rule.preferred[1] };
  const step = rule.multipleOf;
  const least = Math.ceil((rule.minimum ?? step) / step) * step;
  const most = Math.floor((rule.maximum ?? 4096) / step) * step;
  const round = (side: number) => Math.min(most, Math.max(least, Math.round(side / step) * step));
  return { height: round(asked.height), width: round(asked.width) };
}

/**
 * Which part of the picture lands where. `from` is in pixels of the picture, `to` in pixels of the target;
 * what `to` leaves free shows the background.
 */
export function place(picture: Size, framing: Framing, target: Size): { from: Rect; to: Rect } {
  const whole = { x: 0, y: 0, width: picture.width, height: picture.height };
  const full = { x: 0, y: 0, width: target.width, height: target.height };
  if (framing.fit === 'stretch') return { from: whole, to: full };
  if (framing.fit === 'fit') {
    const scale = Math.min(target.width / picture.width, target.height / picture.height);
    const width = Math.min(target.width, Math.max(1, Math.round(picture.width * scale)));
    const height = Math.min(target.height, Math.max(1, Math.round(picture.height * scale)));
    return {
      from: whole,
      to: { x: Math.floor((target.width - width) / 2), y: Math.floor((target.height - height) / 2), width, height },
    };
  }
  const { crop } = framing;
  const area =
    framing.fit === 'crop'
      ? {
          x: crop.x * picture.width,
          y: crop.y * picture.height,
          width: crop.width * picture.width,
          height: crop.height * picture.height,
        }
      : whole;
  return { from: cut(area, target.width / target.height), to: full };
}

/** The largest part of `area` with the given shape, centred. */
function cut(area: Rect, aspect: number): Rect {
  const width = Math.min(area.width, area.height * aspect);
  const height = Math.min(area.height, area.width / aspect);
  return { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
}
