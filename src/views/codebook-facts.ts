import type { Manifest } from '../core/manifest.ts';
import { number, type useTexts } from '../i18n/index.ts';
import type { Slot } from '../state/store.ts';

/** Number of codebook entries; every slot counts its visit by entry, also before the model is open. */
export function codebookSizeOf(slot: Slot): number {
  return slot.visit.counts.length || slot.model?.codebookSize || slot.result?.counts.length || 0;
}

/** Bits that name one of `size` entries. */
export function bitsOf(size: number): number {
  return Math.max(1, Math.ceil(Math.log2(size)));
}

/** A model in one line: reduction, codebook size, entry dimension. */
export function modelFacts(slot: Slot): string {
  return manifestFacts(slot.manifest, codebookSizeOf(slot), slot.model?.entryDimension);
}

/** The same for a model that is not open; 0 entries are left out. */
export function manifestFacts({ size, quantizer }: Manifest, entries: number, entryDimension?: number): string {
  const facts = [`f${size.reduction}`];
  if (entries > 0) facts.push(`K ${number(entries)}`);
  const dimension = entryDimension ?? quantizer.entryDimension ?? quantizer.bits ?? quantizer.levels?.length;
  if (dimension) facts.push(`D ${dimension}`);
  if (quantizer.kind !== 'vq') facts.push(quantizer.kind === 'in-graph' ? 'in-graph' : quantizer.kind.toUpperCase());
  return facts.join(' · ');
}

/** Entries of a model as its manifest tells; 0 when only the graph knows. */
export function manifestEntries({ quantizer }: Manifest): number {
  return (
    quantizer.codebookSize ??
    quantizer.levels?.reduce((product, level) => product * level, 1) ??
    2 ** (quantizer.bits ?? -Infinity)
  );
}

/** The part of a title before its facts: `VQGAN f8, 1,024 entries` → `VQGAN`. */
export function shortTitle({ title }: Manifest): string {
  return title.replace(/[ ,]+(?:f\d+\b|\d+ × \d+ × \d+).*$/, '') || title;
}

type Translate = ReturnType<typeof useTexts>['t'];

/** A title in the language of the page, where it has the form of ours: `VQGAN f8, 1,024 entries`. */
export function modelTitle({ title }: Pick<Manifest, 'title'>, t: Translate): string {
  const [, name, amount, unit] = /^(.+), ([\d,]+) (entries|bits)$/.exec(title) ?? [];
  return name && amount ? t(`shell.modelTitle.${unit as 'entries' | 'bits'}`, { name, amount }) : title;
}
