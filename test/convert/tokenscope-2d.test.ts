import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import type { Settings } from '../../src/convert/architectures/tokenscope-2d.ts';
import { drawPlain } from './plain-2d.ts';
import { floats, runGraph } from './run-graph.ts';
import {
  channelsFirst,
  channelsLast,
  compareTokens,
  largestDifference,
  lookUp,
  openPart,
  readCheck,
  readCodebook,
  readTrained,
} from './tokenscope-2d.ts';

const fixtures = join(import.meta.dirname, '../fixtures/tokenscope-2d');
const names = readdirSync(fixtures).filter((name) => !name.includes('.'));

async function openFixture(name: string) {
  const checkpoint = await readTrained(join(fixtures, name));
  const model = (await convertCheckpoint(checkpoint))!;
  const check = await readCheck(join(fixtures, name, 'check.safetensors'));
  return { checkpoint, model, check, codebook: await readCodebook(checkpoint) };
}

describe.each(names)('our own network %s, converted', (name) => {
  it('gives the latents, tokens and reconstruction that PyTorch gives', async () => {
    const { model, check, codebook } = await openFixture(name);
    const encoder = await openPart(model, 'encoder.onnx');
    const { latents } = await encoder.run({ pixels: channelsLast(check.input, 4) });
    const planar = channelsFirst(latents!);
    expect(largestDifference(planar, check.latents)).toBeLessThan(5e-5);
    expect(compareTokens(codebook, planar, check.tokens)).toEqual({ wrong: 0, nearTies: 0 });

    const decoder = await openPart(model, 'decoder.onnx');
    const { pixels } = await decoder.run({ latents: channelsLast(lookUp(codebook, check.tokens)) });
    expect(largestDifference(channelsFirst(pixels!, 3), check.reconstruction)).toBeLessThan(1e-4);
    const alpha = (pixels!.data as Float32Array).filter((_, i) => i % 4 === 3);
    expect(new Set(alpha)).toEqual(new Set([1]));
  });

  it('gives what a plain translation of the network gives, at another size', async () => {
    const { checkpoint, model, codebook } = await openFixture(name);
    const plain = await drawPlain(checkpoint.config as Settings, checkpoint);
    const input = floats(
      [1, 3, 40, 16],
      Array.from({ length: 3 * 40 * 16 }, (_, i) => Math.sin(i * i)),
    );
    const { latents: expected } = await runGraph(plain.encoder.encode(), { pixels: input });
    const { latents } = await (await openPart(model, 'encoder.onnx')).run({ pixels: channelsLast(input, 4) });
    expect(largestDifference(channelsFirst(latents!), expected!)).toBeLessThan(5e-5);

    const [, , rows, columns] = expected!.dims as [number, number, number, number];
    const tokens = floats(
      [1, rows, columns],
      Array.from({ length: rows * columns }, (_, i) => (i * 7) % codebook.size),
    );
    const quantized = lookUp(codebook, tokens);
    const { pixels: painted } = await runGraph(plain.decoder.encode(), { latents: quantized });
    const { pixels } = await (await openPart(model, 'decoder.onnx')).run({ latents: channelsLast(quantized) });
    expect(largestDifference(channelsFirst(pixels!, 3), painted!)).toBeLessThan(1e-4);
  });
});
