import type { BenchLine, Measurement } from '../bench-run.ts';
import { type PublishedRun, publishedFixtures, runPublished } from '../published.ts';

/**
 * Every published architecture, converted in the page and run on WASM, and on WebGPU where there is a GPU: the software adapter
 * takes minutes for each, so that is left to `npm run test:full`.
 */
export default {
  async measure({ open, gpu }) {
    const { page, close } = await open({ gpu: gpu ? 'machine' : 'none', query: 'model=toy&size=32x32' });
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

const WHAT = 'published';

export function isPublished({ what }: BenchLine): boolean {
  return what.startsWith(WHAT);
}

/** Architecture, fixture, provider, what differs, time: one row for each run. */
export function publishedTable(lines: readonly BenchLine[]): string[][] {
  const rows = lines.map(({ what, where, figure, values }) => {
    const [fixture = '', provider = ''] = where.split(', ');
    const run = values as Pick<PublishedRun, 'check' | 'convertMs' | 'copied'> | undefined;
    if (!run) return [what, fixture, provider, figure, '', '', ''];
    const { check, convertMs, copied } = run;
    const differ = `${check.mismatched + check.nearTies} of ${check.cells}`;
    const numbers = [differ, check.difference.toExponential(1), convertMs.toFixed(0), (copied / 1e6).toFixed(2)];
    return [what.replace(`${WHAT}: `, ''), fixture, provider, ...numbers];
  });
  return [
    ['architecture', 'fixture', 'provider', 'tokens that differ', 'largest difference', 'ms to convert', 'MB copied'],
    ...rows,
  ];
}

async function measureOne(run: () => Promise<PublishedRun>, name: string, provider: string): Promise<BenchLine> {
  const target = 'tokens equal; reconstruction within 1e-4';
  const where = `${name}, ${provider === 'wasm' ? 'WASM' : 'WebGPU'}`;
  try {
    const { architecture, check, convertMs, copied } = await run();
    return {
      what: `${WHAT}: ${architecture}`,
      where,
      target,
      figure: `${check.mismatched + check.nearTies} of ${check.cells} tokens differ, ${check.difference.toExponential(1)}; converted in ${convertMs.toFixed(0)} ms, ${(copied / 1e6).toFixed(2)} MB copied`,
      holds: check.mismatched + check.nearTies === 0 && check.difference <= 1e-4,
      values: { check, convertMs, copied },
    };
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { what: WHAT, where, target, figure: `failed: ${message}`, holds: false };
  }
}
