import type { Latents, TokenGrid } from '../../core/token-grid.ts';

/** What a run gives: latents D × t × h × w where the quantizer is outside the graphs, and tokens t × h × w. */
export interface Encoding {
  readonly grid: TokenGrid;
  readonly latents: Latents | undefined;
}
