import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('MAGVIT 3D', () => {
  testFixture('magvit_vqgan3d_pool', 'magvit-3d');
  testFixture('magvit_vqgan3d_conv', 'magvit-3d');
});
