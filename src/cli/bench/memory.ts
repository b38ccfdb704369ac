import type { Page } from 'playwright-core';
import { type Measurement, notMeasured, slope } from '../bench-run.ts';
import { openModel } from '../page.ts';

const PICTURES = 200;
const WARM_UP = 20;
const EVERY = 20;

const LINE = {
  what: `${PICTURES} pictures in a row, smallest size`,
  where: 'page + worker, WASM, one thread',
  target: '< 50 kB a picture',
};

export default {
  async measure({ open, model }) {
    // Without the flag a measurement waits for the next garbage collection, up to 20 s.
    const { page, close } = await open({ query: `model=${model}`, flags: ['--enable-blink-features=ForceEagerMeasureMemory'] });
    try {
      await useOneThread(page);
      await openModel(page, model);
      if (!(await page.evaluate(() => 'measureUserAgentSpecificMemory' in performance && crossOriginIsolated))) {
        return [notMeasured(LINE, 'the browser does not tell')];
      }
      const points = await page.evaluate(feedPictures, { pictures: PICTURES, every: EVERY });
      const kilobytes = slope(points.filter(([done]) => done >= WARM_UP)) / 1000;
      const figure = `${kilobytes.toFixed(1)} kB a picture after the ${WARM_UP}th`;
      return [{ ...LINE, figure, holds: kilobytes < 50, values: points }];
    } finally {
      await close();
    }
  },
} satisfies Measurement;

/** The browser cannot look into WASM's helper threads while they sleep, and would wait a minute for each measurement. */
export async function useOneThread(page: Page): Promise<void> {
  await page.route(/assets\/worker-[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const body = `Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 });${await response.text()}`;
    await route.fulfill({ response, body });
  });
  await page.reload();
  await page.waitForFunction(() => window.tokenscopeTest?.store.getState().device?.threads === 1, undefined, { timeout: 60_000 });
}

/** Pictures of noise through the page as the visitor's are, and the bytes in use after every few. */
async function feedPictures({ pictures, every }: { pictures: number; every: number }): Promise<[number, number][]> {
  const { actions, store } = window.tokenscopeTest!;
  const { minimum, multipleOf } = store.getState().slots[0]!.manifest.size;
  const side = Math.ceil((minimum ?? multipleOf) / multipleOf) * multipleOf;
  actions.setFraming({ fit: 'fill', height: side, width: side });
  const memory = performance as unknown as { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
  const points: [number, number][] = [];
  for (let done = 1; done <= pictures; done++) {
    const data = new Uint8ClampedArray(side * side * 4).map((_, i) => (i % 4 === 3 ? 255 : Math.random() * 256));
    await actions.openBitmap(await createImageBitmap(new ImageData(data, side, side)), `noise ${done}`);
    if (done % every === 0) points.push([done, (await memory.measureUserAgentSpecificMemory()).bytes]);
  }
  return points;
}
