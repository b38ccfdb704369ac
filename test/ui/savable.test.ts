import { expect, test } from 'vitest';
import { familyInFiles } from '../../src/ui/savable.ts';

test('files name faces like the page’s before those for Chinese', () => {
  expect(familyInFiles('"Inter Variable", "PingFang SC", sans-serif')).toMatch(
    /^"Inter Variable", Inter, .*Arial, "PingFang SC"/,
  );
  expect(familyInFiles('"JetBrains Mono Variable", monospace')).toMatch(/, Menlo, .*"DejaVu Sans Mono", monospace$/);
  expect(familyInFiles('serif')).toBe('serif');
});
