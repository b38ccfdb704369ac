import type { Manifest } from '../core/manifest.ts';
import { filesToRun } from '../core/run-files.ts';
import { number, type useTexts } from '../i18n/index.ts';

export { modelTitle, shortTitle } from '../views/codebook-facts.ts';

/** A model in a line: `f8 · K 1,024 · D 8`; of clips `f8 · t4 · …`. */
export function modelFacts({ size, quantizer }: Manifest): string {
  const { codebookSize, entryDimension, bits, levels } = quantizer;
  const entries = codebookSize ?? levels?.reduce((product, level) => product * level, 1) ?? (bits ? 2 ** bits : undefined);
  const dimension = entryDimension ?? levels?.length ?? bits;
  const frames = size.frames && `t${size.frames.reduction}`;
  return [`f${size.reduction}`, frames, entries && `K ${number(entries)}`, dimension && `D ${dimension}`]
    .filter(Boolean)
    .join(' · ');
}

/** What opening it fetches. */
export function modelBytes(manifest: Manifest): number {
  return filesToRun(manifest).reduce((sum, file) => sum + file.bytes, 0);
}

/** Bytes as a person reads them, in powers of ten as file managers do. */
export function megabytes(bytes: number): string {
  return bytes >= 1e5 ? `${number(bytes / 1e6, 1)} MB` : `${number(bytes / 1e3, 1)} kB`;
}

/** What became of a checkpoint's weights, and how its graphs were drawn; nothing of models that were none. */
export function conversionFacts({ conversion }: Manifest, t: ReturnType<typeof useTexts>['t']): readonly string[] {
  if (!conversion) return [];
  const { weights, graph, referred, copied, relaid } = conversion;
  const sizes = { referred: megabytes(referred), copied: megabytes(copied), relaid: megabytes(relaid) };
  return [
    t(`checkpoints.made.${weights === 'stored' && copied === 0 ? 'whole' : weights}`, sizes),
    t(`checkpoints.made.${graph === 'fast' && relaid === 0 ? 'none' : graph}`, sizes),
  ];
}

/** As files say it in which no licence stands. */
const NOT_STATED = 'not stated';

/** The licence of a model in the language of the page, as far as it is more than a name. */
export function licenceText({ source: { licence } }: Manifest, t: ReturnType<typeof useTexts>['t']): string {
  if (licence === NOT_STATED) return t('shell.licenceNotStated');
  const [, name] = /^(.+), for research and teaching$/.exec(licence) ?? [];
  return name ? t('shell.licenceResearch', { name }) : licence;
}
