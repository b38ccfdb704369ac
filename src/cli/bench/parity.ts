import type { Page } from 'playwright-core';
import { type BenchContext, type BenchLine, type Measurement, notMeasured } from '../bench-run.ts';
import { compareProviders, type Parity } from '../parity.ts';

const LINE = { what: 'WebGPU against WASM, smallest size', target: 'token rule; reconstruction within 1 of 255' };

type Open = BenchContext['open'];

/**
 * On the machine's own GPU where there is one, else on the software adapter, which computes the same way. Each model has a page of its
 * own, and a second one when the adapter never answers, as the software one sometimes does.
 */
export default {
  async measure({ open, gpu }) {
    const kind = gpu ? 'machine' : 'software';
    const { device, models } = await onPage(open, kind, (page) =>
      page.evaluate(() => {
        const { store, catalog } = window.tokenscopeTest!;
        return { device: store.getState().device!, models: catalog.map(({ id }) => id) };
      }),
    );
    if (device.provider !== 'webgpu') return [notMeasured({ ...LINE, where: 'all models' }, `no WebGPU here (${device.why})`)];
    const lines: BenchLine[] = [];
    for (const model of models) {
      const compare = () => onPage(open, kind, (page) => compareProviders(page, model));
      const parity = await compare().catch((error: unknown) => {
        if (!String(error).includes('engine-timeout')) throw error;
        return compare();
      });
      lines.push(...describe(parity));
    }
    return lines;
  },
} satisfies Measurement;

/** The page itself runs the toy meanwhile: its own runs would stand in the queue. */
async function onPage<T>(open: Open, gpu: 'machine' | 'software', work: (page: Page) => Promise<T>): Promise<T> {
  const { page, close } = await open({ gpu, query: 'adapter=any&model=toy&size=32x32' });
  try {
    await page.waitForFunction(() => window.tokenscopeTest!.store.getState().device, undefined, { timeout: 120_000 });
    return await work(page);
  } finally {
    await close();
  }
}

function describe(parity: Parity): BenchLine[] {
  const { model, adapter, side, cells, mismatched, nearTies, levels, checks } = parity;
  const ties = Math.max(1, Math.floor(cells * 0.005));
  return [
    {
      ...LINE,
      where: `${model}, ${side} × ${side}, ${adapter}`,
      figure: `${mismatched} of ${cells} tokens differ, ${nearTies} near ties, ${levels} of 255`,
      holds: mismatched === 0 && nearTies <= ties && levels <= 1,
      values: parity,
    },
    ...Object.entries(checks).map(([provider, check]) => ({
      what: `${provider === 'wasm' ? 'WASM' : 'WebGPU'} against the training framework`,
      where: `${model}, the model's own check`,
      target: `token rule; within ${check.tolerance}`,
      figure: `${check.mismatched} of ${check.cells} tokens differ, ${check.nearTies} near ties, ${check.difference.toExponential(1)}`,
      holds: check.passed,
      values: check,
    })),
  ];
}
