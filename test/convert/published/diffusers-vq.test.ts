import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('diffusers VQModel', () => {
  testFixture('diffusers_vq_ldm', 'diffusers-vq');
  testFixture('diffusers_vq_oldnames', 'diffusers-vq');
  testFixture('diffusers_vq_amused', 'diffusers-vq');
  testFixture('diffusers_movq', 'diffusers-vq');
});
