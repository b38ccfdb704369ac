import { expect, test } from 'vitest';
import type { Engine, RemoteChoice, RemoteModel } from '../../src/engine/protocol.ts';
import { isModelAddress } from '../../src/state/model-files.ts';
import { fakeManifest } from '../fake-engine.ts';
import { makePlayground } from './make-playground.ts';

const never = new AbortController().signal;
const choice: RemoteChoice = {
  kind: 'checkpoint',
  id: 'owner-name-vq',
  title: 'vqvae/model.safetensors',
  files: [
    { name: 'name/vqvae/model.safetensors', url: 'https://huggingface.co/owner/name/resolve/main/vqvae/model.safetensors' },
  ],
};
const model: RemoteModel = { host: 'huggingface.co', repository: 'owner/name', licence: 'mit', choices: [choice] };

test.each<[string, boolean]>([
  ['https://example.com/a/model.ckpt?x=1', true],
  ['https://huggingface.co/owner/name', true],
  ['https://huggingface.co/owner/name/tree/main/vqvae', true],
  ['https://example.com/m/manifest.json', true],
  ['https://example.com/photo.jpg', false],
  ['https://huggingface.co/owner/name/resolve/main/photo.png', false],
  ['https://example.com/', false],
  ['data:image/png;base64,AAAA', false],
])('%s is an address of a model: %s', (address, expected) => expect(isModelAddress(address)).toBe(expected));

test('an address of a model that is pasted asks for the dialog, and nothing else', async () => {
  const { start, actions, now, engine } = makePlayground();
  await start({});
  const before = engine.calls.length;
  const source = now().source;
  await actions.openUrl('https://example.com/model.ckpt');
  expect(now().wanted).toMatchObject({ address: 'https://example.com/model.ckpt' });
  expect(now().source).toBe(source);
  expect(engine.calls.length).toBe(before);
  const { key } = now().wanted!;
  actions.askForModel('https://example.com/model.ckpt');
  expect(now().wanted!.key).not.toBe(key);
  actions.askForModel();
  expect(now().wanted).toBeUndefined();
});

test('what was agreed to is converted under its own name, and opened by the visitor’s leave', async () => {
  const { start, actions, now, engine } = makePlayground();
  await start({});
  const asked: Parameters<Engine['convert']>[] = [];
  const listed = ['encoder.onnx', 'decoder.onnx', 'codebook.safetensors'].map((name) => ({ name, bytes: 1 }));
  const manifest = { ...fakeManifest, id: 'owner-name-vq', files: listed };
  const files = { 'manifest.json': new Blob([JSON.stringify(manifest)]) };
  engine.convert = async (...given) => {
    asked.push(given);
    const report = { used: [], ignored: [], referred: 0, copied: 0, relaid: 0 };
    return { manifest: fakeManifest, files, report, milliseconds: 1 };
  };
  const facts = { bytes: 100, wanted: 50, whole: false };
  const answer = await actions.fetchModel({ model, choice, facts }, () => {}, never);
  expect(asked[0]![0]).toEqual([{ name: choice.files[0]!.name, content: choice.files[0]!.url, whole: false }]);
  expect(asked[0]![1]).toMatchObject({ identity: { id: 'owner-name-vq', title: 'name · vqvae', licence: 'mit' } });
  expect(now().slots[0]!.manifest.id).toBe('fake');
  if (!answer || !('value' in answer)) throw new Error('It was not fetched.');
  await answer.value();
  expect(now().error).toBeUndefined();
  expect(now().slots[0]!.manifest.id).toBe('owner-name-vq');
  expect(actions.canPackModel(now().slots[0]!.key)).toBe(true);
});

test('failures are the dialog’s to show, and an abort is silence', async () => {
  const { start, actions, now, engine } = makePlayground();
  await start({});
  engine.lookUpModel = async () => {
    throw new DOMException('left', 'AbortError');
  };
  expect(await actions.lookUpModel('owner/name', never)).toBeUndefined();
  engine.lookUpModel = async () => {
    throw new Error('broken');
  };
  expect(await actions.lookUpModel('owner/name', never)).toMatchObject({ failed: { code: 'internal' } });
  expect(now().error).toBeUndefined();
  expect(await actions.openStoredModel('nowhere')).toBe(false);
});
