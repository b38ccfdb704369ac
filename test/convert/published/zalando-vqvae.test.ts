import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('pytorch-vq-vae of zalandoresearch', () => {
  testFixture('zalando_vqvae_ema', 'zalando-vqvae');
});
