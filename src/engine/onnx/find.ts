import { TokenscopeError } from '../../core/errors.ts';
import type { QuantizerSettings } from '../../core/manifest.ts';
import type { Corrections } from '../../core/proposal.ts';
import type { Projection } from '../../core/quantizer.ts';
import { type Choice, findChoices, findComparisons, findLookUps, type TableCandidate } from '../../onnx/find-quantizer.ts';
import { bottlenecks, dependents } from '../../onnx/flow.ts';
import { isFloat, isWhole, type TensorFacts } from '../../onnx/inspect.ts';
import { dataTypes, type OnnxTensor } from '../../onnx/model.ts';
import { makeValue } from '../../onnx/parts.ts';
import { sliceGraph } from '../../onnx/slice.ts';
import type { Assembled } from './assemble.ts';
import {
  asLayout,
  entriesIn,
  lookUp,
  readingsAs,
  type SourceLatents,
  scoreThatFits,
  type Table,
  tableFrom,
  variety,
} from './match.ts';
import {
  type Bench,
  evaluateConstants,
  type Feed,
  freezeSizes,
  type Measured,
  Measurement,
  type Outcome,
  openOutputs,
} from './measure.ts';
import { cardFeed, type Probe, type ProbeRange, probesFor } from './sizes.ts';

/** What was found where the graphs choose tokens, with the numbers that prove it. */
export interface Found {
  readonly probe: Probe;
  readonly range: ProbeRange;
  /** Tokens of the card, as the visitor's own graphs give them; absent where they give none. */
  readonly tokens: Measured | undefined;
  /** The tokens that `reconstruction` was decoded from. */
  readonly decoded: Int32Array;
  readonly codebookSize: number | undefined;
  readonly tables: readonly Table[];
  readonly cut: OutsideCut | InsideCut;
  /** The reconstruction of those tokens by the visitor's own graphs. */
  readonly reconstruction: Measured;
}

/** The quantizer becomes this page's own: the encoder ends in front of it, the decoder begins behind it. */
export interface OutsideCut {
  readonly kind: 'outside';
  readonly latents: { readonly name: string; readonly layout: SourceLatents; readonly measured: Measured };
  readonly entries: {
    readonly name: string;
    readonly layout: SourceLatents;
    readonly measured: Measured;
    readonly frozen: readonly OnnxTensor[];
  };
  readonly settings: QuantizerSettings;
  /** Numbers of one vector. */
  readonly dimension: number;
  /** Absent for arithmetic quantizers, which have none. */
  readonly table: Table | undefined;
  readonly projection: Projection | undefined;
  /** The graphs' own tokens agree with it; otherwise nothing says how the nearest entry is found. */
  readonly proven: boolean;
  readonly op: string;
}

/** The quantizer stays inside: tokens come out of the encoder and go into the decoder. */
export interface InsideCut {
  readonly kind: 'inside';
  readonly from: string;
  readonly into: {
    readonly name: string;
    readonly facts: TensorFacts | undefined;
    readonly dims: readonly number[];
    readonly frozen: readonly OnnxTensor[];
  };
  readonly table: Table | undefined;
}

const MOST_CUTS = 14;
const RANGES: readonly ProbeRange[] = [
  [-1, 1],
  [0, 1],
  [0, 255],
];
/** Below so many different tokens on the card, another range is tried: a picture that falls into one proves nothing. */
const ENOUGH_VARIETY = 4;

export interface FindOptions {
  readonly bench: Bench;
  readonly corrections: Corrections;
  /** A codebook that lay beside the graphs. */
  readonly given: readonly Table[];
}

/** Finds where tokens are chosen, by running the graphs and comparing. Throws `onnx-*` where there are no tokens, or no way back. */
export async function findQuantizer(assembled: Assembled, options: FindOptions): Promise<Found> {
  const { front } = assembled;
  const choice = onlyChoice(assembled);
  const declared = choice ? undefined : front.outputs.find(({ type }) => isWhole(type));
  const tokens = choice?.tokens ?? declared?.name;
  const first = await measureFront(assembled, options, choice, tokens);
  const ownTokens = tokens === undefined ? undefined : first.values.get(tokens);
  const size = sizeOf(choice, first.values, options.corrections);
  const tables = await findTables(assembled, options, choice, tokens, size);
  const state: State = { ...first, assembled, options, choice, tokens, ownTokens, size, tables };
  const second = assembled.joined ? undefined : await measureBack(state);
  const cut = (options.corrections.table === 'none' ? undefined : cutOutside(state, second)) ?? cutInside(state, second);
  const { probe, range } = first;
  const about = { probe, range, tokens: ownTokens, codebookSize: size, tables, cut };
  const reconstruction = (second ?? first).values.get(assembled.back.output);
  if (!reconstruction) return { ...about, ...(await decodeEntries(state, cut)) };
  return { ...about, reconstruction, decoded: second?.tokens ?? Int32Array.from(ownTokens!.values) };
}

interface First {
  readonly probe: Probe;
  readonly range: ProbeRange;
  readonly values: ReadonlyMap<string, Measured>;
  /** Cuts in front of the choice, the last one first. */
  readonly before: readonly string[];
}

interface State extends First {
  readonly assembled: Assembled;
  readonly options: FindOptions;
  readonly choice: Choice | undefined;
  readonly tokens: string | undefined;
  readonly ownTokens: Measured | undefined;
  readonly size: number | undefined;
  readonly tables: readonly FoundTable[];
}

/** A table with the operator beside it, and what that adds to its product. */
interface FoundTable extends Table, Pick<TableCandidate, 'op'> {
  readonly bias?: Float32Array;
}

/** The choice that the rest of the model goes on from. */
function onlyChoice({ front, back, joined }: Assembled): Choice | undefined {
  const goals = joined ? [back.output] : front.outputs.map(({ name }) => name);
  const choices = findChoices(front.flow, front.pixels).filter(({ tokens }) => {
    const below = dependents(front.flow.graph, [tokens]);
    return goals.some((goal) => below.has(goal));
  });
  if (choices.length > 1) throw new TokenscopeError('onnx-several-quantizers', { file: front.file, count: choices.length });
  return choices[0];
}

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

async function measureFront(
  assembled: Assembled,
  { bench, corrections }: FindOptions,
  choice: Choice | undefined,
  tokens: string | undefined,
): Promise<First> {
  const { front, back, joined } = assembled;
  const target = tokens ?? front.outputs.find(({ type }) => isFloat(type))?.name;
  if (target === undefined) throw new TokenscopeError('onnx-no-tokens', { file: front.file });
  const before = bottlenecks(front.flow, front.pixels, target).slice(1).slice(-MOST_CUTS).reverse();
  const after = joined && tokens ? cutsAfter(assembled, tokens) : [];
  const sizes = joined && tokens ? [tokens, ...after].flatMap((name) => sizesNeeded(assembled, name) ?? []) : [];
  const outputs = [...before, target, ...(choice ? [choice.scores] : []), ...after, ...sizes, ...(joined ? [back.output] : [])];
  const value = front.flow.graph.inputs.find(({ name }) => name === front.pixels)!;
  const { graph, missing } = sliceGraph(front.flow, [value], openOutputs([...new Set(outputs)]));
  if (missing.length > 0) throw new TokenscopeError('onnx-inputs', { file: front.file, inputs: missing.join(', ') });
  const measurement = new Measurement(bench, graph, front.model, front.file);
  const probes = probesFor(front.layout, front.dims, corrections.side);
  const tries = probes.flatMap((probe) => RANGES.map((range) => ({ probe, range })));
  const varied = ({ values }: First) => {
    const of = tokens === undefined ? undefined : values.get(tokens)?.values;
    return of ? variety(Int32Array.from(of)) : ENOUGH_VARIETY;
  };
  let best: First | undefined;
  let failed: TokenscopeError | undefined;
  let reached: Probe | undefined;
  // The next range only where the one before said too little; the next size only where nothing ran.
  const feeds = tries.map(({ probe, range }) => [cardFeed(front.pixels, front.layout, probe, range)]);
  let at = -1;
  await measurement.run(feeds, (outcome: Outcome) => {
    const { probe, range } = tries[++at]!;
    if ('failed' in outcome) failed ??= outcome.failed;
    else if (reached === undefined || reached === probe) {
      reached = probe;
      const one = { probe, range, values: outcome.values, before };
      if (!best || varied(one) > varied(best)) best = one;
    }
    const last = range === RANGES.at(-1);
    return best !== undefined && (last || varied(best) >= ENOUGH_VARIETY);
  });
  if (best) return best;
  const reason = failed && 'reason' in failed.parameters ? String(failed.parameters.reason) : '';
  throw new TokenscopeError('onnx-size', { file: front.file, reason });
}

/** Entries in the codebook: as many as there are scores for each cell. */
function sizeOf(
  choice: Choice | undefined,
  values: ReadonlyMap<string, Measured>,
  { codebookSize }: Corrections,
): number | undefined {
  if (codebookSize !== undefined) return codebookSize;
  const dims = choice && values.get(choice.scores)?.dims;
  return dims?.[choice!.axis < 0 ? dims.length + choice!.axis : choice!.axis];
}

/** Tables that may be the codebook, the likeliest first: looked up in, compared with, lying beside the graphs. */
async function findTables(
  { front, back, joined }: Assembled,
  { bench, given, corrections }: FindOptions,
  choice: Choice | undefined,
  tokens: string | undefined,
  size: number | undefined,
): Promise<State['tables']> {
  const inBack = !joined && isWhole(back.input?.type) ? findLookUps(back.flow, back.input!.name) : [];
  const inFront = tokens ? findLookUps(front.flow, tokens) : [];
  const compared = choice ? findComparisons(front.flow, choice.scores) : [];
  const read = async (half: Assembled['front' | 'back'], candidates: readonly TableCandidate[]) => {
    const names = [...new Set(candidates.map(({ name }) => name))];
    const biases = candidates.flatMap(({ bias }) => bias ?? []);
    const values = await evaluateConstants(bench, half.flow, [...new Set([...names, ...biases])], half.model, half.file);
    return names.flatMap((name) => {
      const { op, bias: biasName } = candidates.find((candidate) => candidate.name === name)!;
      const measured = values.get(name);
      const added = biasName === undefined ? undefined : values.get(biasName)?.values;
      const bias = added instanceof Float32Array && added.length === size && { bias: added };
      return measured ? tableFrom(name, measured, size).map((table): FoundTable => ({ ...table, op, ...bias })) : [];
    });
  };
  const looked = [...(await read(back, inBack)), ...(await read(front, [...inFront, ...compared]))];
  const all = [
    ...looked,
    ...given.filter(({ rows }) => size === undefined || rows === size).map((table) => ({ ...table, op: 'file' })),
  ];
  const asked = corrections.table;
  return asked === undefined || asked === 'none' ? all : all.filter(({ name }) => name === asked);
}

interface Second {
  readonly tokens: Int32Array;
  readonly values: ReadonlyMap<string, Measured>;
  readonly dims: readonly number[];
}

/** Runs the decoder alone on the tokens of the card. */
async function measureBack({
  assembled,
  options,
  ownTokens,
  tokens,
  values,
  tables,
  before,
  probe,
}: State): Promise<Second | undefined> {
  const { back } = assembled;
  if (!isWhole(back.input?.type)) return undefined;
  const numbers = ownTokens
    ? Int32Array.from(ownTokens.values)
    : madeTokens(values.get(before[0] ?? tokens ?? ''), tables[0], probe);
  if (!numbers) return undefined;
  const grid = gridOf(ownTokens, values, before, numbers.length);
  const after = cutsAfter(assembled, back.input!.name);
  const sizes = after.flatMap((name) => sizesNeeded(assembled, name) ?? []);
  const input = back.flow.graph.inputs.find(({ name }) => name === back.input!.name)!;
  const { graph } = sliceGraph(back.flow, [input], openOutputs([...new Set([...after, ...sizes, back.output])]));
  const type = back.input!.type === dataTypes.int32 ? 'int32' : 'int64';
  const shapes = tokenShapes(back.input!, grid, numbers.length);
  const feeds = shapes.map((dims): Feed[] => [{ name: back.input!.name, type, dims, values: numbers }]);
  let at = -1;
  const outcomes = await new Measurement(options.bench, graph, back.model, back.file).run(feeds, (outcome) => {
    at++;
    return 'values' in outcome;
  });
  const last = outcomes.at(-1);
  if (last && 'values' in last) return { tokens: numbers, values: last.values, dims: shapes[at]! };
  const failed = outcomes.find((outcome) => 'failed' in outcome);
  throw new TokenscopeError('onnx-unlinked', {
    from: assembled.front.file,
    to: back.file,
    reason:
      failed && 'failed' in failed && 'reason' in failed.failed.parameters
        ? String(failed.failed.parameters.reason)
        : shapes.map((dims) => dims.join(' × ')).join(', '),
  });
}

/** Tokens for an encoder that gives none: the nearest entries of its latents. */
function madeTokens(latents: Measured | undefined, table: Table | undefined, probe: Probe): Int32Array | undefined {
  const [vectors] = latents && table ? readingsAs(latents, table.columns, probe) : [];
  if (!vectors || !table) return undefined;
  return Int32Array.from({ length: vectors.cells }, (_, cell) => (cell * 7) % table.rows);
}

/** t × h × w of latents whose layout is known; undefined for lists. */
function gridIn({ layout, measured: { dims } }: OutsideCut['latents']): readonly [number, number, number] | undefined {
  const size = (axis: string) => dims[layout.indexOf(axis)];
  const [t = 1, h, w] = [size('T'), size('H'), size('W')];
  return h === undefined || w === undefined ? undefined : [t, h, w];
}

/** t × h × w of the tokens: from an array that shows them in rows and columns. */
function gridOf(
  tokens: Measured | undefined,
  values: ReadonlyMap<string, Measured>,
  before: readonly string[],
  count: number,
): readonly [number, number, number] {
  const shaped = tokens?.dims.filter((side, axis) => !(side === 1 && (axis === 0 || axis === tokens.dims.length - 1)));
  if (tokens && tokens.dims.length >= 3 && shaped && shaped.length >= 2) {
    const [w = 1, h = 1, t = 1] = [...shaped].reverse();
    if (t * h * w === count) return [t, h, w];
  }
  for (const name of before) {
    const dims = values.get(name)?.dims ?? [];
    if (dims.length < 4) continue;
    const inner = dims.slice(1);
    for (const grid of [inner.slice(1), inner.slice(0, -1)]) {
      const [w = 1, h = 1, t = 1] = [...grid].reverse();
      if (t * h * w === count) return [t, h, w];
    }
  }
  const side = Math.round(Math.sqrt(count));
  return side * side === count ? [1, side, side] : [1, 1, count];
}

/** Shapes in which a decoder may want its tokens: what the file says, else the usual ones. */
function tokenShapes({ dims }: TensorFacts, [t, h, w]: readonly [number, number, number], count: number): number[][] {
  const plain = [[1, h, w], [1, t * h * w], [1, 1, h, w], [1, t, h, w], [count], [1, h, w, 1], [1, count, 1], [h, w]];
  const fits = (shape: readonly number[]) =>
    !dims || (shape.length === dims.length && dims.every((size, axis) => typeof size === 'string' || size === shape[axis]));
  const possible = plain.filter((shape) => shape.reduce((a, b) => a * b, 1) === count && fits(shape));
  return possible.length > 0 ? possible : [[1, count]];
}

/** Tries every table with every cut on both sides until the page's own quantizer gives the graphs' own tokens. */
function cutOutside(state: State, second: Second | undefined): OutsideCut | undefined {
  const { tables, ownTokens } = state;
  for (const table of tables) {
    const tokens = ownTokens && Int32Array.from(ownTokens.values);
    if (tokens?.some((token) => token >= table.rows)) continue;
    const latents = latentsFor(state, table, tokens);
    if (!latents) continue;
    const found = entriesFor(state, second, table, tokens, latents);
    if (!found) continue;
    const { rows: codebookSize, columns: dimension, op } = table;
    const { score, projection } = latents;
    const normalized = found.normalized && { normalizeEntries: true };
    const settings = { kind: 'vq', codebookSize, entryDimension: dimension, score, ...normalized } as const;
    const proven = tokens !== undefined;
    const { entries } = found;
    return { kind: 'outside', settings, dimension, table, projection, op, proven, latents: latents.latents, entries };
  }
  return undefined;
}

interface LatentsFit {
  readonly latents: OutsideCut['latents'];
  readonly score: NonNullable<QuantizerSettings['score']>;
  readonly projection: Projection | undefined;
}

function latentsFor(
  { before, values, probe, options, tables }: State,
  table: Table,
  tokens: Int32Array | undefined,
): LatentsFit | undefined {
  const found = before.flatMap((name) => {
    const measured = values.get(name);
    return measured ? readingsAs(measured, table.columns, probe).map((vectors) => ({ name, measured, vectors })) : [];
  });
  // Rows and columns first: a list of vectors has to be laid out again.
  const ordered = [...found].sort((a, b) => Number(a.vectors.layout.includes('L')) - Number(b.vectors.layout.includes('L')));
  const usual = options.corrections.score ?? (unitRows(table) ? 'cosine' : 'l2');
  // A linear layer of its own may name the token (Gumbel).
  const layers = tables.filter(({ rows, columns }) => rows === table.rows && columns === table.columns);
  const projections = [undefined, ...layers.map(({ values: weight, bias }) => ({ weight, ...(bias && { bias }) }))];
  for (const projection of tokens ? projections : [undefined]) {
    for (const { name, measured, vectors } of ordered) {
      const score = tokens ? scoreThatFits(vectors, tokens, table, projection) : usual;
      if (score) return { latents: { name, measured, layout: vectors.layout }, score, projection };
    }
  }
  return undefined;
}

function unitRows({ values, rows, columns }: Table): boolean {
  for (let row = 0; row < Math.min(rows, 64); row++) {
    if (Math.abs(Math.hypot(...values.subarray(row * columns, (row + 1) * columns)) - 1) > 1e-3) return false;
  }
  return true;
}

/** Where the decoder goes on from the entries. */
function entriesFor(
  { assembled, tokens: tokensName, values, probe }: State,
  second: Second | undefined,
  table: Table,
  tokens: Int32Array | undefined,
  { latents }: LatentsFit,
): { readonly entries: OutsideCut['entries']; readonly normalized: boolean } | undefined {
  const { back, joined } = assembled;
  if (!joined && isFloat(back.input?.type)) {
    // The decoder takes quantized latents: in the encoder's own layout, as far as anybody can tell.
    const layout = layoutOf(back.input!, table.columns) ?? latents.layout;
    return { entries: { name: back.input!.name, layout, measured: latents.measured, frozen: [] }, normalized: false };
  }
  const source = second?.values ?? values;
  const start = joined ? tokensName : back.input?.name;
  if (start === undefined) return undefined;
  const numbers = second?.tokens ?? tokens;
  if (!numbers) return undefined;
  const fits = cutsAfter(assembled, start).flatMap((name) => {
    const measured = source.get(name);
    const sizes = measured && sizesNeeded(assembled, name);
    const fit = sizes && entriesIn(measured, numbers, table, probe);
    return fit ? [{ name, measured, sizes, ...fit }] : [];
  });
  const best =
    fits.find(({ layout, sizes }) => !layout.includes('L') && sizes.length === 0) ??
    fits.find(({ sizes }) => sizes.length === 0) ??
    fits[0];
  if (!best) return undefined;
  const { name, measured, layout, normalized, sizes } = best;
  return { entries: { name, measured, layout, frozen: freezeSizes(sizes, source) }, normalized };
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

/** Tokens out of the encoder, tokens into the decoder. */
function cutInside({ assembled, tokens, ownTokens, tables, values }: State, second: Second | undefined): InsideCut {
  const { front, back, joined } = assembled;
  if (tokens === undefined || !ownTokens) throw new TokenscopeError('onnx-no-tokens', { file: front.file });
  const table = tables[0];
  if (!joined) {
    if (!second) throw new TokenscopeError('onnx-no-decoding', { file: back.file });
    return {
      kind: 'inside',
      from: tokens,
      into: { name: back.input!.name, facts: back.input, dims: second.dims, frozen: [] },
      table,
    };
  }
  const sizes = sizesNeeded(assembled, tokens);
  if (!sizes) throw new TokenscopeError('onnx-no-decoding', { file: back.file });
  return {
    kind: 'inside',
    from: tokens,
    into: { name: tokens, facts: undefined, dims: ownTokens.dims, frozen: freezeSizes(sizes, values) },
    table,
  };
}

/** What a decoder that takes latents makes of the entries of the card's tokens. */
async function decodeEntries(state: State, cut: OutsideCut | InsideCut): Promise<Pick<Found, 'reconstruction' | 'decoded'>> {
  const { assembled, options, ownTokens, before, values, probe } = state;
  if (cut.kind === 'inside' || !cut.table) throw new TokenscopeError('onnx-no-decoding', { file: assembled.back.file });
  const { table, latents, settings } = cut;
  const vectors = readingsAs(latents.measured, table.columns, probe).find(({ layout }) => layout === latents.layout);
  const tokens = ownTokens ? Int32Array.from(ownTokens.values) : nearestOf(vectors?.values ?? new Float32Array(), table);
  const grid = gridIn(latents) ?? gridOf(ownTokens, values, before, tokens.length);
  const numbers = lookUp(tokens, table, settings.normalizeEntries ?? false);
  const reconstruction = await decodeVectors(assembled, options.bench, cut, numbers, grid);
  return { reconstruction, decoded: tokens };
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

function nearestOf(vectors: Float32Array, { values, rows, columns }: Table): Int32Array {
  return Int32Array.from({ length: vectors.length / columns }, (_, cell) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let row = 0; row < rows; row++) {
      let sum = 0;
      for (let k = 0; k < columns; k++) sum += (vectors[cell * columns + k]! - values[row * columns + k]!) ** 2;
      if (sum < least) [best, least] = [row, sum];
    }
    return best;
  });
}
