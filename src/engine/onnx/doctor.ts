import { DEFAULT_FRAMING } from '../../core/framing.ts';
import type { Manifest } from '../../core/manifest.ts';
import type { Picture } from '../../core/picture.ts';
import { type Diagnosis, type DiagnosisProgress, type Scaling, scalingNames, type TriedScaling } from '../../core/proposal.ts';
import { pixelsOf } from '../../core/scaling.ts';
import psnr from '../../metrics/psnr.ts';
import type { Model } from '../model.ts';
import { openPicture } from '../picture.ts';
import { fromGraphPixels, pixelSize, toGraphPixels } from '../pixel-layout.ts';
import { drawCard } from './card.ts';
import type { RunJob } from './measure.ts';

export interface DiagnoseOptions {
  readonly job: RunJob;
  onProgress(progress: DiagnosisProgress): void;
}

/** Large enough for structure, small enough for two dozen runs. Pixels. */
const SIDE = 128;
/** After the first card only inputs so near the best one go on, dB; and as many of them are tried with blue first. */
const STILL_POSSIBLE = 2.5;
const TRIED_TURNED = 2;
/** Decibels by which the best must lead on the mean, may fall behind on one card, and must reach at all, for anyone to be sure. */
const CLEAR_LEAD = 0.2;
const SMALL_LOSS = 0.1;
export const LEAST = 12;
/**
 * What a rarer way of scaling must be better by, dB: less contrast is easier for every network, so half the range or map_pixels
 * can come close to the truth, and are seldom it.
 */
const RARE: Readonly<Record<Scaling['input'], number>> = {
  'minus-one-one': 0,
  'zero-one': 0,
  'zero-255': 0,
  imagenet: 0.1,
  half: 0.3,
  dalle: 0.4,
};
/** Turned channels that change less than this change nothing. dB. */
const NOTHING = 0.03;

interface Card {
  readonly picture: Picture;
  readonly frames: number;
}

/**
 * Which numbers a model wants for pixels: every usual scaling on a drawn card and on photos, encoded and decoded, ranked by how
 * much comes back (PSNR). The output's scaling is found by itself, among all, for each input. `model` may be open with any
 * scaling. What is hopeless on the first card is tried on no other.
 */
export async function diagnoseScaling(model: Model, photos: readonly Picture[], options: DiagnoseOptions): Promise<Diagnosis> {
  const cards = cardsFor(model.manifest, photos);
  const trial = new Trial(model, options, scalingNames.length + (cards.length - 1) * 3 + TRIED_TURNED * cards.length);
  const first: TriedScaling[] = [];
  for (const input of scalingNames) first.push(await trial.run(cards.slice(0, 1), input, 'rgb'));
  const best = Math.max(...first.map(({ psnr: value }) => value));
  const possible = first.filter(({ psnr: value }) => value >= best - STILL_POSSIBLE);
  const whole: TriedScaling[] = [];
  for (const { scaling } of possible) whole.push(await trial.run(cards, scaling.input, 'rgb'));
  // A model of one channel gets the same grey whichever way, but for the weights of red and blue.
  const turnable = whole.every(({ reconstructions }) => reconstructions.some(isColoured));
  for (const { scaling } of turnable ? [...whole].sort(better).slice(0, TRIED_TURNED) : [])
    whole.push(await trial.run(cards, scaling.input, 'bgr'));
  const ranked = whole.sort(better);
  const hopeless = first.filter((one) => !possible.includes(one)).sort(better);
  return { tried: [...ranked, ...hopeless], cards: cards.map(({ picture }) => picture), ...verdict(ranked) };
}

/** The better reconstruction first; where turning the channels changes nothing, red first. */
function better(a: TriedScaling, b: TriedScaling): number {
  const difference = likelihood(b) - likelihood(a);
  if (Math.abs(difference) > NOTHING) return difference;
  return Number(a.scaling.channels === 'bgr') - Number(b.scaling.channels === 'bgr') || difference;
}

function likelihood({ psnr: value, scaling }: TriedScaling): number {
  return value - RARE[scaling.input];
}

function verdict([best, ...others]: readonly TriedScaling[]): Pick<Diagnosis, 'margin' | 'sure'> {
  if (!best) return { margin: 0, sure: false };
  const rivals = others.filter(({ psnr: value, scaling }) => {
    const turned = scaling.input === best.scaling.input && scaling.channels !== best.scaling.channels;
    return !(turned && Math.abs(value - best.psnr) <= NOTHING);
  });
  const margin = rivals[0] ? likelihood(best) - likelihood(rivals[0]) : best.psnr;
  const leads = rivals.every(({ each, scaling }) =>
    each.every((value, i) => best.each[i]! - RARE[best.scaling.input] >= value - RARE[scaling.input] - SMALL_LOSS),
  );
  return { margin, sure: leads && margin >= CLEAR_LEAD && best.psnr >= LEAST };
}

function cardsFor({ size, medium }: Manifest, photos: readonly Picture[]): Card[] {
  const [height, width] = size.fixed && size.preferred ? size.preferred : sidesNear(size);
  const rule = size.frames;
  const frames = medium === 'video' && rule ? (rule.rule === 'causal' && !size.fixed ? 1 : rule.window) : 1;
  const framed = photos.map((photo) => openPicture(photo).frame(DEFAULT_FRAMING, { height, width }));
  return [...framed, drawCard(height, width)].map((picture) => ({ picture, frames }));
}

function sidesNear({ multipleOf, minimum = 0 }: Manifest['size']): readonly [number, number] {
  const steps = Math.max(Math.ceil(minimum / multipleOf), Math.round(SIDE / multipleOf), 1);
  return [steps * multipleOf, steps * multipleOf];
}

interface Run {
  readonly card: Card;
  readonly values: Float32Array;
  readonly dims: readonly number[];
}

/** Runs of one model over cards; each card with each input once. */
class Trial {
  readonly #model: Model;
  readonly #options: DiagnoseOptions;
  readonly #total: number;
  readonly #known = new Map<string, Run>();

  constructor(model: Model, options: DiagnoseOptions, total: number) {
    this.#model = model;
    this.#options = options;
    this.#total = total;
  }

  /** The input's best output. */
  async run(cards: readonly Card[], input: Scaling['input'], channels: Scaling['channels']): Promise<TriedScaling> {
    const runs: Run[] = [];
    for (const [i, card] of cards.entries()) runs.push(await this.#runOnce(card, i, { input, output: input, channels }));
    const outputs = input === 'dalle' ? (['dalle'] as const) : scalingNames.filter((name) => name !== 'dalle');
    const tried = outputs.map((output) => judge(this.#model, runs, { input, output, channels }));
    return tried.sort((a, b) => b.psnr - a.psnr)[0]!;
  }

  async #runOnce(card: Card, at: number, scaling: Scaling): Promise<Run> {
    const key = `${at} ${scaling.input} ${scaling.channels}`;
    const known = this.#known.get(key);
    if (known) return known;
    const run = { card, ...(await this.#options.job(() => runCard(this.#model, card, scaling))) };
    this.#known.set(key, run);
    const done = this.#known.size;
    this.#options.onProgress({ done, total: Math.max(done, this.#total) });
    return run;
  }
}

async function runCard(model: Model, { picture, frames }: Card, scaling: Scaling) {
  const { layout } = model.manifest.graphs.encoder;
  const pictures = Array.from({ length: frames }, () => picture);
  const values = toGraphPixels(pictures, layout, pixelsOf(scaling));
  const { grid } = await model.encodeArray(values, { frames, height: picture.height, width: picture.width });
  return model.decodeArray(grid.tokens, grid.shape, 1);
}

function judge({ manifest }: Model, runs: readonly Run[], scaling: Scaling): TriedScaling {
  const pixels = pixelsOf(scaling);
  const { decoder } = manifest.graphs;
  const reconstructions = runs.map(({ values, dims }) => {
    const size = pixelSize(decoder.layout, dims);
    return fromGraphPixels(values.map(finite), decoder, pixels, size, Math.floor(size.frames / 2));
  });
  const each = runs.map(({ card }, i) => likeness(card.picture, reconstructions[i]!));
  return { scaling, pixels, psnr: each.reduce((sum, value) => sum + value, 0) / each.length, each, reconstructions };
}

function isColoured({ data }: Picture): boolean {
  for (let i = 0; i < data.length; i += 4) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return true;
  return false;
}

/** A range far off may end in infinities; that is a bad reconstruction, not a broken model. */
function finite(value: number): number {
  return Number.isFinite(value) ? value : 0;
}

const IDENTICAL = 100;

function likeness(source: Picture, reconstruction: Picture): number {
  const sample = { source, reconstruction, grid: { shape: { t: 1, h: 1, w: 1 }, tokens: new Int32Array(1) }, codebookSize: 2 };
  return Math.min(IDENTICAL, Number(psnr.measure(sample)));
}
