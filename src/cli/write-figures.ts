import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest, ModelFigures } from '../core/manifest.ts';
import { ROOT } from './project.ts';
import { markdownTable } from './table.ts';

const START = '<!-- figures: written by npm run evaluate -- --write -->';
const END = '<!-- /figures -->';

/** Puts figures of a set into a model's manifest and card, in place of older ones of the same set. */
export function writeFigures(id: string, figures: ModelFigures): void {
  const manifest = changeManifest(id, (before) => ({
    ...before,
    figures: [...(before.figures ?? []).filter(({ set }) => set !== figures.set), figures],
  }));
  const card = join(ROOT, 'models', id, 'card.md');
  const text = existsSync(card) ? readFileSync(card, 'utf8') : `# ${manifest.title}\n`;
  writeFileSync(card, withFigures(text, manifest.figures ?? []));
}

/** Changes models/<id>/manifest.json and gives what stands there now. */
export function changeManifest(id: string, change: (manifest: Manifest) => Manifest): Manifest {
  const file = join(ROOT, 'models', id, 'manifest.json');
  const manifest = change(JSON.parse(readFileSync(file, 'utf8')) as Manifest);
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

const BENCH_START = '<!-- bench: written by npm run bench -- --write -->';
const BENCH_END = '<!-- /bench -->';

const PUBLISHED_START = '<!-- published: written by npm run bench -- --only published --write -->';
const PUBLISHED_END = '<!-- /published -->';

type Rows = readonly (readonly string[])[];

/** The README with the table of the last bench between its two marks; unchanged when they are not there. */
export function withBench(readme: string, machine: string, table: Rows): string {
  return between(readme, BENCH_START, BENCH_END, `${machine}\n\n${markdownTable(table)}`);
}

/** The same for the table of published architectures. */
export function withPublished(readme: string, table: Rows): string {
  return between(readme, PUBLISHED_START, PUBLISHED_END, markdownTable(table));
}

function between(text: string, from: string, to: string, content: string): string {
  const start = text.indexOf(from);
  const end = text.indexOf(to);
  if (start < 0 || end < start) return text;
  return `${text.slice(0, start)}${from}\n\n${content}\n\n${text.slice(end)}`;
}

/** The card with its table of figures replaced, or added at its end. */
export function withFigures(card: string, figures: readonly ModelFigures[]): string {
  const block = `${START}\n\n${figuresTable(figures)}\n\n${ORIENTATION}\n\n${END}`;
  const start = card.indexOf(START);
  const end = card.indexOf(END);
  if (start >= 0 && end > start) return card.slice(0, start) + block + card.slice(end + END.length);
  return `${card.trimEnd()}\n\n## Figures\n\n${block}\n`;
}

const ORIENTATION = `JPEG: the same pictures with as many bits as the tokens take, whole or reduced to 1/2, 1/4 or 1/8 first, whichever is best; its headers
and tables (about 600 bytes a picture) are not counted. For orientation, published full-size models on ImageNet at 256 × 256: VQGAN f16 (16,384
entries) 19.9 dB, LlamaGen f16 20.8 dB, LDM VQ f8 (16,384) 23.1 dB; other pictures and another size, so no comparison to the last digit.`;

function figuresTable(figures: readonly ModelFigures[]): string {
  const number = (value: number | null | undefined, digits: number) => (value == null ? '–' : value.toFixed(digits));
  return markdownTable([
    [
      'set',
      'PSNR (dB)',
      'JPEG',
      'SSIM',
      'MS-SSIM',
      'sharpness',
      'flicker',
      'bits per pixel',
      'usage',
      'perplexity',
      'dead entries',
    ],
    ...figures.map((row) => [
      row.set,
      number(row.psnr, 2),
      number(row.jpegPsnr, 2),
      number(row.ssim, 3),
      number(row.msssim, 3),
      number(row.sharpness, 2),
      number(row.flicker, 2),
      number(row.bitsPerPixel, 4),
      row.usage === undefined ? '–' : `${(100 * row.usage).toFixed(1)} %`,
      number(row.perplexity, 1),
      number(row.dead, 0),
    ]),
  ]);
}
