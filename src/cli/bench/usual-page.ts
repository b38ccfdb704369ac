import type { Manifest } from '../../core/manifest.ts';

/** What the bench asks of this page. */
export interface UsualSettings {
  readonly manifest: Manifest;
  readonly provider: 'webgpu' | 'wasm';
  readonly threads: number;
  readonly runs: number;
  readonly side: number;
  /** K × D, row by row. */
  readonly codebook: readonly number[];
}

export interface UsualReport {
  /** Canvas to canvas, for each run after the warm-up. */
  readonly milliseconds: readonly number[];
  /** Tasks over 50 ms on the page's thread meanwhile. */
  readonly longTasks: readonly number[];
}

declare global {
  interface Window {
    usualWay(settings: UsualSettings): Promise<UsualReport>;
  }
}
