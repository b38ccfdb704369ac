import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openModel, TOY } from '../../src/cli/page.ts';
import { compareProviders } from '../../src/cli/parity.ts';
import { readSafetensors, writeSafetensors } from '../../src/convert/containers/safetensors.ts';
import { readValues } from '../../src/convert/tensors.ts';
import type { Manifest } from '../../src/core/manifest.ts';
import { unpackTokens } from '../../src/core/token-bits.ts';
import type { State } from '../../src/state/store.ts';
import { ids, type Stage, setStage, until, untilLive, type Visit } from './harness.ts';

/** The page's own runs would stand in the queue before ours. */
const TINY = 'model=toy&size=32x32';
const fixtures = join(import.meta.dirname, '../fixtures/full-size');

/** The software adapter takes half a minute for each. All with TOKENSCOPE_FULL; published.test.ts has VQGANs of this kind. */
const few = ['toy', 'magvit-4x8x8', 'magvit2-lfq'];
const compared = process.env.TOKENSCOPE_FULL === undefined ? few : ids;

// A browser of its own for each try: the software adapter now and then stops answering for good, which no page can mend.
describe('on WebGPU (software adapter) and WASM, at the smallest size', { retry: 2, timeout: 75_000 }, () => {
  let stage: Stage;
  let visit: Visit;
  beforeEach(async () => {
    stage = await setStage({ gpu: 'software' });
    visit = await stage.visit({ query: `adapter=any&${TINY}` });
    await until(visit, ({ device }) => device !== undefined, undefined, 120_000);
  });
  afterEach(() => stage?.close());

  test('the adapter is used when the page is told to', async () => {
    expect((await visit.state()).device).toMatchObject({ provider: 'webgpu', why: 'webgpu-works' });
  });

  test.each(compared)('%s gives the same tokens and pixels', async (id) => {
    const { cells, mismatched, nearTies, levels, checks } = await compareProviders(visit.page, id);
    expect(mismatched).toBe(0);
    expect(nearTies).toBeLessThanOrEqual(Math.max(1, Math.floor(cells * 0.005)));
    // 2e-3 of a range of 2 is a quarter of an 8-bit level, which rounding can make a whole one.
    expect(levels).toBeLessThanOrEqual(1);
    expect(checks.webgpu).toMatchObject({ passed: true, mismatched: 0 });
    expect(checks.wasm).toMatchObject({ passed: true, mismatched: 0 });
  });

  test('a device that is really destroyed: WASM takes over with the same tokens', async () => {
    await untilLive(visit);
    const before = (await visit.state()).slots[0]!.tokens;
    await visit.page.evaluate(() => window.tokenscopeTest!.host.test!.loseDevice());
    await until(visit, ({ slots }) => slots[0]?.phase === 'ready' && slots[0].model?.device.provider === 'wasm', undefined);
    await untilLive(visit);
    const { slots, source } = await visit.state();
    expect(slots[0]!.tokens).toEqual(before);
    expect(source?.name).toBe('parrots');
    expect(visit.complaints).toEqual([]);
  });
});

const manifestOf = (id: string): Manifest =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../models', id, 'manifest.json'), 'utf8'));
const pictures = ids.filter((id) => id !== TOY && manifestOf(id).medium === 'image');
const entriesOf = ({ quantizer }: Manifest) => quantizer.codebookSize ?? 2 ** quantizer.bits!;

/** Runs in the page: the tokens of a clip's first window, which is through. */
function firstWindow(): number[] {
  const { plan, grid } = window.tokenscopeTest!.store.getState().slots[0]!.clip!;
  const area = grid.shape.h * grid.shape.w;
  return [...grid.tokens.subarray(0, plan.windows[0]!.planes * area)];
}

describe('on WASM', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage();
  });
  afterAll(() => stage?.close());

  test('a software adapter is no GPU to a visitor, and the page says so', async () => {
    const visit = await stage.visit();
    await until(visit, ({ device }) => device !== undefined, undefined);
    const { device } = await visit.state();
    expect(device?.provider).toBe('wasm');
    expect(['no-webgpu', 'no-adapter', 'software-adapter']).toContain(device?.why);
    await visit.close();
  });

  test.each(ids.filter((id) => id !== TOY))('%s gives the training framework’s answers at full size', async (id) => {
    const check = await fullCheck(id);
    const visit = await stage.visit({ query: TINY });
    const result = await visit.page.evaluate(checkWith, { id, base64: Buffer.from(check).toString('base64') });
    expect(result).toMatchObject({ passed: true, mismatched: 0, cells: await checkCells(id) });
    expect(result!.difference).toBeLessThanOrEqual(2e-3);
    await visit.close();
  });

  test.each(ids.filter((id) => manifestOf(id).medium === 'video'))(
    '%s: the first window that was recorded of a clip is what a live run gives',
    async (id) => {
      const recorded = manifestOf(id).recorded!.find(({ sample }) => sample === 'conveyor')!;
      const visit = await stage.visit({ query: `model=${id}&sample=conveyor&place=clip` });
      const done = ({ slots }: State) => {
        const clip = slots[0]?.clip;
        return !!clip && !clip.recorded && clip.windowsDone > 0;
      };
      await until(visit, done, undefined, 100_000);
      const tokens = await visit.page.evaluate(firstWindow);
      const cells = recorded.grid.reduce((a, b) => a * b, 1);
      const expected = unpackTokens(recorded.tokens, cells, entriesOf(manifestOf(id)));
      expect(tokens.length).toBeGreaterThanOrEqual(4 * 16 * 16);
      const different = tokens.filter((token, cell) => token !== expected[cell]).length;
      // Decoding the film may differ by a level between browser versions, and move a near tie.
      expect(different).toBeLessThanOrEqual(tokens.length * 0.02);
      await visit.close();
    },
  );

  test.each(pictures)('%s: what was recorded is what a live run gives', async (id) => {
    const manifest = manifestOf(id);
    const sample = manifest.recorded?.[0]?.sample;
    expect(sample, 'the model has no recorded results').toBeDefined();
    const visit = await stage.visit({ query: `model=${id}&sample=${sample}` });
    const compared = visit.page.evaluate(ghostAgainstLive);
    await openModel(visit.page, id);
    const { cells, different, levels } = await compared;
    expect(cells).toBeGreaterThan(0);
    // Decoding a sample may differ by a level between browser versions, and move a near tie.
    expect(different).toBeLessThanOrEqual(cells * 0.005);
    expect(levels).toBeLessThan(4);
    await visit.close();
  });
});

async function checkCells(id: string): Promise<number> {
  const tensors = await readSafetensors(new Blob([readFileSync(join(fixtures, `${id}.safetensors`))]), id);
  return tensors.get('tokens')!.shape.reduce((a, b) => a * b, 1);
}

/** The committed check at full size (8-bit input, half-precision reconstruction) as the engine reads checks. */
async function fullCheck(id: string): Promise<Uint8Array> {
  const tensors = await readSafetensors(new Blob([readFileSync(join(fixtures, `${id}.safetensors`))]), id);
  const values = async (name: string) => (await readValues(tensors.get(name)!))!;
  const shape = (name: string) => tensors.get(name)!.shape;
  const input = Float32Array.from(await values('input'), (byte) => byte / 127.5 - 1);
  const content = new Map([
    ['input', { dtype: 'F32' as const, shape: shape('input'), data: input }],
    [
      'reconstruction',
      { dtype: 'F32' as const, shape: shape('reconstruction'), data: Float32Array.from(await values('reconstruction')) },
    ],
    ['tokens', { dtype: 'I32' as const, shape: shape('tokens'), data: Int32Array.from(await values('tokens')) }],
  ]);
  return writeSafetensors(content).bytes;
}

/** Runs in the page: opens the model with another check than its own, and gives what the engine found. */
async function checkWith({ id, base64 }: { id: string; base64: string }) {
  const file = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const { host, catalog } = window.tokenscopeTest!;
  const { files, manifest } = catalog.find((model) => model.id === id)!;
  const check = {
    file: 'check.safetensors',
    input: 'input',
    tokens: 'tokens',
    reconstruction: 'reconstruction',
    tolerance: 0.002,
  };
  const others = manifest.files.filter(({ name }) => name !== check.file);
  const changed = { ...manifest, check, files: [...others, { name: check.file, bytes: file.length }] };
  const given = {
    ...files,
    'manifest.json': new Blob([JSON.stringify(changed)]),
    [check.file]: new Blob([file]),
  };
  const opened = await host.engine.openModel(given, { provider: 'wasm' }, () => {}, new AbortController().signal);
  return opened.check;
}

/** Runs in the page: the recorded result, then the live one; cells, tokens that differ, mean difference in 8-bit levels. */
async function ghostAgainstLive(): Promise<{ cells: number; different: number; levels: number }> {
  const ghost = await next(true);
  const live = await next(false);
  const different = ghost.grid.tokens.filter((token, cell) => token !== live.grid.tokens[cell]).length;
  const [a, b] = [ghost.reconstruction!.picture.data, live.reconstruction!.picture.data];
  const levels = a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
  const same = ghost.grid.tokens.length === live.grid.tokens.length && a.length === b.length;
  return { cells: same ? live.grid.tokens.length : 0, different, levels };

  async function next(recorded: boolean) {
    for (;;) {
      const result = window.tokenscopeTest?.store.getState().slots[0]?.result;
      if (result?.reconstruction && result.recorded === recorded) return result;
      await new Promise((settle) => setTimeout(settle, 5));
    }
  }
}
