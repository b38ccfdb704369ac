import { describe } from 'vitest';
import { testFixture } from './run-fixture.ts';

describe('MAGVITv2 of Show-o', () => {
  testFixture('showo_magvitv2', 'showo-magvitv2');
});
