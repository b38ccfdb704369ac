import type { QuantizerSettings } from './manifest.ts';

/** What a file in src/quantizers exports by default; its file name is the `kind` in a manifest. */
export interface QuantizerKind {
  /** The smallest valid settings (and codebook): tests open it, newcomers copy it. */
  readonly example: { readonly settings: QuantizerSettings; readonly codebook?: Float32Array };
  /** Reads the kind's own settings, or throws `manifest-invalid`. `codebook` is K × D, row by row. */
  open(settings: QuantizerSettings, codebook?: Float32Array): Quantizer;
}

/** The rule from latents to tokens of one opened model, as pure arithmetic on single vectors. */
export interface Quantizer {
  readonly codebookSize: number;
  readonly entryDimension: number;
  /** The codebook entry a token stands for, as the decoder gets it. */
  entry(token: number): Float32Array;
  /** The token nearest to a latent vector; the lowest index wins a tie. */
  nearest(latent: ArrayLike<number>): number;
  /** Distance of a latent vector to one entry, in the score's own measure (smaller is nearer). */
  distance(latent: ArrayLike<number>, token: number): number;
  /** The latent vector as the distance sees it (unit length for cosine). */
  seen(latent: ArrayLike<number>): Float32Array;
}
