import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('taming VQGAN', () => {
  testFixture('taming_vqgan_zip', 'taming-vqgan');
  testFixture('taming_vqgan_legacy', 'taming-vqgan');
  testFixture('taming_gumbel_f8', 'taming-vqgan');
});
