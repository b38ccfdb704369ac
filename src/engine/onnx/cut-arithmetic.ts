import type { Quantizer } from '../../core/quantizer.ts';
import { findRounding } from '../../onnx/find-quantizer.ts';
import type { Assembled } from './assemble.ts';
import { cutsAfter, sizesNeeded } from './cuts.ts';
import { candidatesFor, MOST_BITS } from './find-arithmetic.ts';
import type { OutsideCut } from './found.ts';
import { readingsAs, type Vectors } from './match.ts';
import { freezeSizes, type Measured } from './measure.ts';
import type { Probe } from './sizes.ts';

/** What the encoder's file and the decoder's gave on the card. */
export interface BothSides {
  readonly probe: Probe;
  /** Cuts in front of the tokens, the last one first, and their values. */
  readonly before: readonly string[];
  readonly front: ReadonlyMap<string, Measured>;
  readonly back: ReadonlyMap<string, Measured>;
  readonly tokens: Int32Array;
}

interface Reading {
  readonly name: string;
  readonly measured: Measured;
  readonly d: number;
  readonly vectors: Vectors;
}

/** Share of cells whose token must follow from the latents: rounding decides those on an edge. */
const AGREE = 0.98;
const TOLERANCE = 4e-3;

/**
 * Signs (LFQ) or levels (FSQ) where one file gives tokens and another takes them: the decoder makes of the card's tokens the
 * vectors of such a quantizer, and the encoder's latents fall on the same tokens. undefined where no such pair is found.
 */
export function cutArithmetic(assembled: Assembled, { probe, before, front, back, tokens }: BothSides): OutsideCut | undefined {
  const { front: encoder, back: decoder } = assembled;
  const latents = before.flatMap((name) => readingsOf(name, front, probe));
  const entries = cutsAfter(assembled, decoder.input!.name).flatMap((name) => readingsOf(name, back, probe));
  // Rows and columns first: a list of vectors has to be laid out again.
  for (const behind of [...entries].sort(rowsFirst)) {
    const sizes = behind.vectors.cells === tokens.length ? sizesNeeded(assembled, behind.name) : undefined;
    if (!sizes) continue;
    for (const { settings, quantizer } of candidatesFor(behind.vectors.values, behind.d)) {
      if (!holdsEntries(quantizer, tokens, behind.vectors.values)) continue;
      const found = [...latents].sort(rowsFirst).find((one) => one.d === behind.d && givesTokens(quantizer, one.vectors, tokens));
      if (!found) continue;
      return {
        kind: 'outside',
        settings,
        dimension: behind.d,
        table: undefined,
        projection: undefined,
        op: findRounding(encoder.flow, encoder.pixels)[0]?.op ?? 'Round',
        proven: true,
        latents: { name: found.name, layout: found.vectors.layout, measured: found.measured },
        entries: {
          name: behind.name,
          layout: behind.vectors.layout,
          measured: behind.measured,
          frozen: freezeSizes(sizes, back),
        },
      };
    }
  }
  return undefined;
}

function readingsOf(name: string, values: ReadonlyMap<string, Measured>, probe: Probe): Reading[] {
  const measured = values.get(name);
  if (!measured) return [];
  const sides = [...new Set([measured.dims[1] ?? 0, measured.dims.at(-1) ?? 0])].filter((d) => d >= 2 && d <= MOST_BITS);
  return sides.flatMap((d) => readingsAs(measured, d, probe).map((vectors) => ({ name, measured, d, vectors })));
}

function rowsFirst(a: Reading, b: Reading): number {
  return Number(a.vectors.layout.includes('L')) - Number(b.vectors.layout.includes('L'));
}

function holdsEntries({ entry, entryDimension: d, codebookSize }: Quantizer, tokens: Int32Array, vectors: Float32Array): boolean {
  return tokens.every((token, cell) => {
    if (token >= codebookSize) return false;
    return entry(token).every((value, k) => Math.abs(value - vectors[cell * d + k]!) < TOLERANCE);
  });
}

function givesTokens({ nearest, entryDimension: d }: Quantizer, { cells, values }: Vectors, tokens: Int32Array): boolean {
  if (cells !== tokens.length) return false;
  const same = tokens.filter((token, cell) => nearest(values.subarray(cell * d, (cell + 1) * d)) === token).length;
  return same >= cells * AGREE && new Set(tokens).size > 1;
}
