import { TokenscopeError } from '../../core/errors.ts';
import type { QuantizerSettings } from '../../core/manifest.ts';
import type { Projection } from '../../core/quantizer.ts';
import { type Choice, findChoices } from '../../onnx/find-quantizer.ts';
import { bottlenecks, dependents } from '../../onnx/flow.ts';
import { isFloat, isWhole } from '../../onnx/inspect.ts';
import { dataTypes } from '../../onnx/model.ts';
import { sliceGraph } from '../../onnx/slice.ts';
import type { Assembled } from './assemble.ts';
import { cutArithmetic } from './cut-arithmetic.ts';
import { cutsAfter, decodeVectors, gridIn, gridOf, layoutOf, MOST_CUTS, sizesNeeded, tokenShapes } from './cuts.ts';
import { type FoundTable, findTables, sizeOf } from './find-tables.ts';
import type { FindOptions, Found, InsideCut, OutsideCut } from './found.ts';
import { entriesIn, lookUp, readingsAs, scoreThatFits, type Table, variety } from './match.ts';
import { type Feed, freezeSizes, type Measured, Measurement, type Outcome, openOutputs } from './measure.ts';
import { cardFeed, type Probe, type ProbeRange, probesFor } from './sizes.ts';

const RANGES: readonly ProbeRange[] = [
  [-1, 1],
  [0, 1],
  [0, 255],
];
/** Below so many different tokens on the card, another range is tried: a picture that falls into one proves nothing. */
const ENOUGH_VARIETY = 4;

/** Finds where tokens are chosen, by running the graphs and comparing. Throws `onnx-*` where there are no tokens, or no way back. */
export async function findQuantizer(assembled: Assembled, options: FindOptions): Promise<Found> {
  const chosen = onlyChoice(assembled);
  const declared = assembled.front.outputs.find(({ type }) => isWhole(type))?.name;
  const measured = await measureFront(assembled, options, chosen, chosen?.tokens ?? declared);
  const passed = chosen && !assembled.joined && declared !== undefined && countsAnew(measured.values, chosen.tokens, declared);
  const choice = passed ? undefined : chosen;
  const tokens = choice?.tokens ?? declared;
  const first = passed ? await measureFront(assembled, options, choice, tokens) : measured;
  const ownTokens = tokens === undefined ? undefined : first.values.get(tokens);
  const size = sizeOf(choice, first.values, options.corrections);
  const tables = await findTables(assembled, options, choice, tokens, size);
  const state: State = { ...first, assembled, options, choice, tokens, ownTokens, size, tables };
  const second = assembled.joined ? undefined : await measureBack(state);
  const outside = () => cutOutside(state, second) ?? cutPair(state, second);
  const cut = (options.corrections.table === 'none' ? undefined : outside()) ?? cutInside(state, second);
  const { probe, range } = first;
  const about = { probe, range, tokens: ownTokens, codebookSize: size, tables, cut };
  const reconstruction = (second ?? first).values.get(assembled.back.output);
  if (!reconstruction) return { ...about, ...(await decodeEntries(state, cut)) };
  return { ...about, reconstruction, decoded: second?.tokens ?? Int32Array.from(ownTokens!.values) };
}

/** What the encoder's file gives as tokens, and the decoder's takes, are not those that were chosen: an offset, another order. */
function countsAnew(values: First['values'], chosen: string, declared: string): boolean {
  const [own, given] = [values.get(chosen)?.values, values.get(declared)?.values];
  if (!own || !given || own.length !== given.length) return false;
  return given.some((token, i) => token !== own[i]);
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
  const declared = joined ? [] : front.outputs.flatMap(({ name, type }) => (isWhole(type) ? name : []));
  const outputs = [
    ...before,
    target,
    ...declared,
    ...(choice ? [choice.scores] : []),
    ...after,
    ...sizes,
    ...(joined ? [back.output] : []),
  ];
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
  const grid = gridOf(ownTokens, values, before, { count: numbers.length, picture: probe });
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

/** Signs and levels have no table: both files must agree on them. */
function cutPair({ assembled, before, values, probe, ownTokens, tables }: State, second: Second | undefined) {
  if (!second || !ownTokens || assembled.joined || tables.length > 0) return undefined;
  return cutArithmetic(assembled, { probe, before, front: values, back: second.values, tokens: second.tokens });
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

/** Tokens out of the encoder, tokens into the decoder. */
function cutInside({ assembled, tokens, ownTokens, tables, values }: State, second: Second | undefined): InsideCut {
  const { front, back, joined } = assembled;
  if (tokens === undefined || !ownTokens) throw new TokenscopeError('onnx-no-tokens', { file: front.file });
  const most = Int32Array.from(ownTokens.values).reduce((a, b) => Math.max(a, b), 0);
  const table = tables.find(({ rows }) => rows > most);
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
  const grid = gridIn(latents) ?? gridOf(ownTokens, values, before, { count: tokens.length, picture: probe });
  const numbers = lookUp(tokens, table, settings.normalizeEntries ?? false);
  const reconstruction = await decodeVectors(assembled, options.bench, cut, numbers, grid);
  return { reconstruction, decoded: tokens };
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
