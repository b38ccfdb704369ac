import type { LatentLayout } from '../core/manifest.ts';
import { cellCount, type GridShape, type Latents } from '../core/token-grid.ts';

/** Whether a cell's vector stands together in memory. */
function vectorsTogether(layout: LatentLayout): boolean {
  return layout === 'NHWD' || layout === 'NTHWD';
}

/** Sizes of a graph's latent array for `count` grids. */
export function latentDims(layout: LatentLayout, count: number, d: number, { t, h, w }: GridShape): number[] {
  switch (layout) {
    case 'NDHW':
      return [count, d, h, w];
    case 'NHWD':
      return [count, h, w, d];
    case 'NDTHW':
      return [count, d, t, h, w];
    case 'NTHWD':
      return [count, t, h, w, d];
    case 'TDHW':
      return [t, d, h, w];
  }
}

/** Entry dimension and grid from the sizes of a graph's latent array. */
export function latentShape(layout: LatentLayout, dims: readonly number[]): { d: number; shape: GridShape } {
  const [a = 1, b = 1, c = 1, e = 1, f = 1] = dims;
  switch (layout) {
    case 'NDHW':
      return { d: b, shape: { t: 1, h: c, w: e } };
    case 'NHWD':
      return { d: e, shape: { t: 1, h: b, w: c } };
    case 'NDTHW':
      return { d: b, shape: { t: c, h: e, w: f } };
    case 'NTHWD':
      return { d: f, shape: { t: b, h: c, w: e } };
    case 'TDHW':
      return { d: b, shape: { t: a, h: c, w: e } };
  }
}

/** Where component `k` of cell `i` stands: base + k · jump. */
function places(layout: LatentLayout, d: number, { h, w, t }: GridShape): { base(cell: number): number; jump: number } {
  if (vectorsTogether(layout)) return { base: (cell) => cell * d, jump: 1 };
  const plane = h * w;
  if (layout === 'TDHW') return { base: (cell) => Math.floor(cell / plane) * plane * d + (cell % plane), jump: plane };
  return { base: (cell) => cell, jump: t * plane };
}

/** A graph's latent array (one grid) as d × t × h × w, in memory of its own. */
export function toLatents(values: Float32Array, layout: LatentLayout, dims: readonly number[]): Latents {
  const { d, shape } = latentShape(layout, dims);
  if (layout === 'NDHW' || layout === 'NDTHW') return { data: values.slice(), d, shape };
  const cells = cellCount(shape);
  const { base, jump } = places(layout, d, shape);
  const data = new Float32Array(d * cells);
  for (let cell = 0; cell < cells; cell++) {
    for (let k = 0, i = base(cell), o = cell; k < d; k++, i += jump, o += cells) data[o] = values[i]!;
  }
  return { data, d, shape };
}

/** Latents as the graph's array. */
export function fromLatents({ data, d, shape }: Latents, layout: LatentLayout): Float32Array {
  if (layout === 'NDHW' || layout === 'NDTHW') return data;
  const cells = cellCount(shape);
  const { base, jump } = places(layout, d, shape);
  const out = new Float32Array(d * cells);
  for (let cell = 0; cell < cells; cell++) {
    for (let k = 0, o = base(cell), i = cell; k < d; k++, o += jump, i += cells) out[o] = data[i]!;
  }
  return out;
}

/** Entries of tokens as the graph's latent array: `tokens` of one grid after another, each of the given shape. */
export function entriesAsLatents(
  tokens: Int32Array,
  entry: (token: number) => ArrayLike<number>,
  layout: LatentLayout,
  d: number,
  shape: GridShape,
): Float32Array {
  const cells = cellCount(shape);
  const { base, jump } = places(layout, d, shape);
  const out = new Float32Array(d * tokens.length);
  for (let start = 0; start < tokens.length; start += cells) {
    for (let cell = 0; cell < cells; cell++) {
      const vector = entry(tokens[start + cell]!);
      for (let k = 0, o = start * d + base(cell); k < d; k++, o += jump) out[o] = vector[k]!;
    }
  }
  return out;
}
