import type { Manifest } from './manifest.ts';

/** Entries a model has, as its manifest tells; 0 when only the graph knows. */
export function entryCount({ quantizer }: Pick<Manifest, 'quantizer'>): number {
  if (quantizer.codebookSize) return quantizer.codebookSize;
  if (quantizer.levels) return quantizer.levels.reduce((product, level) => product * level, 1);
  return quantizer.bits ? 2 ** quantizer.bits : 0;
}
