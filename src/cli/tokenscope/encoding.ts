import type { Manifest } from '../../core/manifest.ts';
import { cellCount, type Latents, type TokenGrid } from '../../core/token-grid.ts';

/** What a run gives: latents D × t × h × w where the quantizer is outside the graphs, and tokens t × h × w. */
export interface Encoding {
  readonly grid: TokenGrid;
  readonly latents: Latents | undefined;
}

/**
 * Whether an array's frames go through the network all at once: published networks of clips do it, and are compared with that. The
 * page, and models that were trained on windows, take one window after another.
 */
export function inOnePass({ medium, conversion }: Pick<Manifest, 'medium' | 'conversion'>): boolean {
  return medium === 'video' && conversion !== undefined;
}

/** Runs over pieces of a clip as one: their planes follow one another. */
export function joinPlanes(parts: readonly Encoding[]): Encoding {
  const [first] = parts;
  if (!first || parts.length === 1) return first!;
  const t = parts.reduce((sum, { grid }) => sum + grid.shape.t, 0);
  const shape = { ...first.grid.shape, t };
  const tokens = new Int32Array(cellCount(shape));
  let at = 0;
  for (const { grid } of parts) {
    tokens.set(grid.tokens, at);
    at += grid.tokens.length;
  }
  return { grid: { shape, tokens }, latents: joinLatents(parts, shape) };
}

function joinLatents(parts: readonly Encoding[], shape: Latents['shape']): Latents | undefined {
  const d = parts[0]?.latents?.d;
  if (d === undefined) return undefined;
  const cells = cellCount(shape);
  const data = new Float32Array(d * cells);
  let at = 0;
  for (const { latents } of parts) {
    const own = cellCount(latents!.shape);
    for (let k = 0; k < d; k++) data.set(latents!.data.subarray(k * own, (k + 1) * own), k * cells + at);
    at += own;
  }
  return { data, d, shape };
}
