import type { Page } from 'playwright-core';
import type { BenchContext, BenchLine } from '../bench-run.ts';
import { TOY, waitForClip } from '../page.ts';

const RATE = 25;
const SECONDS = 4;
const SAMPLE = 'conveyor';

/** Source and reconstruction of a sample clip in step at 25 frames a second. What made the frames makes no difference to playing. */
export async function clipPlayback({ open }: BenchContext): Promise<BenchLine> {
  const { page, close } = await open({ query: `place=clip&sample=${SAMPLE}&model=${TOY}&size=128x128` });
  try {
    await waitForClip(page, SAMPLE);
    await setRate(page);
    const { draws, longTasks } = await page.evaluate(play, SECONDS * 1000);
    const due = RATE * SECONDS;
    const dropped = draws.map((times) => droppedFrames(times));
    const worst = Math.max(0, ...longTasks);
    const shown = draws.map((times) => times.length);
    return {
      what: `a clip that plays, two streams at ${RATE} frames/s`,
      where: `128 × 128 each, ${SECONDS} s, software rendering`,
      target: 'no frame dropped, no task over 50 ms',
      figure: `${shown.join(' and ')} frames shown (${due} due), ${Math.max(...dropped)} dropped; ${worst > 0 ? `longest task ${worst.toFixed(0)} ms` : 'no task over 50 ms'}`,
      holds:
        draws.length === 2 && dropped.every((count) => count === 0) && worst === 0 && shown.every((count) => count >= due - 1),
      values: { longTasks, draws: draws.map((times) => times.map((time) => Math.round(time - times[0]!))) },
    };
  } finally {
    await close();
  }
}

/** Frames whose turn went by: in a gap of so many turns all but one. */
function droppedFrames(times: readonly number[]): number {
  return times.slice(1).reduce((sum, time, i) => sum + Math.max(0, Math.round(((time - times[i]!) * RATE) / 1000) - 1), 0);
}

async function setRate(page: Page): Promise<void> {
  await page.evaluate((rate) => {
    const actions = window.tokenscopeTest!.actions as unknown as { setClipWindow(change: { rate: number }): void };
    actions.setClipWindow({ rate });
  }, RATE);
  await waitForClip(page, SAMPLE);
  // Whatever the run left to do is done before the clock starts.
  await page.waitForTimeout(500);
}

/** When each of the two pictures was drawn anew while the clip played, and tasks over 50 ms meanwhile. Milliseconds. */
async function play(milliseconds: number): Promise<{ draws: number[][]; longTasks: number[] }> {
  const players = [...document.querySelectorAll('figure canvas[role="img"]')];
  const draws: number[][] = players.map(() => []);
  const longTasks: number[] = [];
  const { drawImage } = CanvasRenderingContext2D.prototype;
  CanvasRenderingContext2D.prototype.drawImage = function (this: CanvasRenderingContext2D, ...given: unknown[]) {
    draws[players.indexOf(this.canvas)]?.push(performance.now());
    return (drawImage as (...values: unknown[]) => void).apply(this, given);
  };
  const observer = new PerformanceObserver((list) => longTasks.push(...list.getEntries().map(({ duration }) => duration)));
  const press = () => document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', code: 'KeyK', bubbles: true }));
  observer.observe({ type: 'longtask' });
  press();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  press();
  observer.disconnect();
  CanvasRenderingContext2D.prototype.drawImage = drawImage;
  return { draws, longTasks };
}
