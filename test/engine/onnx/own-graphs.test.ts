import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { proposeModel } from '../../../src/engine/onnx/propose.ts';
import { nodeRuntime } from '../node-runtime.ts';

const runtime = nodeRuntime();

it('graphs of this page, dropped without their manifest: four channels together are colour and one more', async () => {
  const folder = join(import.meta.dirname, '../../../models/vqvae-f8');
  const names = ['encoder.onnx', 'decoder.onnx', 'weights.safetensors', 'codebook.safetensors'];
  const files = Object.fromEntries(names.map((name) => [name, new Blob([readFileSync(join(folder, name))])]));
  const options = {
    corrections: {},
    runtime,
    facts: runtime.facts,
    job: <T>(run: () => Promise<T>) => run(),
    onProgress: () => {},
  };
  const { manifest } = await proposeModel(files, options);
  expect(manifest).toMatchObject({
    medium: 'image',
    size: { reduction: 8, multipleOf: 8 },
    graphs: {
      encoder: { layout: 'NHWC4', latentLayout: 'NHWD', carries: 'latents' },
      decoder: { layout: 'NHWC4', latentLayout: 'NHWD', carries: 'latents' },
    },
    quantizer: { kind: 'vq', codebookSize: 512 },
  });
});
