import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('VideoGPT', () => {
  testFixture('videogpt_vqvae', 'videogpt');
});
