import { TokenscopeError } from '../../core/errors.ts';
import type { Size } from '../../core/framing.ts';
import { bottlenecks } from '../../onnx/flow.ts';
import type { TensorFacts } from '../../onnx/inspect.ts';
import { dataTypes } from '../../onnx/model.ts';
import { makeValue } from '../../onnx/parts.ts';
import { sliceGraph } from '../../onnx/slice.ts';
import type { Assembled } from './assemble.ts';
import type { OutsideCut } from './found.ts';
import { asLayout, type SourceLatents } from './match.ts';
import { type Bench, type Feed, type Measured, Measurement, openOutputs } from './measure.ts';

/** So many cuts are tried on either side of where tokens are chosen. */
export const MOST_CUTS = 14;

export function cutsAfter({ back }: Assembled, tokens: string): string[] {
  return bottlenecks(back.flow, tokens, back.output)
    .slice(1, 1 + MOST_CUTS)
    .filter((name) => name !== back.output);
}

/** Sizes that a cut reads from before itself; undefined where it needs more than sizes. */
export function sizesNeeded({ back }: Assembled, name: string): readonly string[] | undefined {
  const { missing, sizes } = sliceGraph(back.flow, [makeValue(name, dataTypes.float32)], openOutputs([back.output]));
  return missing.length > 0 ? undefined : sizes;
}

/** Layout of declared sizes, where only one has D at its place. */
export function layoutOf({ dims }: TensorFacts, d: number): SourceLatents | undefined {
  if (!dims) return undefined;
  const layouts: Readonly<Record<number, readonly SourceLatents[]>> = {
    3: ['NLD', 'NDL'],
    4: ['NDHW', 'NHWD'],
    5: ['NDTHW', 'NTHWD'],
  };
  const fits = (layouts[dims.length] ?? []).filter((layout) => dims[layout.indexOf('D')] === d);
  return fits.length === 1 ? fits[0] : undefined;
}

/** t × h × w of latents whose layout is known; undefined for lists. */
export function gridIn({ layout, measured: { dims } }: OutsideCut['latents']): readonly [number, number, number] | undefined {
  const size = (axis: string) => dims[layout.indexOf(axis)];
  const [t = 1, h, w] = [size('T'), size('H'), size('W')];
  return h === undefined || w === undefined ? undefined : [t, h, w];
}

/** t × h × w of the tokens: from an array that shows them in rows and columns, which have the picture's shape. */
export function gridOf(
  tokens: Measured | undefined,
  values: ReadonlyMap<string, Measured>,
  before: readonly string[],
  { count, picture }: { readonly count: number; readonly picture: Size },
): readonly [number, number, number] {
  const fits = (t: number, h: number, w: number) => t * h * w === count && h * picture.width === w * picture.height;
  const shaped = tokens?.dims.filter((side, axis) => !(side === 1 && (axis === 0 || axis === tokens.dims.length - 1)));
  if (tokens && tokens.dims.length >= 3 && shaped && shaped.length >= 2) {
    const [w = 1, h = 1, t = 1] = [...shaped].reverse();
    if (fits(t, h, w)) return [t, h, w];
  }
  for (const name of before) {
    const dims = values.get(name)?.dims ?? [];
    if (dims.length < 4) continue;
    const inner = dims.slice(1);
    for (const grid of [inner.slice(1), inner.slice(0, -1)]) {
      const [w = 1, h = 1, t = 1] = [...grid].reverse();
      if (fits(t, h, w)) return [t, h, w];
    }
  }
  const side = Math.round(Math.sqrt(count));
  return side * side === count ? [1, side, side] : [1, 1, count];
}

/** Shapes in which a decoder may want its tokens: what the file says, else the usual ones. */
export function tokenShapes({ dims }: TensorFacts, [t, h, w]: readonly [number, number, number], count: number): number[][] {
  const plain = [[1, h, w], [1, t * h * w], [1, 1, h, w], [1, t, h, w], [count], [1, h, w, 1], [1, count, 1], [h, w]];
  const fits = (shape: readonly number[]) =>
    !dims || (shape.length === dims.length && dims.every((size, axis) => typeof size === 'string' || size === shape[axis]));
  const possible = plain.filter((shape) => shape.reduce((a, b) => a * b, 1) === count && fits(shape));
  return possible.length > 0 ? possible : [[1, count]];
}

/** What the decoder makes of vectors, one after another, in the layout it takes. */
export async function decodeVectors(
  { front, back }: Assembled,
  bench: Bench,
  { entries, dimension }: Pick<OutsideCut, 'entries' | 'dimension'>,
  vectors: Float32Array,
  [t, h, w]: readonly [number, number, number],
): Promise<Measured> {
  const sizes: Readonly<Record<string, number>> = { N: 1, D: dimension, L: t * h * w, T: t, H: h, W: w };
  const dims = [...entries.layout].map((axis) => sizes[axis]!);
  const input = back.flow.graph.inputs.find(({ name }) => name === entries.name)!;
  const { graph } = sliceGraph(back.flow, [input], openOutputs([back.output]));
  const half = back.input?.type === dataTypes.float16;
  const numbers = asLayout(vectors, entries.layout, dimension);
  const feed: Feed = { name: entries.name, type: half ? 'float16' : 'float32', dims, values: numbers };
  const [outcome] = await new Measurement(bench, graph, back.model, back.file).run([[feed]]);
  if (outcome && 'values' in outcome) return outcome.values.get(back.output)!;
  const reason = outcome && 'reason' in outcome.failed.parameters ? String(outcome.failed.parameters.reason) : dims.join(' × ');
  throw new TokenscopeError('onnx-unlinked', { from: front.file, to: back.file, reason });
}
