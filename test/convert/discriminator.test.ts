import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type CriticSettings, discriminatorFacts, drawDiscriminator } from '../../models/discriminator.ts';
import { runGraph } from './run-graph.ts';
import { channelsLast, floatsOf, largestDifference, readTensors } from './tokenscope-2d.ts';

const folder = join(import.meta.dirname, '../fixtures/discriminator');
const settings = JSON.parse(readFileSync(join(folder, 'discriminator.json'), 'utf8')) as CriticSettings;

it('a drawn discriminator gives the logits that PyTorch gives', async () => {
  const check = await readTensors(join(folder, 'discriminator-check.safetensors'));
  const graph = await drawDiscriminator(settings, await readTensors(join(folder, 'discriminator.safetensors')));
  const { input, output } = discriminatorFacts;
  const result = await runGraph(graph, { [input]: channelsLast(await floatsOf(check, 'input'), 4) });
  expect(largestDifference(result[output]!, await floatsOf(check, 'logits'))).toBeLessThan(1e-4);
});

it('refuses weights that are not those of its settings', async () => {
  const weights = await readTensors(join(folder, 'discriminator.safetensors'));
  const wider = { ...settings, layers: settings.layers.map((layer) => ({ ...layer, outputs: layer.outputs + 1 })) };
  await expect(drawDiscriminator(wider, weights)).rejects.toThrow('discriminator layers.0.weight');
});
