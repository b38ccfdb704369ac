import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('IBQ', () => {
  testFixture('ibq', 'ibq');
});
