/** All lengths of the Pipeline in CSS pixels, from the window alone, so that nothing jumps while results arrive. */
export interface PipelineLayout {
  /** One column for phones and narrow windows. */
  readonly narrow: boolean;
  /** Less air between the rows. */
  readonly short: boolean;
  readonly content: number;
  /** Side of the pictures. */
  readonly picture: number;
  readonly funnel: number;
  readonly latents: number;
  readonly codebook: number;
  /** Side of the token grid. */
  readonly grid: number;
  readonly gap: number;
  /** Between the upper and the lower row. */
  readonly between: number;
  /** Columns of the lower row. */
  readonly vector: number;
  readonly nearest: number;
  readonly token: number;
  /** Height of one line of the list of nearest entries. */
  readonly line: number;
  readonly lens: number;
}

const PICTURE_LEAST = 150;
const PICTURE_MOST = 520;
/** Lines in the list of nearest entries. */
const LINES = 6;

export function pipelineLayout(width: number, height: number): PipelineLayout {
  if (width < 940) return narrowLayout(Math.max(320, width), height);
  const short = height <= 780;
  const content = width - 2 * (short ? 32 : 40);
  const wide = Math.floor(((content - 96) * 0.2118) / 8) * 8;
  const tall = Math.floor((height - (short ? 468 : 600)) / 8) * 8;
  const picture = Math.max(PICTURE_LEAST, Math.min(wide, tall, PICTURE_MOST));
  const codebook = Math.round(picture * 0.44);
  const latents = Math.round(picture * 0.72);
  const funnel = Math.round(picture * 0.28);
  const gap = (content - 3 * picture - 2 * funnel - latents - codebook) / 6;
  const nearest = Math.round(codebook + picture * 0.86 + gap);
  // What the bar, the sentence, the names, the pictures and the band leave to the list.
  const rest = height - picture - (short ? 312 : 409);
  const most = Math.max(50, Math.round(picture * 0.14));
  const line = Math.max(short ? 26 : 33, Math.min(most, Math.max(40, Math.round(picture * 0.19)), Math.floor(rest / LINES)));
  const lens = Math.min(step12(LINES * line + 7), step12(picture * 0.88));
  return {
    narrow: false,
    short,
    content,
    picture,
    funnel,
    latents,
    codebook,
    grid: picture,
    gap,
    between: short ? 26 : 57,
    vector: funnel + gap + latents,
    nearest,
    token: codebook + gap + picture + gap + funnel - nearest - Math.min(gap * 1.6, 40),
    line,
    lens,
  };
}

function narrowLayout(width: number, height: number): PipelineLayout {
  const content = width - 2 * (width <= 700 ? 16 : height <= 780 ? 32 : 40);
  const picture = Math.floor((content - 16) / 2);
  return {
    narrow: true,
    short: false,
    content,
    picture,
    funnel: picture,
    latents: picture,
    codebook: picture,
    grid: content,
    gap: 16,
    between: 28,
    vector: content,
    nearest: content,
    token: content,
    line: 34,
    lens: picture,
  };
}

function step12(length: number): number {
  return Math.floor(length / 12) * 12;
}

/** The largest size of the given shape inside a square of side `box`; at least one pixel. */
export function fitInside(box: number, width: number, height: number): { readonly width: number; readonly height: number } {
  const scale = box / Math.max(width, height, 1e-9);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
