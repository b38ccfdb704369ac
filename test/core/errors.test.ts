import { describe, expect, it } from 'vitest';
import { asTokenscopeError, fromWire, isAbort, TokenscopeError, toWire } from '../../src/core/errors.ts';

describe('errors across a worker', () => {
  it('keep their code and parameters', () => {
    const error = new TokenscopeError('tokens-range', { token: 9, size: 8 });
    expect(fromWire(structuredClone(toWire(error)))).toMatchObject({ code: 'tokens-range', parameters: { token: 9, size: 8 } });
  });

  it('stay aborts', () => {
    expect(isAbort(fromWire(toWire(AbortSignal.abort().reason)))).toBe(true);
  });

  it.each([new TypeError('odd'), 'odd', undefined])('become internal when they are not ours: %o', (thrown) => {
    expect(toWire(thrown).code).toBe('internal');
    expect(asTokenscopeError(thrown).code).toBe('internal');
  });
});
