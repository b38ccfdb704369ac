import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('LlamaGen', () => {
  testFixture('llamagen_vq', 'llamagen');
});
