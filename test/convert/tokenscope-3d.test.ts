import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import type { Checkpoint, ConvertedModel } from '../../src/convert/architecture.ts';
import { convertCheckpoint } from '../../src/convert/architectures/index.ts';
import { arrange } from './published/arrange.ts';
import { lookUpWith, openQuantizer, quantizeWith } from './published/run-fixture.ts';
import { floats } from './run-graph.ts';
import { largestDifference, openPart, readCheck, readTensors } from './tokenscope-2d.ts';

const fixtures = join(import.meta.dirname, '../fixtures/tokenscope-3d');
const names = readdirSync(fixtures).filter((name) => !name.includes('.'));

async function readTrained(folder: string): Promise<Checkpoint> {
  const weights = await readTensors(join(folder, 'weights.safetensors'));
  const book = join(folder, 'codebook.safetensors');
  const codebook = existsSync(book) ? await readTensors(book) : [];
  const config: unknown = JSON.parse(readFileSync(join(folder, 'network.json'), 'utf8'));
  return { file: folder, tensors: new Map([...weights, ...codebook]), config };
}

async function convert(name: string, weights: 'half' | 'stored'): Promise<ConvertedModel> {
  return (await convertCheckpoint(await readTrained(join(fixtures, name)), { weights }))!;
}

async function run(model: ConvertedModel, file: string, input: string, value: Tensor): Promise<Tensor> {
  const session = await openPart(model, file);
  const [output] = Object.values(await session.run({ [input]: value }));
  await session.release();
  return output!;
}

describe.each(names)('our own network for clips %s, converted', (name) => {
  it.each(['file', 'direct'] as const)('gives what PyTorch gives, by the graphs named %s', async (form) => {
    const model = await convert(name, 'half');
    const { encoder, decoder } = model.manifest.graphs;
    const quantizer = await openQuantizer(model);
    const check = await readCheck(join(fixtures, name, 'check.safetensors'));
    const latents = await run(model, encoder[form]!, 'pixels', arrange(check.input, 'NCTHW', encoder.layout));
    const planar = arrange(latents, encoder.latentLayout!, 'NDTHW');
    expect(largestDifference(planar, check.latents)).toBeLessThan(5e-5);
    expect(quantizeWith(quantizer, planar).data).toEqual(check.tokens.data);

    const entries = arrange(lookUpWith(quantizer, check.tokens), 'NDTHW', decoder.latentLayout!);
    const pixels = await run(model, decoder[form]!, 'latents', entries);
    expect(largestDifference(arrange(pixels, decoder.layout, 'NCTHW'), check.reconstruction)).toBeLessThan(1e-4);
    const alpha = (pixels.data as Float32Array).filter((_, i) => i % 4 === 3);
    expect(new Set(alpha)).toEqual(new Set([1]));
  });

  it('has one form where the weights stay in the file', async () => {
    const { manifest, files } = await convert(name, 'stored');
    expect(manifest.graphs.encoder.direct).toBeUndefined();
    expect([...files.keys()].filter((file) => file.endsWith('.onnx'))).toEqual(['encoder.onnx', 'decoder.onnx']);
  });
});

it('a causal network reads a single picture', async () => {
  const model = await convert('causal-lfq', 'half');
  const check = await readCheck(join(fixtures, 'causal-lfq', 'check.safetensors'));
  const clip = arrange(check.input, 'NCTHW', 'NTHWC4');
  const [clips, frames, ...sides] = clip.dims as [number, number, ...number[]];
  const size = clip.data.length / clips / frames;
  const first = (clip.data as Float32Array).slice(0, size);
  const alone = await run(model, 'encoder.onnx', 'pixels', floats([1, 1, ...sides], first));
  const whole = await run(model, 'encoder.onnx', 'pixels', clip);
  const difference = (alone.data as Float32Array).map((value, i) => Math.abs(value - (whole.data as Float32Array)[i]!));
  expect(Math.max(...difference)).toBeLessThan(1e-5);
});
