import type { Page } from 'playwright-core';
import type { Measurement } from '../bench-run.ts';
import { openSynthetic } from '../open-synthetic.ts';

const MOVES = 120;
const SETTINGS = { kind: 'vq', codebookSize: 16_384, entryDimension: 256, score: 'l2' } as const;

/** The pointer over the token grid of a model with a large codebook: script time on the page's thread for one move. */
export default {
  async measure({ open }) {
    const { page, close } = await openSynthetic(open, 'synthetic-16384', SETTINGS);
    try {
      const perMove = await scriptPerMove(page);
      return [
        {
          what: 'pointing → linked highlight',
          where: `page's thread, script time per move, K = 16,384, D = 256, mean of ${MOVES}`,
          target: '≤ 4 ms',
          figure: `${perMove.toFixed(2)} ms`,
          holds: perMove <= 4,
          values: { perMove },
        },
      ];
    } finally {
      await close();
    }
  },
} satisfies Measurement;

async function scriptPerMove(page: Page): Promise<number> {
  const grid = page.getByRole('application', { name: /^Token grid/ });
  const box = await grid.boundingBox();
  if (!box) throw new Error('The token grid is not on the page.');
  const session = await page.context().newCDPSession(page);
  // Time of the thread itself: what other programs take meanwhile does not count.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const script = async () => {
    const { metrics } = await session.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'ScriptDuration')!.value * 1000;
  };
  const move = async (step: number) => {
    const [column, row] = [step % 16, (step * 7) % 16];
    await page.mouse.move(box.x + ((column + 0.5) / 16) * box.width, box.y + ((row + 0.5) / 16) * box.height);
    await page.evaluate(() => new Promise(requestAnimationFrame));
  };
  for (let step = 0; step < 16; step++) await move(step);
  const before = await script();
  for (let step = 0; step < MOVES; step++) await move(step);
  return ((await script()) - before) / MOVES;
}
