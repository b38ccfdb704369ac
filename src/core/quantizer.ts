import type { QuantizerSettings } from './manifest.ts';

/** What a file in src/quantizers exports by default; its file name is the `kind` in a manifest. */
export interface QuantizerKind {
  /** The smallest valid settings (and codebook): tests open it, newcomers copy it. */
  readonly example: { readonly settings: QuantizerSettings; readonly codebook?: Float32Array };
  /**
   * Reads the kind's own settings, or throws `manifest-invalid`. `codebook` is K × D, row by row; `projection` belongs to
   * score = projection alone.
   */
  open(settings: QuantizerSettings, codebook?: Float32Array, projection?: Projection): Quantizer;
}

/** The linear layer whose largest output is the token: `weight` is K × D row by row, `bias` K values. */
export interface Projection {
  readonly weight: Float32Array;
  readonly bias?: Float32Array;
}

/** Tokens in order of distance, the nearest first. */
export interface Ranking {
  readonly tokens: readonly number[];
  readonly distances: readonly number[];
}

/** The rule from latents to tokens of one opened model, as pure arithmetic on single vectors. */
export interface Quantizer {
  readonly codebookSize: number;
  readonly entryDimension: number;
  /** The codebook entry a token stands for, as the decoder gets it. */
  entry(token: number): Float32Array;
  /** The token nearest to a latent vector; the lowest index wins a tie. */
  nearest(latent: ArrayLike<number>): number;
  /** The `count` nearest tokens (fewer when K is smaller), ascending distance, lowest index first among equals. */
  nearestFew(latent: ArrayLike<number>, count: number): Ranking;
  /** Distance of a latent vector to one entry, in the score's own measure (smaller is nearer). */
  distance(latent: ArrayLike<number>, token: number): number;
  /** The latent vector as the distance sees it (unit length for cosine). */
  seen(latent: ArrayLike<number>): Float32Array;
}
