import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import { parseManifest } from '../../src/core/parse-manifest.ts';
import { PATIENCE, rounds } from './mutate.ts';

const models = join(import.meta.dirname, '../../models');
const manifests = readdirSync(models, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('manifest.json') && !file.includes('node_modules'))
  .map((file) => readFileSync(join(models, file), 'utf8'));

function survive(json: unknown): void {
  try {
    parseManifest(json);
  } catch (error) {
    if (!(error instanceof TokenscopeError) || error.code !== 'manifest-invalid') throw error;
  }
}

/** Values where sizes, names and lists are expected. */
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, '', '..', '../../x', 'C:\\x', '__proto__', -1, 0, 0.5, 1e308, 2 ** 53, [], {}, [[]]),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every place in a value: the keys that lead there. */
function placesIn(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))];
}

function changed(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  if (rest.length === 0 && to === undefined) delete copy[key];
  else copy[key] = changed(copy[key], rest, to);
  return copy;
}

describe('a damaged manifest is refused by name or is a manifest', { timeout: PATIENCE }, () => {
  it('there are manifests to damage', () => {
    expect(manifests.length).toBeGreaterThan(0);
    for (const manifest of manifests) parseManifest(JSON.parse(manifest));
  });

  it('with values changed or missing', () => {
    const all = manifests.map((text) => JSON.parse(text) as unknown);
    const damage = fc.array(fc.tuple(fc.nat(), fc.option(odd, { nil: undefined })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.nat(all.length - 1), damage, (which, changes) => {
        let manifest = all[which];
        for (const [place, to] of changes) {
          const places = placesIn(manifest);
          manifest = changed(manifest, places[place % places.length]!, to);
        }
        survive(manifest);
      }),
      rounds(2000),
    );
  });

  it('of anything', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (json) => survive(json)),
      rounds(1000),
    );
  });
});
