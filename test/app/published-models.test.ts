import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXPORT_SCRIPT } from '../../src/app/export-script.ts';
import { publishedFacts, publishedModels } from '../../src/app/published-models.ts';
import { parseAddress } from '../../src/engine/remote/address.ts';

describe('the list of published checkpoints', () => {
  it('names each once', () => {
    expect(publishedModels.length).toBeGreaterThan(20);
    expect(new Set(publishedModels.map(({ address }) => address)).size).toBe(publishedModels.length);
    expect(new Set(publishedModels.map(({ family, title }) => `${family} ${title}`)).size).toBe(publishedModels.length);
  });

  it.each(publishedModels)('$title ($address)', (model) => {
    expect(parseAddress(model.address)).toMatchObject({ kind: 'hub', revision: 'main', origin: 'https://huggingface.co' });
    expect(existsSync(`src/convert/architectures/${model.architecture}.ts`)).toBe(true);
    expect(publishedFacts(model)).toMatch(/^f\d+ · (t\d+ · )?K [\d,]+$/);
    // A few bytes for every number of a network, not kilobytes or terabytes.
    if (model.computed !== undefined) expect(model.computed).toBeGreaterThan(1e8);
    if (model.computed !== undefined) expect(model.computed).toBeLessThan(2e9);
    // What is said of a licence is somebody's statement, or is said to be unverified.
    if (model.unverified?.includes('licence')) expect(model.licence?.of).toBe('weights');
  });

  it('stands by family', () => {
    const families = publishedModels.map(({ family }) => family);
    expect(families).toEqual([...families].sort((a, b) => a.localeCompare(b)));
  });
});

it('the lines for ONNX in the dialog are those of the read-me file', () => {
  expect(readFileSync('README.md', 'utf8')).toContain(EXPORT_SCRIPT);
});
