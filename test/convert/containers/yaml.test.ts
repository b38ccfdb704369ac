import { describe, expect, it } from 'vitest';
import { readYaml } from '../../../src/convert/containers/yaml.ts';

describe('settings in YAML', () => {
  it('reads maps, lists, brackets over several lines, quotes, comments and scalars', () => {
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
    expect(readYaml(text)).toEqual({
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
    ['a deep nest', `a: ${'['.repeat(100)}${']'.repeat(100)}`],
    ['a long one', `a: ${'x'.repeat(2 ** 18)}`],
  ])('leaves %s alone', (_, text) => {
    expect(readYaml(text)).toBeUndefined();
  });

  it('makes a prototype of nothing', () => {
    const value = readYaml('__proto__:\n  polluted: 1\nconstructor: 2\n')!;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('takes no longer than its length allows', () => {
    const start = performance.now();
    readYaml(`${'a:b'.repeat(50_000)}\n${'"\\'.repeat(50_000)}`);
    readYaml(`${'x'.repeat(100_000)}`);
    readYaml(`${'a :b'.repeat(50_000)}`);
    readYaml(`a: [${'"'.repeat(100_000)}`);
    readYaml(`${'a: {'.repeat(50_000)}`);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
