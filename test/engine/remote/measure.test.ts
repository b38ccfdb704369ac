import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { convertCheckpoint } from '../../../src/convert/architectures/index.ts';
import { openCheckpoint } from '../../../src/convert/open-checkpoint.ts';
import { elementBytes, elementCount } from '../../../src/convert/tensors.ts';
import { measureCheckpoint } from '../../../src/engine/remote/measure.ts';
import { publishedFiles } from '../../convert/containers/published.ts';

const fixtures = readdirSync('test/fixtures/published').filter((name) => !name.includes('.'));

test.each(fixtures)('what opening %s would read is known without reading it', async (name) => {
  const files = publishedFiles(name);
  const checkpoint = await openCheckpoint(files);
  const { wanted, architecture } = await measureCheckpoint(checkpoint);
  const converted = (await convertCheckpoint(checkpoint))!;
  expect(architecture).toBe(converted.manifest.architecture);
  const used = converted.report.used.reduce((sum, tensor) => {
    const { shape, dtype } = checkpoint.tensors.get(tensor) ?? { shape: [0], dtype: 'F32' as const };
    return sum + elementCount(shape) * elementBytes[dtype];
  }, 0);
  const total = files.reduce((sum, { source }) => sum + source.size, 0);
  expect(wanted).toBeLessThanOrEqual(total);
  expect(wanted).toBeGreaterThan(0);
  if (used > 0) expect(Math.abs(wanted - used)).toBeLessThan(0.02 * used + 1000);
});
