import i18next from 'i18next';
import { expect, test } from 'vitest';
import { licenceText, manifestFacts, megabytes, modelBytes, modelTitle, shortTitle } from '../../src/app/model-facts.ts';
import { changeLanguage, startTexts } from '../../src/i18n/index.ts';
import { fakeManifest } from '../fake-engine.ts';

test('a model in a line', () => {
  expect(manifestFacts(fakeManifest)).toBe('f8 · K 64 · D 4');
  expect(manifestFacts({ ...fakeManifest, quantizer: { kind: 'lfq', bits: 18 } })).toBe('f8 · K 262,144 · D 18 · LFQ');
  expect(manifestFacts({ ...fakeManifest, quantizer: { kind: 'fsq', levels: [8, 5, 5, 5] } })).toBe('f8 · K 1,000 · D 4 · FSQ');
  expect(manifestFacts({ ...fakeManifest, quantizer: { kind: 'in-graph' } })).toBe('f8 · in-graph');
  const frames = { rule: 'causal', reduction: 4, window: 17 } as const;
  expect(manifestFacts({ ...fakeManifest, size: { ...fakeManifest.size, frames } })).toBe('f8 · t4 · K 64 · D 4');
});

test('titles are cut before their facts, sizes read like a file manager’s', () => {
  expect(shortTitle({ ...fakeManifest, title: 'VQGAN f8, 1,024 entries' })).toBe('VQGAN');
  expect(shortTitle({ ...fakeManifest, title: 'VQ-VAE f8, 512 entries' })).toBe('VQ-VAE');
  expect(shortTitle(fakeManifest)).toBe('Colour cube, 64 entries');
  expect(modelBytes(fakeManifest)).toBe(2000);
  expect(modelBytes({ ...fakeManifest, files: [...fakeManifest.files, { name: 'recorded-a.webp', bytes: 500 }] })).toBe(2000);
  expect([2000, 6_560_000].map(megabytes)).toEqual(['2.0 kB', '6.6 MB']);
});

test('titles and licences of our models are said in the language of the page, those of others as they are', async () => {
  await startTexts('zh');
  const { t } = i18next;
  const lfq = {
    ...fakeManifest,
    title: 'MAGVIT-v2 4 × 8 × 8, 14 bits',
    source: { licence: 'CC BY-NC 4.0, for research and teaching' },
  };
  expect(modelTitle({ title: 'VQGAN f8, 1,024 entries' }, t)).toBe('VQGAN f8，1,024 个码字');
  expect(modelTitle(lfq, t)).toBe('MAGVIT-v2 4 × 8 × 8，14 比特');
  expect(modelTitle({ title: 'vq_ds16_c2i' }, t)).toBe('vq_ds16_c2i');
  expect(licenceText(lfq, t)).toBe('CC BY-NC 4.0，供研究与教学使用');
  expect(licenceText({ ...lfq, source: { licence: 'not stated' } }, t)).toBe('未声明许可');
  await changeLanguage('en');
  expect([modelTitle(lfq, t), licenceText(lfq, t)]).toEqual([lfq.title, lfq.source.licence]);
});
