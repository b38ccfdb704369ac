import type { Result } from '../state/store.ts';

/** The equation of a result: tokens × bits each = bytes. */
export interface Figures {
  readonly tokens: number;
  /** log2 of the codebook size. */
  readonly bits: number;
  readonly bytes: number;
  /** Bytes of the pixels that the tokens stand for, at 8 bits for each of 3 colours; undefined without a picture. */
  readonly pixelBytes: number | undefined;
  /** Different entries among the tokens. */
  readonly used: number;
}

/** `frames` of the picture's size share the tokens. */
export function figuresOf({ grid, counts, source, reconstruction }: Result, codebookSize: number, frames = 1): Figures {
  const picture = source ?? reconstruction?.picture;
  const tokens = grid.tokens.length;
  const bits = Math.log2(Math.max(2, codebookSize));
  let used = 0;
  for (const count of counts) if (count > 0) used++;
  return { tokens, bits, bytes: (tokens * bits) / 8, pixelBytes: picture && picture.width * picture.height * 3 * frames, used };
}
