import type { QuantizerSettings } from '../core/manifest.ts';
import type { BenchContext } from './bench-run.ts';
import { type OpenedPage, waitForResult } from './page.ts';
import { syntheticModel } from './synthetic-model.ts';

/** The page with a synthetic model open on its first sample, live. */
export async function openSynthetic(
  open: BenchContext['open'],
  id: string,
  quantizer: QuantizerSettings,
  query = '',
): Promise<OpenedPage> {
  const opened = await open({ query });
  const files = syntheticModel(id, quantizer);
  const { page } = opened;
  await page.route('**/synthetic/*', (route) => {
    const body = files.get(new URL(route.request().url()).pathname.split('/').at(-1)!);
    return route.fulfill(body ? { status: 200, body: Buffer.from(body) } : { status: 404 });
  });
  const sample = await page.evaluate(() => window.tokenscopeTest!.samples[0]!.id);
  await page.evaluate(
    async (names) => {
      const read = async (name: string) => [name, await (await fetch(`synthetic/${name}`)).blob()] as const;
      const { actions } = window.tokenscopeTest!;
      await actions.openModelFiles(Object.fromEntries(await Promise.all(names.map(read))));
    },
    [...files.keys()],
  );
  await waitForResult(page, sample);
  const active = await page.evaluate(() => window.tokenscopeTest!.store.getState().slots[0]?.manifest.id);
  if (active !== id) throw new Error(`The page shows ${active}, not ${id}.`);
  return opened;
}
