import { describe, expect, it } from 'vitest';
import { serialQueue } from '../../src/core/serial-queue.ts';
import { settle } from '../../src/core/settle.ts';

const pause = () => new Promise((resolve) => setTimeout(resolve, 1));

describe('serialQueue', () => {
  it('runs one task after another', async () => {
    const enqueue = serialQueue();
    const log: string[] = [];
    const task = (name: string) => async () => {
      log.push(`${name} begins`);
      await pause();
      log.push(`${name} ends`);
    };
    await Promise.all([enqueue(task('a')), enqueue(task('b'))]);
    expect(log).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('gives a failure to its own caller and goes on', async () => {
    const enqueue = serialQueue();
    const failed = enqueue(() => Promise.reject(new Error('no')));
    const after = enqueue(async () => 'yes');
    await expect(failed).rejects.toThrow('no');
    expect(await after).toBe('yes');
  });
});

describe('settle', () => {
  it('answers a hundred quick calls with two runs', async () => {
    let runs = 0;
    const update = settle(async () => {
      runs++;
      await pause();
    });
    await Promise.all(Array.from({ length: 100 }, async (_, i) => (i === 0 ? update() : Promise.resolve().then(update))));
    expect(runs).toBe(2);
  });

  it('forgets a failure when something newer waits', async () => {
    let runs = 0;
    const update = settle(async () => {
      await pause();
      if (++runs === 1) throw new Error('stale');
    });
    await Promise.all([update(), Promise.resolve().then(update)]);
    expect(runs).toBe(2);
  });

  it('reports the failure of the newest, and works again afterwards', async () => {
    let fail = true;
    const update = settle(async () => {
      if (fail) throw new Error('no');
    });
    await expect(update()).rejects.toThrow('no');
    fail = false;
    await expect(update()).resolves.toBeUndefined();
  });
});
