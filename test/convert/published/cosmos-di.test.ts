import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('Cosmos DI', () => {
  testFixture('cosmos_di', 'cosmos-di');
  testFixture('cosmos_di_jit', 'cosmos-di');
});
