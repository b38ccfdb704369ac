import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('MaskGIT VQGAN', () => {
  testFixture('maskgit_vqgan', 'maskgit-vqgan');
});
