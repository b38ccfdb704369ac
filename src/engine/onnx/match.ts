import type { Size } from '../../core/framing.ts';
import type { LatentLayout, QuantizerSettings } from '../../core/manifest.ts';
import type { Projection } from '../../core/quantizer.ts';
import { quantizers } from '../../quantizers/index.ts';
import type { Measured } from './measure.ts';

/** Order of a latent array's axes; L counts cells in raster order. */
export type SourceLatents = LatentLayout | 'NLD' | 'NDL' | 'LD';

const BY_RANK: Readonly<Record<number, readonly SourceLatents[]>> = {
  2: ['LD'],
  3: ['NLD', 'NDL'],
  4: ['NDHW', 'NHWD'],
  5: ['NDTHW', 'NTHWD'],
};

/** A table of vectors, K × D row by row. */
export interface Table {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Vectors of cells, one after another in raster order. */
export interface Vectors {
  readonly layout: SourceLatents;
  readonly cells: number;
  readonly values: Float32Array;
}

/** Every way in which an array can be read as vectors of that many numbers; rows and columns have the picture's shape. */
export function readingsAs({ dims, values }: Measured, d: number, picture: Size): Vectors[] {
  if (!(values instanceof Float32Array)) return [];
  return (BY_RANK[dims.length] ?? []).flatMap((layout) => {
    if (dims[layout.indexOf('D')] !== d || (layout.startsWith('N') && dims[0] !== 1)) return [];
    const [h, w] = [dims[layout.indexOf('H')], dims[layout.indexOf('W')]];
    if (h !== undefined && w !== undefined && h * picture.width !== w * picture.height) return [];
    const cells = values.length / d;
    return [{ layout, cells, values: layout.endsWith('D') ? values : turned(values, d, cells) }];
  });
}

/** D × cells as cells × D. */
function turned(values: Float32Array, d: number, cells: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let k = 0; k < d; k++) for (let cell = 0; cell < cells; cell++) out[cell * d + k] = values[k * cells + cell]!;
  return out;
}

/** cells × D as the array of a layout: what a decoder that takes latents is fed with. */
export function asLayout(vectors: Float32Array, layout: SourceLatents, d: number): Float32Array {
  return layout.endsWith('D') ? vectors : turned(vectors, vectors.length / d, d);
}

/** A constant as a table of `size` rows (of any number of rows where the size is not known), or undefined. */
export function tableFrom(name: string, { dims, values }: Measured, size: number | undefined): Table[] {
  const sides = dims.filter((side) => side > 1);
  if (!(values instanceof Float32Array) || sides.length !== 2) return [];
  const [a, b] = sides as [number, number];
  const upright = { name, rows: a, columns: b, values };
  const lying = { name, rows: b, columns: a, values: turned(values, a, b) };
  if (size === undefined) return [upright];
  return [...(a === size ? [upright] : []), ...(b === size ? [lying] : [])];
}

type Score = NonNullable<QuantizerSettings['score']>;

const SAMPLED = 96;
/** Share of cells that must agree: rounding decides near ties. */
const AGREE = 0.97;

/** The score by which the nearest entries of these vectors are these tokens, or undefined. */
export function scoreThatFits(vectors: Vectors, tokens: Int32Array, table: Table, projection?: Projection): Score | undefined {
  if (vectors.cells !== tokens.length) return undefined;
  const scores: readonly Score[] = projection ? ['projection'] : ['l2', 'cosine', 'dot'];
  return scores.find((score) => agreement(vectors, tokens, table, score, projection) >= AGREE);
}

function agreement(vectors: Vectors, tokens: Int32Array, table: Table, score: Score, projection?: Projection): number {
  const { rows, columns } = table;
  const settings = { kind: 'vq', codebookSize: rows, entryDimension: columns, score } as const;
  const quantizer = quantizers.vq!.open(settings, table.values, projection);
  const step = Math.max(1, Math.floor(vectors.cells / SAMPLED));
  let [seen, same] = [0, 0];
  for (let cell = 0; cell < vectors.cells; cell += step) {
    const vector = vectors.values.subarray(cell * columns, (cell + 1) * columns);
    seen++;
    if (quantizer.nearest(vector) === tokens[cell]) same++;
  }
  return same / seen;
}

export interface EntriesFit {
  readonly layout: SourceLatents;
  /** The decoder gets entries of unit length. */
  readonly normalized: boolean;
}

/** How the entries of these tokens stand in an array that the decoder goes on from, or undefined when they do not. */
export function entriesIn(measured: Measured, tokens: Int32Array, table: Table, picture: Size): EntriesFit | undefined {
  for (const vectors of readingsAs(measured, table.columns, picture)) {
    if (vectors.cells !== tokens.length) continue;
    for (const normalized of [false, true]) {
      if (holdsEntries(vectors, tokens, table, normalized)) return { layout: vectors.layout, normalized };
    }
  }
  return undefined;
}

function holdsEntries({ values }: Vectors, tokens: Int32Array, table: Table, normalized: boolean): boolean {
  const d = table.columns;
  for (const [cell, token] of tokens.entries()) {
    const row = table.values.subarray(token * d, (token + 1) * d);
    const scale = normalized ? 1 / Math.max(Math.hypot(...row), 1e-12) : 1;
    for (let k = 0; k < d; k++) {
      const expected = row[k]! * scale;
      // Half-precision graphs and a straight-through sum z + (q − z) round.
      if (!(Math.abs(values[cell * d + k]! - expected) <= 4e-3 * (1 + Math.abs(expected)))) return false;
    }
  }
  return true;
}

/** Vectors of tokens, one after another. */
export function lookUp(tokens: Int32Array, { columns, values }: Table, normalized: boolean): Float32Array {
  const out = new Float32Array(tokens.length * columns);
  for (const [cell, token] of tokens.entries()) {
    const row = values.subarray(token * columns, (token + 1) * columns);
    const scale = normalized ? 1 / Math.max(Math.hypot(...row), 1e-12) : 1;
    for (let k = 0; k < columns; k++) out[cell * columns + k] = row[k]! * scale;
  }
  return out;
}

/** How many different tokens there are: a picture that all falls into one says nothing. */
export function variety(tokens: Int32Array): number {
  return new Set(tokens).size;
}
