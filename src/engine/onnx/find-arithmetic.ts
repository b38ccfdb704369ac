import type { QuantizerSettings } from '../../core/manifest.ts';
import type { Quantizer } from '../../core/quantizer.ts';
import { findChoices, findRounding } from '../../onnx/find-quantizer.ts';
import { bottlenecks, dependents } from '../../onnx/flow.ts';
import { isFloat, isWhole } from '../../onnx/inspect.ts';
import { sliceGraph } from '../../onnx/slice.ts';
import { quantizers } from '../../quantizers/index.ts';
import type { Assembled } from './assemble.ts';
import { decodeVectors, layoutOf, MOST_CUTS, sizesNeeded } from './cuts.ts';
import type { FindOptions, Found, OutsideCut } from './found.ts';
import { readingsAs, type SourceLatents } from './match.ts';
import { freezeSizes, type Measured, Measurement, openOutputs } from './measure.ts';
import { cardFeed, type Probe, probesFor } from './sizes.ts';

/** Channels that signs (LFQ) and levels (FSQ) come in. */
export const MOST_BITS = 20;
const MOST_LEVELS = 8;
const MOST_PLACES = 4;
const MOST_FITS = 16;
/** Share of cells whose entry must be exactly what stands behind the rounding. */
const AGREE = 0.98;
const TOLERANCE = 4e-3;

/** Where a graph rounds or takes signs, and what stands before and behind it. */
interface Place {
  readonly op: string;
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/**
 * Quantizers without a table: signs (LFQ) and levels (FSQ), found by what stands before and behind an operator that rounds.
 * undefined where tokens are chosen otherwise.
 */
export async function findArithmetic(assembled: Assembled, { bench, corrections }: FindOptions): Promise<Found | undefined> {
  const { front, back, joined } = assembled;
  if (corrections.table !== undefined || findChoices(front.flow, front.pixels).length > 0) return undefined;
  const goal = joined ? back.output : front.outputs.find(({ type }) => isFloat(type))?.name;
  if (goal === undefined || (!joined && !isFloat(back.input?.type))) return undefined;
  const places = placesIn(assembled, goal);
  if (places.length === 0) return undefined;
  const ints = front.outputs.filter(({ type }) => isWhole(type)).map(({ name }) => name);
  const sizes = joined ? places.flatMap(({ after }) => after.flatMap((name) => sizesNeeded(assembled, name) ?? [])) : [];
  const wanted = [...places.flatMap(({ before, after }) => [...before, ...after]), ...ints, ...sizes, goal];
  const measured = await measure(assembled, [...new Set(wanted)], { bench, corrections, given: [] });
  if (!measured) return undefined;
  for (const place of places) {
    let fit: Fit | undefined;
    let tried = 0;
    for (const one of fitPlace(place, measured.values, measured.probe, goal)) {
      // Four values may be four levels, or five of which one did not occur: the graph's own tokens decide.
      const counted = ownTokens(one, measured.values, ints) !== undefined;
      fit = counted ? one : (fit ?? one);
      if (counted || ints.length === 0 || ++tried === MOST_FITS) break;
    }
    if (fit) return finish(assembled, { bench, corrections, given: [] }, measured, place, fit, ints);
  }
  return undefined;
}

function placesIn({ front }: Assembled, goal: string): Place[] {
  const reaching = findRounding(front.flow, front.pixels).filter(({ output }) =>
    dependents(front.flow.graph, [output]).has(goal),
  );
  return reaching.slice(0, MOST_PLACES).map(({ op, input, output }) => ({
    op,
    before: bottlenecks(front.flow, front.pixels, input).slice(-MOST_CUTS).reverse(),
    after: bottlenecks(front.flow, output, goal).slice(0, MOST_CUTS),
  }));
}

interface MeasuredCard {
  readonly probe: Probe;
  readonly values: ReadonlyMap<string, Measured>;
}

const RANGE = [-1, 1] as const;

async function measure(
  { front }: Assembled,
  names: readonly string[],
  { bench, corrections }: FindOptions,
): Promise<MeasuredCard | undefined> {
  const input = front.flow.graph.inputs.find(({ name }) => name === front.pixels)!;
  const { graph, missing } = sliceGraph(front.flow, [input], openOutputs(names));
  if (missing.length > 0) return undefined;
  const probes = probesFor(front.layout, front.dims, corrections.side);
  const feeds = probes.map((probe) => [cardFeed(front.pixels, front.layout, probe, RANGE)]);
  const outcomes = await new Measurement(bench, graph, front.model, front.file).run(feeds, (outcome) => 'values' in outcome);
  const last = outcomes.at(-1);
  return last && 'values' in last ? { probe: probes[outcomes.length - 1]!, values: last.values } : undefined;
}

/** Latents and entries that one quantizer explains. */
interface Fit {
  readonly latents: OutsideCut['latents'];
  readonly entries: { readonly name: string; readonly layout: SourceLatents; readonly measured: Measured };
  readonly settings: QuantizerSettings;
  readonly quantizer: Quantizer;
  readonly dimension: number;
  readonly vectors: Float32Array;
}

function* fitPlace({ before, after }: Place, values: ReadonlyMap<string, Measured>, probe: Probe, goal: string): Generator<Fit> {
  const read = (name: string) => {
    const measured = values.get(name);
    if (!measured) return [];
    const sides = [...new Set([measured.dims[1] ?? 0, measured.dims.at(-1) ?? 0])].filter((d) => d >= 2 && d <= MOST_BITS);
    return sides.flatMap((d) => readingsAs(measured, d, probe).map((vectors) => ({ name, measured, d, vectors })));
  };
  const behind = after.flatMap((name) => (name === goal && after.length > 1 && values.get(name) === undefined ? [] : read(name)));
  for (const entries of behind.filter(({ vectors }) => !vectors.layout.includes('L'))) {
    for (const candidate of candidatesFor(entries.vectors.values, entries.d)) {
      for (const latents of before.flatMap(read)) {
        if (latents.d !== entries.d || latents.vectors.cells !== entries.vectors.cells || latents.vectors.layout.includes('L'))
          continue;
        if (!explains(candidate.quantizer, latents.vectors.values, entries.vectors.values)) continue;
        yield {
          ...candidate,
          latents: { name: latents.name, layout: latents.vectors.layout, measured: latents.measured },
          entries: { name: entries.name, layout: entries.vectors.layout, measured: entries.measured },
          dimension: entries.d,
          vectors: latents.vectors.values,
        };
      }
    }
  }
}

type Candidate = Pick<Fit, 'settings' | 'quantizer'>;

/** Quantizers whose entries could be these vectors: by the values that each channel takes. */
export function* candidatesFor(entries: Float32Array, d: number): Generator<Candidate> {
  const taken = Array.from({ length: d }, (_, k) => valuesOf(entries, d, k));
  const scale = Math.abs(taken[0]?.[0] ?? 0);
  const signs = taken.every((values) => values.every((value) => Math.abs(Math.abs(value) - scale) < TOLERANCE));
  if (signs && scale > 0) {
    for (const firstBit of ['least', 'most'] as const) {
      const settings: QuantizerSettings = {
        kind: 'lfq',
        bits: d,
        firstBit,
        ...(Math.abs(scale - 1) > TOLERANCE && { entryScale: scale }),
      };
      yield { settings, quantizer: quantizers.lfq!.open(settings) };
    }
  }
  if (d > MOST_LEVELS) return;
  const choices = taken.map(levelsFor);
  if (choices.some((levels) => levels.length === 0)) return;
  for (const levels of combinations(choices)) {
    const settings: QuantizerSettings = { kind: 'fsq', levels };
    yield { settings, quantizer: quantizers.fsq!.open(settings) };
  }
}

/** The different values of a channel, ascending; more than a few are no levels. */
function valuesOf(entries: Float32Array, d: number, channel: number): number[] {
  const found: number[] = [];
  for (let i = channel; i < entries.length && found.length <= 64; i += d) {
    if (!found.some((value) => Math.abs(value - entries[i]!) < TOLERANCE)) found.push(entries[i]!);
  }
  return found.sort((a, b) => a - b);
}

/** Numbers of levels that leave steps like these: with half = ⌊L/2⌋ every value is a whole number of 1/half. */
function levelsFor(values: readonly number[]): number[] {
  if (values.length > 64 || values.some((value) => Math.abs(value) > 1 + TOLERANCE)) return [];
  const fits = (half: number) => values.every((value) => Math.abs(value * half - Math.round(value * half)) < TOLERANCE * half);
  const half = Array.from({ length: 32 }, (_, i) => i + 1).find(fits);
  if (half === undefined) return [];
  // An even number of levels reaches −1 and stays below 1.
  const even = values.every((value) => value < 1 - TOLERANCE) && values.some((value) => value < TOLERANCE - 1);
  const likely = even ? [2 * half, 2 * half + 1] : [2 * half + 1, 2 * half];
  return likely.filter((levels) => levels >= values.length && levels >= 2);
}

const MOST_COMBINATIONS = 512;

function combinations(choices: readonly (readonly number[])[]): number[][] {
  let all: number[][] = [[]];
  for (const levels of choices) all = all.flatMap((some) => levels.map((level) => [...some, level])).slice(0, MOST_COMBINATIONS);
  return all;
}

/** Whether the entries nearest to these latents are these vectors, and not all the same one. */
function explains(quantizer: Quantizer, latents: Float32Array, entries: Float32Array): boolean {
  const d = quantizer.entryDimension;
  const cells = latents.length / d;
  let same = 0;
  const tokens = new Set<number>();
  for (let cell = 0; cell < cells; cell++) {
    const token = quantizer.nearest(latents.subarray(cell * d, (cell + 1) * d));
    tokens.add(token);
    const entry = quantizer.entry(token);
    if (entry.every((value, k) => Math.abs(value - entries[cell * d + k]!) < TOLERANCE)) same++;
  }
  return same >= cells * AGREE && tokens.size > 1;
}

async function finish(
  assembled: Assembled,
  { bench }: FindOptions,
  { probe, values }: MeasuredCard,
  { op }: Place,
  fit: Fit,
  ints: readonly string[],
): Promise<Found | undefined> {
  const { back, joined } = assembled;
  const { latents, dimension, vectors } = fit;
  const own = ownTokens(fit, values, ints);
  const { settings, quantizer } = own ?? fit;
  const tokens = tokensOf(quantizer, vectors);
  const sizes = joined ? sizesNeeded(assembled, fit.entries.name) : [];
  if (!sizes) return undefined;
  const entries = joined
    ? { ...fit.entries, frozen: freezeSizes(sizes, values) }
    : {
        name: back.input!.name,
        layout: layoutOf(back.input!, dimension) ?? fit.entries.layout,
        measured: fit.entries.measured,
        frozen: [],
      };
  const cut: OutsideCut = {
    kind: 'outside',
    settings,
    dimension,
    table: undefined,
    projection: undefined,
    op,
    proven: own !== undefined,
    latents,
    entries,
  };
  const shape = (axis: string) => latents.measured.dims[latents.layout.indexOf(axis)] ?? 1;
  const reconstruction = joined
    ? values.get(back.output)!
    : await decodeVectors(assembled, bench, cut, entriesOf(quantizer, tokens), [shape('T'), shape('H'), shape('W')]);
  // Tokens that are counted in another order are the same entries; only ours can be shown.
  return {
    probe,
    range: RANGE,
    tokens: own?.tokens,
    decoded: tokens,
    codebookSize: undefined,
    tables: [],
    cut,
    reconstruction,
  };
}

/** The graph's own tokens where this quantizer counts them alike, and for signs the order of bits in which it does. */
function ownTokens(
  { settings, quantizer, vectors }: Fit,
  values: ReadonlyMap<string, Measured>,
  ints: readonly string[],
): (Candidate & { readonly tokens: Measured }) | undefined {
  const orders = settings.kind === 'lfq' ? (['least', 'most'] as const) : [];
  const turned = orders.map((firstBit): Candidate => {
    const other: QuantizerSettings = { ...settings, firstBit };
    return { settings: other, quantizer: quantizers.lfq!.open(other) };
  });
  for (const counted of turned.length > 0 ? turned : [{ settings, quantizer }]) {
    const tokens = tokensOf(counted.quantizer, vectors);
    for (const name of ints) {
      const own = values.get(name);
      if (own?.values.length === tokens.length && own.values.every((token, i) => token === tokens[i]))
        return { ...counted, tokens: own };
    }
  }
  return undefined;
}

function tokensOf({ nearest, entryDimension: d }: Quantizer, vectors: Float32Array): Int32Array {
  return Int32Array.from({ length: vectors.length / d }, (_, cell) => nearest(vectors.subarray(cell * d, (cell + 1) * d)));
}

function entriesOf({ entry, entryDimension: d }: Quantizer, tokens: Int32Array): Float32Array {
  const out = new Float32Array(tokens.length * d);
  for (const [cell, token] of tokens.entries()) out.set(entry(token), cell * d);
  return out;
}
