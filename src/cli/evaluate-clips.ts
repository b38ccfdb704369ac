import type { Page } from 'playwright-core';
import type { Measures } from '../core/metric.ts';
import { waitForClip } from './page.ts';

/** One clip through the active model. */
export interface ClipRow {
  readonly name: string;
  /** By clip metric. */
  readonly measures: Measures | undefined;
  readonly error: string | undefined;
  readonly seconds: number;
}

/** Runs whole clips through the page's active model, one after another, each as a visitor would open it. */
export async function runClips(
  page: Page,
  files: readonly { readonly name: string; readonly index: number }[],
  size: number,
): Promise<{ rows: ClipRow[]; counts: number[] }> {
  const rows: ClipRow[] = [];
  const counts: number[] = [];
  for (const file of files) {
    const started = performance.now();
    const seconds = () => (performance.now() - started) / 1000;
    try {
      await page.evaluate(openOne, { ...file, size });
      await waitForClip(page, file.name);
      const { measures, tokens, entries } = await page.evaluate(readClip);
      counts.length = Math.max(counts.length, entries);
      for (const token of tokens) counts[token] = (counts[token] ?? 0) + 1;
      rows.push({ name: file.name, measures, error: undefined, seconds: seconds() });
    } catch (error) {
      const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      rows.push({ name: file.name, measures: undefined, error: message, seconds: seconds() });
    }
  }
  return { rows, counts: Array.from(counts, (count) => count ?? 0) };
}

async function openOne({ name, index, size }: { name: string; index: number; size: number }): Promise<void> {
  const { actions, store } = window.tokenscopeTest!;
  actions.setFraming({ fit: 'fill', height: size, width: size });
  await actions.openFiles([new File([await (await fetch(`evaluate/${index}`)).blob()], name)]);
  // A clip may be longer than what a visitor is shown at first.
  const { source } = store.getState();
  const { facts } = source?.clip ?? {};
  if (facts) actions.setClipWindow({ start: 0, duration: facts.duration, rate: facts.rate });
}

function readClip(): { measures: Measures | undefined; tokens: number[]; entries: number } {
  const [slot] = window.tokenscopeTest!.store.getState().slots;
  const { summary, grid } = slot!.clip!;
  return { measures: summary, tokens: [...grid.tokens], entries: slot!.model!.codebookSize };
}
