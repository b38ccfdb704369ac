import { readFileSync } from 'node:fs';
import i18next from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { startTexts, areas as textsOfThePage } from '../../src/i18n/index.ts';
import { models } from '../../src/i18n/texts/models.ts';
import { samples } from '../../src/media/samples.ts';
import { metrics } from '../../src/metrics/index.ts';

type Tree = { readonly [key: string]: string | Tree };

/** Those of the page, and those that dialogs bring along. */
const areas = { ...textsOfThePage, models };

/** Every sentence with the path of its key. */
function sentences(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : sentences(value, `${path}${key}.`),
  );
}

const fields = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map(([, name]) => name).sort();

const pairs = Object.entries(areas).flatMap(([area, { en, zh }]) => {
  const chinese = new Map(sentences(zh as Tree, `${area}.`));
  return sentences(en as Tree, `${area}.`).map(([key, english]) => ({ key, english, chinese: chinese.get(key) ?? '' }));
});
const byKey = new Map(pairs.map((pair) => [pair.key, pair]));

/** The codes with the names of their parameters, as src/core/errors.ts writes them. */
const codes = [
  ...readFileSync('src/core/errors.ts', 'utf8').matchAll(
    /^ {2}(?:'([a-z-]+)'|(internal)): (?:\{ (.*) \}|Record<string, never>);$/gm,
  ),
].map(([, quoted, plain, parameters = '']) => ({
  code: (quoted ?? plain)!,
  parameters: [...parameters.matchAll(/(\w+):/g)].map(([, name]) => name!),
}));

describe('texts', () => {
  it('say something in both languages', () => {
    expect(pairs.length).toBeGreaterThan(100);
    expect(pairs.filter(({ english, chinese }) => !english.trim() || !chinese.trim()).map(({ key }) => key)).toEqual([]);
  });

  it('have the same keys', () => {
    for (const { en, zh } of Object.values(areas)) {
      expect(
        sentences(zh as Tree)
          .map(([key]) => key)
          .sort(),
      ).toEqual(
        sentences(en as Tree)
          .map(([key]) => key)
          .sort(),
      );
    }
  });

  it('name the same things in both languages', () => {
    const different = pairs.filter(({ english, chinese }) => fields(english).join() !== fields(chinese).join());
    expect(different.map(({ key }) => key)).toEqual([]);
  });

  it('have no Chinese in English', () => {
    expect(pairs.filter(({ english }) => /\p{Script=Han}/u.test(english)).map(({ key }) => key)).toEqual(
      expect.not.arrayContaining([expect.stringMatching(/^(errors|metrics|sources)\./)]),
    );
  });
});

describe('errors', () => {
  it('are all found', () => {
    expect(codes.length).toBe(Object.keys(areas.errors.en).length);
    expect(codes.length).toBeGreaterThan(30);
  });

  it.each(codes)('$code says what happened and what to do, with parameters it has', ({ code, parameters }) => {
    for (const part of ['what', 'remedy']) {
      const { english } = byKey.get(`errors.${code}.${part}`)!;
      expect(parameters).toEqual(expect.arrayContaining(fields(english)));
    }
    expect(byKey.get(`errors.${code}.what`)?.chinese).toMatch(/[。？！]$/);
  });
});

describe('metrics and samples', () => {
  it.each(Object.keys(metrics))('%s has a name and a definition', (id) => {
    expect(byKey.get(`metrics.${id}.name`)).toBeDefined();
    expect(byKey.get(`metrics.${id}.definition`)).toBeDefined();
  });

  it.each(samples.map(({ id }) => id))('%s has a title', (id) => {
    expect(byKey.get(`sources.sample.${id}`)).toBeDefined();
  });
});

describe('sentences with a reason', () => {
  beforeAll(() => startTexts('en'));

  it('put the reason into words', () => {
    expect(i18next.t('errors.tokens-invalid.what', { file: 'a.json', reason: 'json' })).toBe(
      'a.json does not hold a token grid: it is not complete JSON.',
    );
    expect(i18next.t('errors.npy-invalid.what', { file: 'a.npy', reason: 'short', lng: 'zh' })).toBe(
      'a.npy 无法作为 NumPy 文件读取：内容比文件头所说的短。',
    );
  });

  it('leave a file name alone that looks like a key', () => {
    const name = '$t(words.source).json';
    expect(i18next.t('errors.media-empty.what', { file: name })).toBe(`${name} is empty: it holds 0 bytes.`);
  });
});
