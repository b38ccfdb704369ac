import type { Manifest, ModelFile } from './manifest.ts';

/** Shown beside a model, never run. */
const NOT_RUN = /\.(webp|png|jpe?g|avif|md)$/;

/** The files that opening a model takes: no recorded pictures, no card, no critic. */
export function filesToRun({ files, graphs }: Pick<Manifest, 'files' | 'graphs'>): readonly ModelFile[] {
  return files.filter(({ name }) => !NOT_RUN.test(name) && name !== graphs.discriminator?.file);
}
