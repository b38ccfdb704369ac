import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('TATS', () => {
  testFixture('tats_vqgan', 'tats');
  testFixture('tats_vqgan_group', 'tats');
});
