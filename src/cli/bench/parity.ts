import { type BenchLine, type Measurement, notMeasured } from '../bench-run.ts';
import { compareProviders, type Parity } from '../parity.ts';

const LINE = { what: 'WebGPU against WASM, smallest size', target: 'token rule; reconstruction within 1 of 255' };

/**
 * On the machine's own GPU where there is one, else on the software adapter, which computes the same way. The page
 * itself runs the toy meanwhile: its own runs would stand in the queue.
 */
export default {
  async measure({ open, gpu }) {
    const { page, close } = await open({ gpu: gpu ? 'machine' : 'software', query: 'adapter=any&model=toy&size=32x32' });
    try {
      await page.waitForFunction(() => window.tokenscopeTest!.store.getState().device, undefined, { timeout: 120_000 });
      const device = await page.evaluate(() => window.tokenscopeTest!.store.getState().device!);
      if (device.provider !== 'webgpu') return [notMeasured({ ...LINE, where: 'all models' }, `no WebGPU here (${device.why})`)];
      const models = await page.evaluate(() => window.tokenscopeTest!.catalog.map(({ id }) => id));
      const lines: BenchLine[] = [];
      for (const model of models) lines.push(...describe(await compareProviders(page, model)));
      return lines;
    } finally {
      await close();
    }
  },
} satisfies Measurement;

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
