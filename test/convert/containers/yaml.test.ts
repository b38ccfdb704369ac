import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/convert/containers/yaml.ts';

describe('settings in YAML', () => {
  it('reads maps, lists, brackets over several lines, quotes, comments and scalars', async () => {
    const text = `# how it was trained
seed: true
model:
  target: taming.models.vqgan.VQModel   # a class
  base_learning_rate: 4.5e-06
  params:
    ch_mult: [1, 2, 4]
    attn_resolutions:
    - 16
    - -8
    nothing: null
    empty:
    loss: {target: "a: b # c", params: {a: 'it''s', b: [x,
      y], c: false}}
    list:
      - name: one
        size: .5
      - - 1
        - two words
    "quoted key": ~
    url: http://host:80/path
`;
    expect(await readYaml(text)).toEqual({
      seed: true,
      model: {
        target: 'taming.models.vqgan.VQModel',
        base_learning_rate: 4.5e-6,
        params: {
          ch_mult: [1, 2, 4],
          attn_resolutions: [16, -8],
          nothing: null,
          empty: null,
          loss: { target: 'a: b # c', params: { a: "it's", b: ['x', 'y'], c: false } },
          list: [{ name: 'one', size: 0.5 }, [1, 'two words']],
          'quoted key': null,
          url: 'http://host:80/path',
        },
      },
    });
  });

  it.each([
    ['no map', '- 1\n- 2'],
    ['a plain text', 'Licence: none\n   of this is YAML\nat all'],
    ['open brackets', 'a: [1, 2'],
    [
      'aliases that grow without end',
      `a: &a [x, x, x]\n${[...'bcdefgh'].map((name, i) => `${name}: &${name} [${`*${'abcdefg'[i]}, `.repeat(9)}]`).join('\n')}`,
    ],
    ['a long one', `a: ${'x'.repeat(2 ** 16)}`],
  ])('leaves %s alone', async (_, text) => {
    expect(await readYaml(text)).toBeUndefined();
  });

  it('makes a prototype of nothing', async () => {
    const value = (await readYaml('__proto__:\n  polluted: 1\nconstructor: 2\n'))!;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each([
    ['colons', 'a:b'.repeat(20_000)],
    ['quotes', '"\\'.repeat(30_000)],
    ['open maps', 'a: {'.repeat(15_000)],
    ['open quotes in a list', `a: [${'"'.repeat(60_000)}`],
  ])('ends with text that is all %s', async (_, text) => {
    expect(await readYaml(text)).toBeUndefined();
  });
});
