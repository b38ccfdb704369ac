import type { Page } from 'playwright-core';
import { type Measurement, notMeasured } from '../bench-run.ts';
import { openSynthetic } from '../open-synthetic.ts';

const LINE = { what: 'codebook canvas, K = 262,144, scroll and zoom' };
const SETTINGS = { kind: 'lfq', bits: 18, firstBit: 'least' } as const;

/** A synthetic 18-bit lookup-free quantizer: more entries than any picture has pixels. */
export default {
  async measure({ open, gpu }) {
    const { page, close } = await openSynthetic(open, 'synthetic-18-bit', SETTINGS, 'place=codebook');
    try {
      const frames = await framesWhileScrolling(page);
      const worst = Math.max(...frames);
      return [
        {
          ...LINE,
          where: 'software rendering, longest frame',
          target: '≤ 50 ms',
          figure: `${worst.toFixed(0)} ms (median ${frames.toSorted((a, b) => a - b)[Math.floor(frames.length / 2)]!.toFixed(0)} ms)`,
          holds: worst <= 50,
          values: frames.map((frame) => Math.round(frame)),
        },
        notMeasured(
          { ...LINE, where: 'a real GPU', target: '60 frames/s' },
          gpu ? 'frames of a headless browser are not those of a screen' : 'this machine offers no GPU to the browser',
        ),
      ];
    } finally {
      await close();
    }
  },
} satisfies Measurement;

/** Time between frames while the wheel scrolls and zooms for a few seconds. */
async function framesWhileScrolling(page: Page): Promise<number[]> {
  const box = await page.getByRole('application', { name: /entries of the codebook$/ }).boundingBox();
  if (!box) throw new Error('The codebook is not on the page.');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForTimeout(1000);
  const frames = await page.evaluateHandle(() => {
    const times: number[] = [];
    const look = (time: number) => {
      times.push(time);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    return times;
  });
  for (let step = 0; step < 90; step++) {
    const zooming = step % 30 >= 20;
    if (zooming) await page.keyboard.down('Control');
    await page.mouse.wheel(0, zooming ? (step % 60 >= 30 ? 120 : -120) : 200);
    if (zooming) await page.keyboard.up('Control');
    await page.waitForTimeout(33);
  }
  const times = await frames.evaluate((list) => [...list]);
  return times.slice(1).map((time, i) => time - times[i]!);
}
