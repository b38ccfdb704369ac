import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('Open-MAGVIT2', () => {
  testFixture('openmagvit2_lfq', 'open-magvit2');
});
