import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { publishedFixtures, runPublished } from '../../src/cli/published.ts';
import { drop, type Stage, setStage, until, untilLive } from './harness.ts';

/** Everything takes minutes on the software adapter: three of different kinds here, all with TOKENSCOPE_FULL. */
const few = ['taming_vqgan_zip', 'dvq_deepmind', 'cosmos_dv'];
const full = process.env.TOKENSCOPE_FULL !== undefined;
const onGpu = full ? publishedFixtures() : few;

// The software adapter now and then stops answering for good: a fresh browser for each try.
describe('published checkpoints, converted in the page, on WebGPU (software adapter)', { retry: 2, timeout: 150_000 }, () => {
  test.each(onGpu)('%s gives its authors’ tokens and pixels', async (name) => {
    const stage = await setStage({ gpu: 'software' });
    try {
      const visit = await stage.visit({ query: 'adapter=any&model=toy&size=32x32' });
      await until(visit, ({ device }) => device !== undefined, undefined, 60_000);
      const { provider, check } = await runPublished(visit.page, name, 'webgpu');
      expect(provider).toBe('webgpu');
      expect(check).toMatchObject({ passed: true, mismatched: 0, nearTies: 0 });
    } finally {
      await stage.close();
    }
  });
});

describe('published checkpoints, dropped on the page', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  test.each(full ? publishedFixtures() : few)('%s gives its authors’ tokens and pixels on WASM', async (name) => {
    const visit = await stage.visit({ query: 'model=toy&size=32x32' });
    const { check } = await runPublished(visit.page, name, 'wasm');
    expect(check).toMatchObject({ passed: true, mismatched: 0, nearTies: 0 });
    await visit.close();
  });

  test('a taming .ckpt dropped by a visitor: tokens on screen', async () => {
    const visit = await stage.visit({ query: 'size=64x64' });
    await untilLive(visit);
    await drop(visit, [fixtureFile('taming_vqgan_zip', 'model.ckpt')]);
    await until(
      visit,
      ({ slots }) => slots[0]?.manifest.architecture === 'taming-vqgan' && slots[0].phase === 'ready',
      undefined,
    );
    await untilLive(visit);
    const { slots, error } = await visit.state();
    expect(error).toBeUndefined();
    expect(slots[0]!.tokens).toHaveLength(256);
    expect(new Set(slots[0]!.tokens).size).toBeGreaterThan(1);
    expect(visit.complaints).toEqual([]);
    await visit.close();
  });
});

function fixtureFile(fixture: string, name: string) {
  const file = join(import.meta.dirname, '../fixtures/published', fixture, name);
  return { name, type: '', base64: readFileSync(file).toString('base64') };
}
