import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readNpy } from '../../../src/core/npy.ts';
import type { Picture } from '../../../src/core/picture.ts';
import { scalingNames } from '../../../src/core/proposal.ts';
import { pixelsOf, scalingOf } from '../../../src/core/scaling.ts';
import { diagnoseScaling } from '../../../src/engine/onnx/doctor.ts';
import { compareProviders } from '../../../src/engine/onnx/parity.ts';
import { proposeModel } from '../../../src/engine/onnx/propose.ts';
import { openModelSessions } from '../../../src/engine/open-model.ts';
import { fromGraphPixels, toGraphPixels } from '../../../src/engine/pixel-layout.ts';
import { nodeRuntime } from '../node-runtime.ts';
import { droppedFolder } from './dropped-folder.ts';
import { wrappedModel } from './wrapped-model.ts';

const runtime = nodeRuntime();
const job = <T>(run: () => Promise<T>) => run();
const open = () => openModelSessions(wrappedModel(), runtime, { provider: 'wasm', precision: 'float32' });

function photo(): Picture {
  const path = join(import.meta.dirname, '../../fixtures/onnx/photo.npy');
  const { shape, data } = readNpy(new Uint8Array(readFileSync(path)), path);
  const [height = 0, width = 0] = shape;
  const rgba = new Uint8ClampedArray(height * width * 4).fill(255);
  for (let i = 0; i < height * width; i++) rgba.set(Array.from(data.slice(i * 3, i * 3 + 3)), i * 4);
  return { data: rgba, height, width };
}

describe('the scaling doctor', () => {
  it('finds the numbers of a model whose manifest is wrong, and is sure of it', async () => {
    const model = await open();
    const seen: number[] = [];
    const { tried, cards, sure, margin } = await diagnoseScaling(model, [photo()], {
      job,
      onProgress: ({ done, total }) => seen.push(done / total),
    });
    await model.release();
    expect(tried[0]!.scaling).toEqual({ input: 'zero-255', output: 'zero-255', channels: 'bgr' });
    expect(tried[0]!.pixels).toEqual({ range: [0, 255], outputRange: [0, 255], channels: 'bgr' });
    expect(tried[0]!.psnr).toBeGreaterThan(20);
    expect({ sure, margin: margin > 0.2 }).toEqual({ sure: true, margin: true });
    // The rest was given up after one card.
    expect(tried.at(-1)!.reconstructions).toHaveLength(1);
    expect(tried[0]!.reconstructions).toHaveLength(cards.length);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeLessThanOrEqual(1);
  });

  it('turns no channels where all is grey', async () => {
    const { manifest, files } = await proposeModel(droppedFolder(join(import.meta.dirname, '../../fixtures/onnx/dropped/grey')), {
      ...{ corrections: {}, runtime, facts: runtime.facts, job, onProgress: () => {} },
    });
    const contents = { manifest, file: (name: string) => files[name]! };
    const model = await openModelSessions(contents, runtime, { provider: 'wasm', precision: 'float32' });
    const { tried } = await diagnoseScaling(model, [photo()], { job, onProgress: () => {} });
    await model.release();
    expect(new Set(tried.map(({ scaling }) => scaling.channels))).toEqual(new Set(['rgb']));
  });

  it('ends where it is told to', async () => {
    const model = await open();
    const stop = new AbortController();
    let runs = 0;
    const stopped = diagnoseScaling(model, [], {
      job: (run) => {
        stop.signal.throwIfAborted();
        if (++runs === 2) stop.abort();
        return run();
      },
      onProgress: () => {},
    });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    expect(runs).toBe(2);
    await model.release();
  });
});

describe('ways of scaling', () => {
  const all = scalingNames.flatMap((input) =>
    scalingNames
      .filter((output) => (input === 'dalle') === (output === 'dalle'))
      .flatMap((output) => (['rgb', 'bgr'] as const).map((channels) => ({ input, output, channels }))),
  );

  it.each(all)('$input → $output $channels is found again in a manifest', (scaling) => {
    expect(scalingOf(pixelsOf(scaling))).toEqual(scaling);
  });

  it.each(scalingNames.map((name) => [name]))('%s there and back changes no pixel', (name) => {
    for (const channels of ['rgb', 'bgr'] as const) {
      const pixels = pixelsOf({ input: name, output: name, channels });
      const picture = photo();
      const values = toGraphPixels([picture], 'NCHW', pixels);
      const facts = { file: 'x', input: 'x', output: 'x', layout: 'NCHW' } as const;
      expect(fromGraphPixels(values, facts, pixels, { ...picture, frames: 1 }).data).toEqual(picture.data);
    }
  });

  it('is another one on the way out', () => {
    const pixels = pixelsOf({ input: 'imagenet', output: 'zero-one', channels: 'rgb' });
    const [value] = toGraphPixels([{ data: new Uint8ClampedArray([255, 0, 0, 255]), height: 1, width: 1 }], 'NCHW', pixels);
    expect(value).toBeCloseTo((1 - 0.485) / 0.229, 5);
    const facts = { file: 'x', input: 'x', output: 'x', layout: 'NCHW' } as const;
    const size = { frames: 1, height: 1, width: 1 };
    expect([...fromGraphPixels(Float32Array.of(1, 0.5, 0), facts, pixels, size).data]).toEqual([255, 128, 0, 255]);
  });
});

describe('parity of two providers', () => {
  it('is exact for the same one twice, and names zeros and what is no number', async () => {
    const [a, b] = [await open(), await open()];
    const same = await compareProviders(a, b, job);
    expect(same).toMatchObject({ compared: true, different: 0, latents: 0, reconstruction: 0, fault: undefined });
    const broken = (fill: number) => ({
      ...a,
      decodeArray: async (...args: Parameters<typeof a.decodeArray>) => {
        const { values, dims } = await a.decodeArray(...args);
        return { values: values.fill(fill), dims };
      },
    });
    expect((await compareProviders(broken(0), b, job)).fault).toBe('zeros');
    expect((await compareProviders(broken(Number.NaN), b, job)).fault).toBe('not-a-number');
    await a.release();
    await b.release();
  });
});
