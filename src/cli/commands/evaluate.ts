import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { Measures } from '../../core/metric.ts';
import { tokenStatistics } from '../../metrics/parts/token-statistics.ts';
import { type ClipRow, runClips } from '../evaluate-clips.ts';
import { jpegAtSameBits } from '../evaluate-jpeg.ts';
import type { Command } from '../main.ts';
import { openBuiltPage, openModel, TOY, waitForResult } from '../page.ts';
import { printTable } from '../table.ts';
import { writeFigures } from '../write-figures.ts';

const PICTURE = /\.(png|jpe?g|webp|avif|gif|bmp|tiff?|heic|svg)$/i;
const CLIP = /\.(mp4|m4v|mov|webm|mkv)$/i;

interface FileFigures {
  readonly file: string;
  readonly psnr: number | null;
  readonly ssim: number | null;
  readonly msssim: number | null;
  readonly sharpness: number | null;
  readonly bpp: number | null;
  /** Of clips: how much still parts move, over how much they do in the source. */
  readonly flicker: number | null;
  readonly seconds: number;
  readonly error?: string;
}

interface Evaluation extends Omit<FileFigures, 'file' | 'error'> {
  readonly id: string;
  /** Sides of the squares that were measured: those asked for, or the largest that the model takes. */
  readonly sizes: Sizes;
  /** Share of the codebook that occurs in the whole set. */
  readonly usage: number;
  readonly perplexity: number;
  /** Of the joint token frequencies, bits a token, and how many tokens that is from. */
  readonly entropy: number;
  readonly tokens: number;
  readonly dead: number;
  /** Of the pictures, as JPEG with as many bits as the tokens take; `null` for clips alone. */
  readonly jpeg: number | null;
  readonly failed: number;
  readonly files: readonly FileFigures[];
}

const evaluate: Command = {
  about:
    'figures of the models on pictures and clips, by the page itself ([--model <id>] [--size 512] [--clip-size 128] [--json] [--write --set <name>] <pictures or clips…>)',
  async run(argv) {
    const { values, positionals } = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        model: { type: 'string', multiple: true },
        size: { type: 'string', default: '512' },
        'clip-size': { type: 'string', default: '128' },
        set: { type: 'string' },
        json: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    });
    const files = picturesIn(positionals);
    if (files.length === 0) throw new Error('Name pictures, clips or folders of them to evaluate on.');
    const sizes = { picture: Number(values.size), clip: Number(values['clip-size']) };
    const models = await evaluateAll(files, values.model, sizes);
    const name = (measured: Sizes) => values.set ?? setName(files, measured);
    process.stdout.write(
      values.json ? `${JSON.stringify({ models }, null, 2)}\n` : `${name(sizes)}\n\n${evaluationTable(models)}\n`,
    );
    if (values.write) for (const model of models) writeFigures(model.id, manifestFigures(name(model.sizes), model));
    return models.some(({ failed }) => failed > 0) ? 1 : 0;
  },
};

export default evaluate;

function picturesIn(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const full = resolve(path);
    if (!statSync(full).isDirectory()) return [full];
    return readdirSync(full)
      .filter((name) => PICTURE.test(name) || CLIP.test(name))
      .sort()
      .map((name) => join(full, name));
  });
}

interface Sizes {
  readonly picture: number;
  readonly clip: number;
}

function setName(files: readonly string[], { picture, clip }: Sizes): string {
  const clips = files.filter((file) => CLIP.test(file)).length;
  const pictures = files.filter((file) => !CLIP.test(file));
  const kodak = pictures.length > 0 && pictures.every((file) => /kodim\d\d/.test(file));
  // Kodak pictures have a short side of 512: that cut is made without scaling.
  const cut = kodak && picture === 512 ? `centre ${picture} × ${picture}` : `centre square scaled to ${picture} × ${picture}`;
  const parts: string[] = [];
  if (pictures.length > 0) parts.push(`${kodak ? 'Kodak' : 'Pictures:'} ${pictures.length}, ${cut}`);
  if (clips > 0) parts.push(`Clips: ${clips}, centre square scaled to ${clip} × ${clip}`);
  return parts.join('; ');
}

async function evaluateAll(files: readonly string[], wanted: readonly string[] | undefined, sizes: Sizes): Promise<Evaluation[]> {
  const opened = await openBuiltPage({
    query: `size=${sizes.picture}x${sizes.picture}`,
    answer: (path) => {
      const index = /^evaluate\/(\d+)$/.exec(path)?.[1];
      return index === undefined ? undefined : { status: 200, body: readFileSync(files[Number(index)]!) };
    },
  });
  try {
    const known = await opened.page.evaluate(() => window.tokenscopeTest!.catalog.map(({ id }) => id));
    const unknown = wanted?.find((id) => !known.includes(id));
    if (unknown) throw new Error(`There is no model "${unknown}". There are: ${known.join(', ')}.`);
    const evaluations: Evaluation[] = [];
    for (const id of wanted ?? known.filter((model) => model !== TOY))
      evaluations.push(await evaluateModel(opened.page, id, files, sizes));
    return evaluations;
  } finally {
    await opened.close();
  }
}

/** Opens the pictures as the page's tray and runs it, as a visitor would; then the clips, one after another. */
async function evaluateModel(page: Page, id: string, files: readonly string[], wanted: Sizes): Promise<Evaluation> {
  await openModel(page, id);
  const sizes = await fittingSizes(page, id, wanted, files);
  const named = files.map((file, index) => ({ name: basename(file), index }));
  const still = named.filter(({ name }) => !CLIP.test(name));
  const pictures = await runPictures(page, still, sizes.picture);
  const pictureRows = pictures.rows.map(fileFigures);
  const bpp = mean(pictureRows.map((row) => row.bpp));
  const jpeg = bpp === null ? null : await jpegAtSameBits(page, still, sizes.picture, bpp);
  const clips = await runClips(
    page,
    named.filter(({ name }) => CLIP.test(name)),
    sizes.clip,
  );
  const rows = [...pictureRows, ...clips.rows.map(clipFigures)];
  return { ...summarize(id, sizes, rows, addCounts(pictures.counts, clips.counts)), jpeg };
}

/** The page would reduce what is too large, so it is said first, and the figures name the size they are of. */
async function fittingSizes(page: Page, id: string, wanted: Sizes, files: readonly string[]): Promise<Sizes> {
  const most = await page.evaluate(() => window.tokenscopeTest!.store.getState().slots[0]!.manifest.size.maximum ?? Infinity);
  const sizes = { picture: Math.min(wanted.picture, most), clip: Math.min(wanted.clip, most) };
  const side = (of: Sizes) => Math.max(...files.map((file) => (CLIP.test(file) ? of.clip : of.picture)));
  if (side(sizes) < side(wanted))
    process.stderr.write(`${id} takes sides of at most ${most} pixels: measured at ${most} × ${most}, not ${side(wanted)}.\n`);
  return sizes;
}

interface NamedFile {
  readonly name: string;
  /** Its number in what the server offers. */
  readonly index: number;
}

async function runPictures(page: Page, files: readonly NamedFile[], size: number): Promise<{ rows: Row[]; counts: number[] }> {
  if (files.length === 0) return { rows: [], counts: [] };
  const started = performance.now();
  await page.evaluate(openAsTray, { files: [...files], size });
  return files.length === 1 ? readSingle(page, files[0]!.name, started) : page.evaluate(runTray);
}

function addCounts(a: readonly number[], b: readonly number[]): number[] {
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? 0) + (b[i] ?? 0));
}

async function openAsTray({ files, size }: { files: readonly NamedFile[]; size: number }): Promise<void> {
  const { actions } = window.tokenscopeTest!;
  actions.clearTray();
  actions.setFraming({ fit: 'fill', height: size, width: size });
  const read = async ({ name, index }: NamedFile) => new File([await (await fetch(`evaluate/${index}`)).blob()], name);
  await actions.openFiles(await Promise.all(files.map(read)));
}

interface Row {
  readonly name: string;
  readonly measures: Measures | undefined;
  readonly error: string | undefined;
  readonly seconds: number;
}

async function runTray(): Promise<{ rows: Row[]; counts: number[] }> {
  const { actions, store } = window.tokenscopeTest!;
  await actions.runTray();
  const { run } = store.getState().tray;
  const rows = (run?.rows ?? []).map(({ error, ...row }) => ({
    ...row,
    error: error && `${error.code} ${JSON.stringify(error.parameters)}`,
  }));
  return { rows, counts: [...(run?.counts ?? [])] };
}

/** One file alone is the page's source, not a tray. */
async function readSingle(page: Page, name: string, started: number): Promise<{ rows: Row[]; counts: number[] }> {
  await waitForResult(page, name);
  const seconds = (performance.now() - started) / 1000;
  const { measures, tokens, entries } = await page.evaluate(() => {
    const [slot] = window.tokenscopeTest!.store.getState().slots;
    const { result, model } = slot!;
    return { measures: result!.measures!.values, tokens: [...result!.grid.tokens], entries: model!.codebookSize };
  });
  const counts = new Array<number>(entries).fill(0);
  for (const token of tokens) counts[token]! += 1;
  return { rows: [{ name, measures, error: undefined, seconds }], counts };
}

function summarize(id: string, sizes: Sizes, files: readonly FileFigures[], counts: readonly number[]): Omit<Evaluation, 'jpeg'> {
  const { share, perplexity, entropy, used } = tokenStatistics(Uint32Array.from(counts));
  return {
    id,
    sizes,
    psnr: mean(files.map(({ psnr }) => psnr)),
    ssim: mean(files.map(({ ssim }) => ssim)),
    msssim: mean(files.map(({ msssim }) => msssim)),
    sharpness: mean(files.map(({ sharpness }) => sharpness)),
    bpp: mean(files.map(({ bpp }) => bpp)),
    flicker: mean(files.flatMap(({ flicker }) => flicker ?? [])),
    usage: share,
    perplexity,
    entropy,
    tokens: counts.reduce((sum, count) => sum + count, 0),
    dead: counts.length - used,
    seconds: files.reduce((sum, { seconds }) => sum + seconds, 0),
    failed: files.filter(({ error }) => error !== undefined).length,
    files,
  };
}

function fileFigures({ name, measures, error, seconds }: Row): FileFigures {
  const value = (metric: string) => measures?.[metric] ?? null;
  return {
    file: name,
    psnr: value('psnr'),
    ssim: value('ssim'),
    msssim: value('ms-ssim'),
    sharpness: value('sharpness'),
    bpp: value('bits-per-pixel'),
    flicker: null,
    seconds,
    ...(error !== undefined && { error }),
  };
}

function clipFigures({ name, measures, error, seconds }: ClipRow): FileFigures {
  const value = (metric: string) => measures?.[metric] ?? null;
  return {
    file: name,
    psnr: value('clip-psnr'),
    ssim: value('clip-ssim'),
    msssim: null,
    sharpness: null,
    bpp: value('clip-bits-per-pixel'),
    flicker: value('flicker'),
    seconds,
    ...(error !== undefined && { error }),
  };
}

/** Mean of the pictures' values; `null` where one of them has none. */
function mean(values: readonly (number | null)[]): number | null {
  if (values.length === 0 || values.includes(null)) return null;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0) / values.length;
}

function manifestFigures(set: string, figures: Evaluation) {
  const { psnr, ssim, msssim, sharpness, usage, perplexity, dead, bpp, flicker, jpeg, id } = figures;
  if (psnr === null) throw new Error(`${id} has no figures for every picture: nothing is written.`);
  const round = (value: number, digits: number) => Number(value.toFixed(digits));
  return {
    set,
    psnr: round(psnr, 3),
    ...(ssim !== null && { ssim: round(ssim, 4) }),
    msssim: msssim === null ? null : round(msssim, 4),
    usage: round(usage, 4),
    perplexity: round(perplexity, 1),
    dead,
    ...(bpp !== null && { bitsPerPixel: round(bpp, 5) }),
    ...(sharpness !== null && { sharpness: round(sharpness, 3) }),
    ...(flicker !== null && { flicker: round(flicker, 3) }),
    ...(jpeg !== null && { jpegPsnr: round(jpeg, 2) }),
  };
}

function evaluationTable(models: readonly Evaluation[]): string {
  const number = (value: number | null, digits: number) => (value === null ? '–' : value.toFixed(digits));
  return printTable([
    [
      'model',
      'PSNR',
      'SSIM',
      'MS-SSIM',
      'sharpness',
      'flicker',
      'bpp',
      'JPEG',
      'usage',
      'entropy',
      'perplexity',
      'dead',
      'seconds',
      'failed',
    ],
    ...models.map((row) => [
      row.id,
      number(row.psnr, 2),
      number(row.ssim, 3),
      number(row.msssim, 3),
      number(row.sharpness, 2),
      number(row.flicker, 2),
      number(row.bpp, 4),
      number(row.jpeg, 2),
      `${(100 * row.usage).toFixed(1)} %`,
      number(row.entropy, 2),
      number(row.perplexity, 0),
      String(row.dead),
      number(row.seconds, 1),
      String(row.failed),
    ]),
  ]);
}
