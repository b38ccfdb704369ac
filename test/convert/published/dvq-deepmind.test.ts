import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('deep-vector-quantization of karpathy', () => {
  testFixture('dvq_deepmind', 'dvq-deepmind');
});
