import { expect, test } from 'vitest';
import { megabytes, modelBytes, modelFacts, shortTitle } from '../../src/app/model-facts.ts';
import { fakeManifest } from '../fake-engine.ts';

test('a model in a line', () => {
  expect(modelFacts(fakeManifest)).toBe('f8 · K 64 · D 4');
  expect(modelFacts({ ...fakeManifest, quantizer: { kind: 'lfq', bits: 18 } })).toBe('f8 · K 262,144 · D 18');
  expect(modelFacts({ ...fakeManifest, quantizer: { kind: 'fsq', levels: [8, 5, 5, 5] } })).toBe('f8 · K 1,000 · D 4');
  expect(modelFacts({ ...fakeManifest, quantizer: { kind: 'in-graph' } })).toBe('f8');
});

test('titles are cut before their facts, sizes read like a file manager’s', () => {
  expect(shortTitle({ ...fakeManifest, title: 'VQGAN f8, 1,024 entries' })).toBe('VQGAN');
  expect(shortTitle({ ...fakeManifest, title: 'VQ-VAE f8, 512 entries' })).toBe('VQ-VAE');
  expect(shortTitle(fakeManifest)).toBe('Colour cube, 64 entries');
  expect(modelBytes(fakeManifest)).toBe(2000);
  expect([2000, 6_560_000].map(megabytes)).toEqual(['2.0 kB', '6.6 MB']);
});
