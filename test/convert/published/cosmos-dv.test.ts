import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('Cosmos DV', () => {
  testFixture('cosmos_dv', 'cosmos-dv');
});
