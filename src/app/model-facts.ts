import { LICENCE_NOT_STATED } from '../core/licence.ts';
import type { Manifest } from '../core/manifest.ts';
import { filesToRun } from '../core/run-files.ts';
import { number, type useTexts } from '../i18n/index.ts';

export { manifestFacts, modelTitle, shortTitle } from '../views/codebook-facts.ts';

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

/** The licence of a model in the language of the page, as far as it is more than a name. */
export function licenceText({ source: { licence } }: Manifest, t: ReturnType<typeof useTexts>['t']): string {
  if (licence === LICENCE_NOT_STATED) return t('shell.licenceNotStated');
  const [, name] = /^(.+), for research and teaching$/.exec(licence) ?? [];
  return name ? t('shell.licenceResearch', { name }) : licence;
}
