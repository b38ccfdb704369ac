import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenscopeError } from '../../src/core/errors.ts';
import { writeNpy } from '../../src/core/npy.ts';
import { looksLikeTokens, readTokenFile, readTokenText, tokenCsv, tokenJson, tokenNpy } from '../../src/core/token-file.ts';
import type { TokenGrid } from '../../src/core/token-grid.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Any grid of up to 3 × 6 × 6, at least `least` columns wide. */
function anyGrid(least: number): fc.Arbitrary<TokenGrid> {
  const side = fc.integer({ min: least, max: 6 });
  return fc.record({ t: fc.integer({ min: 1, max: 3 }), h: side, w: side }).chain((shape) =>
    fc
      .array(fc.integer({ min: 0, max: 2 ** 18 - 1 }), {
        minLength: shape.t * shape.h * shape.w,
        maxLength: shape.t * shape.h * shape.w,
      })
      .map((tokens) => ({ shape, tokens: Int32Array.from(tokens) })),
  );
}

function failure(run: () => unknown): TokenscopeError {
  try {
    run();
  } catch (error) {
    if (error instanceof TokenscopeError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe('token files', () => {
  it('come back from .json as they were saved', () => {
    fc.assert(
      fc.property(anyGrid(1), (grid) => {
        const bytes = utf8(tokenJson(grid, 'vqgan-f8', 2 ** 18));
        expect(looksLikeTokens(bytes)).toBe(true);
        expect(readTokenFile(bytes, 'x.json')).toEqual({ grid, model: 'vqgan-f8', codebookSize: 2 ** 18 });
      }),
    );
  });

  it('come back from .npy as they were saved', () => {
    fc.assert(
      fc.property(anyGrid(1), (grid) => {
        expect(looksLikeTokens(tokenNpy(grid))).toBe(true);
        expect(readTokenFile(tokenNpy(grid), 'x.npy')).toEqual({ grid });
      }),
    );
  });

  it('come back from .csv as they were saved', () => {
    fc.assert(
      fc.property(anyGrid(2), (grid) => {
        expect(looksLikeTokens(utf8(tokenCsv(grid)))).toBe(true);
        expect(readTokenFile(utf8(tokenCsv(grid)), 'x.csv')).toEqual({ grid });
      }),
    );
  });

  it('fail by name when bytes are changed, cut or added', () => {
    const grid: TokenGrid = { shape: { t: 1, h: 2, w: 3 }, tokens: Int32Array.of(5, 4, 3, 2, 1, 0) };
    const whole = [utf8(tokenJson(grid, 'm', 8)), tokenNpy(grid), utf8(tokenCsv(grid))];
    const change = fc.record({
      file: fc.constantFrom(...whole),
      cut: fc.nat(200),
      edits: fc.array(fc.tuple(fc.nat(200), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
    });
    fc.assert(
      fc.property(change, ({ file, cut, edits }) => {
        const bytes = file.slice(0, file.length - (cut % file.length));
        for (const [at, byte] of edits) bytes[at % bytes.length] = byte;
        try {
          const { grid } = readTokenFile(bytes, 'x');
          expect(grid.tokens.length).toBe(grid.shape.t * grid.shape.h * grid.shape.w);
        } catch (error) {
          if (!(error instanceof TokenscopeError)) throw error;
          expect(error.code).toMatch(/^(tokens|npy)-/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [[2, 3], { t: 1, h: 2, w: 3 }],
    [[1, 2, 3], { t: 1, h: 2, w: 3 }],
    [[2, 1, 3], { t: 2, h: 1, w: 3 }],
    [[1, 2, 1, 3], { t: 2, h: 1, w: 3 }],
  ])('read an array of %j', (shape, expected) => {
    expect(readTokenFile(writeNpy(Int32Array.of(1, 2, 3, 4, 5, 6), shape), 'x').grid.shape).toEqual(expected);
  });

  it('refuse several pictures in one array', () => {
    const error = failure(() => readTokenFile(writeNpy(Int32Array.of(1, 2, 3, 4), [2, 1, 1, 2]), 'x'));
    expect(error).toMatchObject({ code: 'tokens-shape', parameters: { count: 4, reason: '2 × 1 × 1 × 2' } });
  });
});

describe('readTokenText', () => {
  const shape = (h: number, w: number, t = 1) => ({ t, h, w });

  it.each([
    ['1 2 3 4', shape(2, 2)],
    ['tokens: 1;2|3->4', shape(2, 2)],
    ['1,2,3\n4,5,6', shape(2, 3)],
    ['[[1, 2, 3], [4, 5, 6]]', shape(2, 3)],
    ['[1 2 3 4]', shape(2, 2)],
    ['array([[1, 2, 3],\n       [4, 5, 6]], dtype=int32)', shape(2, 3)],
    ["tensor([[[1, 2]], [[3, 4]]], device='cuda:0')", shape(1, 2, 2)],
    ['[[[[1, 2, 3], [4, 5, 6]]]]', shape(2, 3)],
    ['1 2 3\n4 5 6\n7 8\n9', shape(3, 3)],
    ['{"tokens": [[1, 2, 3], [4, 5, 6]]}', shape(2, 3)],
    ['{"tokens": [1, 2, 3, 4, 5, 6], "shape": [3, 2]}', shape(3, 2)],
  ])('reads %j', (text, expected) => {
    const { grid } = readTokenText(text, 'x');
    expect(grid.shape).toEqual(expected);
    expect([...grid.tokens]).toEqual(Array.from(grid.tokens, (_, i) => i + 1));
  });

  it('takes the expected shape where there is none', () => {
    expect(readTokenText('1 2 3 4 5 6', 'x', shape(2, 3)).grid.shape).toEqual(shape(2, 3));
  });

  it.each([
    ['', 'tokens-invalid', { file: 'x', reason: 'no-numbers' }],
    ['no digits here', 'tokens-invalid', { file: 'x', reason: 'no-numbers' }],
    ['1 2 -3 4', 'tokens-invalid', { file: 'x', reason: 'not-whole' }],
    ['1 2 3.5 4', 'tokens-invalid', { file: 'x', reason: 'not-whole' }],
    ['1 2 3 4e10', 'tokens-invalid', { file: 'x', reason: 'not-whole' }],
    ['{"tokens": [1, 2', 'tokens-invalid', { file: 'x', reason: 'json' }],
    ['{"manifest": 1}', 'tokens-invalid', { file: 'x', reason: 'not-tokens' }],
    ['{"tokens": [1], "codebookSize": 0}', 'tokens-invalid', { file: 'x', reason: 'codebook-size' }],
    ['{"tokens": [1, 9, 3, 4], "codebookSize": 8}', 'tokens-range', { token: 9, size: 8 }],
    ['{"tokens": [1, 2, 3], "shape": [2, 2]}', 'tokens-shape', { count: 3, reason: '2 × 2' }],
    ['1 2 3', 'tokens-unshaped', { count: 3 }],
  ])('refuses %j by name', (text, code, parameters) => {
    expect(failure(() => readTokenText(text, 'x'))).toMatchObject({ code, parameters });
  });

  it.each(['<svg xmlns="http://www.w3.org/2000/svg"/>', 'Dear reader, 3 things', '\u0089PNG\r\n'])(
    'leaves %j to others',
    (text) => {
      expect(looksLikeTokens(utf8(text))).toBe(false);
    },
  );
});
