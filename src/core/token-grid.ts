/** Where tokens sit: planes in time, rows, columns. A picture has t = 1. */
export interface GridShape {
  readonly t: number;
  readonly h: number;
  readonly w: number;
}

/** One token (the index of a codebook entry) for each cell, in raster order over t, h, w. Never changed in place. */
export interface TokenGrid {
  readonly shape: GridShape;
  readonly tokens: Int32Array;
}

/** The encoder's output before quantization, laid out d × t × h × w. */
export interface Latents {
  readonly data: Float32Array;
  readonly d: number;
  readonly shape: GridShape;
}

/** A place in the grid. */
export interface Cell {
  readonly t: number;
  readonly row: number;
  readonly column: number;
}

export function cellCount({ t, h, w }: GridShape): number {
  return t * h * w;
}

/** Position of a cell in raster order. */
export function cellIndex({ h, w }: GridShape, { t, row, column }: Cell): number {
  return (t * h + row) * w + column;
}

export function cellAt({ h, w }: GridShape, index: number): Cell {
  const column = index % w;
  const rest = (index - column) / w;
  const row = rest % h;
  return { t: (rest - row) / h, row, column };
}

/** The cell of another grid over the same picture that covers the centre of this one. */
export function sameCellIn(from: GridShape, cell: Cell, to: GridShape): Cell {
  const scale = (index: number, size: number, other: number) => Math.min(other - 1, Math.floor(((index + 0.5) * other) / size));
  return {
    t: scale(cell.t, from.t, to.t),
    row: scale(cell.row, from.h, to.h),
    column: scale(cell.column, from.w, to.w),
  };
}

/** How often each codebook entry occurs. */
export function tokenCounts(tokens: ArrayLike<number>, codebookSize: number): Uint32Array {
  const counts = new Uint32Array(codebookSize);
  for (let i = 0; i < tokens.length; i++) counts[tokens[i]!]!++;
  return counts;
}

/** The latent vector of one cell. */
export function latentVector({ data, d, shape }: Latents, index: number): Float32Array {
  const cells = cellCount(shape);
  const vector = new Float32Array(d);
  for (let i = 0; i < d; i++) vector[i] = data[i * cells + index]!;
  return vector;
}
