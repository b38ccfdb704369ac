import { entryCount } from '../core/entry-count.ts';
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

/** An open model in one line: `f8 · K 1,024 · D 8`; of clips `f8 · t4 · …`. */
export function slotFacts(slot: Slot): string {
  return manifestFacts(slot.manifest, codebookSizeOf(slot), slot.model?.entryDimension);
}

/** The same as far as a manifest tells; 0 entries are left out. */
export function manifestFacts(manifest: Manifest, entries = entryCount(manifest), entryDimension?: number): string {
  const { size, quantizer } = manifest;
  const facts = [`f${size.reduction}`];
  if (size.frames) facts.push(`t${size.frames.reduction}`);
  if (entries > 0) facts.push(`K ${number(entries)}`);
  const dimension = entryDimension ?? quantizer.entryDimension ?? quantizer.bits ?? quantizer.levels?.length;
  if (dimension) facts.push(`D ${dimension}`);
  if (quantizer.kind !== 'vq') facts.push(quantizer.kind === 'in-graph' ? 'in-graph' : quantizer.kind.toUpperCase());
  return facts.join(' · ');
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
