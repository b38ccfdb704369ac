import type { BenchLine, Measurement } from '../bench-run.ts';
import { type PublishedRun, publishedFixtures, runPublished } from '../published.ts';

/** Every published architecture, converted in the page and run on WASM and on WebGPU (the software adapter where there is no GPU). */
export default {
  async measure({ open, gpu }) {
    const { page, close } = await open({ gpu: gpu ? 'machine' : 'software', query: 'adapter=any&model=toy&size=32x32' });
    try {
      await page.waitForFunction(() => window.tokenscopeTest!.store.getState().device, undefined, { timeout: 120_000 });
      const { provider } = await page.evaluate(() => window.tokenscopeTest!.store.getState().device!);
      const providers = provider === 'webgpu' ? (['wasm', 'webgpu'] as const) : (['wasm'] as const);
      const lines: BenchLine[] = [];
      for (const name of publishedFixtures()) {
        for (const on of providers) lines.push(await measureOne(() => runPublished(page, name, on), name, on));
      }
      return lines;
    } finally {
      await close();
    }
  },
} satisfies Measurement;

async function measureOne(run: () => Promise<PublishedRun>, name: string, provider: string): Promise<BenchLine> {
  const target = 'tokens equal; reconstruction within 1e-4';
  const where = `${name}, ${provider === 'wasm' ? 'WASM' : 'WebGPU'}`;
  try {
    const { architecture, check, convertMs, copied } = await run();
    return {
      what: `published: ${architecture}`,
      where,
      target,
      figure: `${check.mismatched + check.nearTies} of ${check.cells} tokens differ, ${check.difference.toExponential(1)}; converted in ${convertMs.toFixed(0)} ms, ${(copied / 1e6).toFixed(2)} MB copied`,
      holds: check.mismatched + check.nearTies === 0 && check.difference <= 1e-4,
      values: { check, convertMs, copied },
    };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { what: 'published', where, target, figure: `failed: ${message}`, holds: false };
  }
}
