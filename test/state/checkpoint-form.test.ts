import { expect, test } from 'vitest';
import type { CheckpointForm } from '../../src/core/manifest.ts';
import type { Engine } from '../../src/engine/protocol.ts';
import { fakeManifest } from '../fake-engine.ts';
import { makePlayground } from './make-playground.ts';

/** A playground whose engine converts anything into its own model, and what it was asked for. */
async function openOne() {
  const { start, actions, now, engine } = makePlayground();
  await start({});
  const asked: Parameters<Engine['convert']>[] = [];
  engine.convert = async (...given) => {
    asked.push(given);
    const bytes = { referred: 0, copied: 1, relaid: 0 };
    const conversion = { ...given[1].form!, ...bytes };
    const listed = ['encoder.onnx', 'decoder.onnx', 'codebook.safetensors'].map((name) => ({ name, bytes: 1 }));
    const manifest = { ...fakeManifest, id: 'dropped', files: listed, conversion };
    const files = { 'manifest.json': new Blob([JSON.stringify(manifest)]) };
    return { manifest, files, report: { used: [], ignored: [], ...bytes }, milliseconds: 1 };
  };
  const formOnScreen = (): CheckpointForm | undefined => now().slots[0]!.manifest.conversion;
  return { actions, now, asked, formOnScreen };
}

test('a checkpoint is opened as stored and plain until something else is chosen', async () => {
  const { actions, asked } = await openOne();
  const file = new File(['weights'], 'model.ckpt');
  await actions.openCheckpoint([file]);
  actions.setCheckpointForm({ weights: 'half' });
  actions.setCheckpointForm({ graph: 'fast' });
  await actions.openCheckpoint([file]);
  expect(asked.map(([, { form }]) => form)).toEqual([
    { weights: 'stored', graph: 'plain' },
    { weights: 'half', graph: 'fast' },
  ]);
});

test('a model whose files are at hand opens again in another form', async () => {
  const { actions, now, asked, formOnScreen } = await openOne();
  expect(actions.canConvertAgain(now().slots[0]!.key)).toBe(false);
  const file = new File(['weights'], 'model.ckpt');
  await actions.openCheckpoint([file]);
  expect(formOnScreen()).toMatchObject({ weights: 'stored', graph: 'plain' });
  const { key } = now().slots[0]!;
  expect(actions.canConvertAgain(key)).toBe(true);
  actions.setCheckpointForm({ weights: 'half' });
  expect(formOnScreen()).toMatchObject({ weights: 'stored' });
  await actions.convertAgain(key);
  expect(asked[1]![0]).toEqual([{ name: 'model.ckpt', content: file }]);
  expect(formOnScreen()).toMatchObject({ weights: 'half', graph: 'plain' });
  expect(now().slots.map(({ manifest }) => manifest.id)).toEqual(['dropped']);
  expect(now().busy).toBe('idle');
});
