import { describe, expect, test } from 'vitest';
import { compareTokens } from '../../src/engine/check.ts';
import { quantizers } from '../../src/quantizers/index.ts';

/** Entries at 0, 1 and 2 on a line. */
const quantizer = quantizers.vq!.open({ kind: 'vq', codebookSize: 3, entryDimension: 1 }, Float32Array.of(0, 1, 2));

const compare = (latents: number[], tokens: number[], expected: number[], gap = 1e-4) =>
  compareTokens(
    Int32Array.from(tokens),
    Int32Array.from(expected),
    quantizer,
    { data: Float32Array.from(latents), d: 1, shape: { t: 1, h: 1, w: latents.length } },
    gap,
  );

describe('tokens against the training framework', () => {
  test('equal tokens are no difference', () => {
    expect(compare([0, 1, 2], [0, 1, 2], [0, 1, 2])).toEqual({ mismatched: 0, nearTies: 0 });
  });

  test('a clear choice that differs counts, one on the edge is a near tie', () => {
    // At 0.5 both are 0.25 away; at 0.6 they are 0.36 and 0.16.
    expect(compare([0.5, 0.6], [0, 0], [1, 1])).toEqual({ mismatched: 1, nearTies: 1 });
  });

  test('the gap grows with the smaller distance', () => {
    // At 0.50005: 0.2500500025 against 0.2499500025, a gap of 1e-4, allowed up to 1e-4 · 1.25.
    expect(compare([0.50005], [0], [1])).toEqual({ mismatched: 0, nearTies: 1 });
    expect(compare([0.5001], [0], [1])).toEqual({ mismatched: 1, nearTies: 0 });
    expect(compare([0.502], [0], [1], 1e-2)).toEqual({ mismatched: 0, nearTies: 1 });
  });

  test('another number of tokens is a difference in all', () => {
    expect(compare([0, 1], [0, 1], [0, 1, 2])).toEqual({ mismatched: 3, nearTies: 0 });
  });

  test('without a quantizer every difference counts', () => {
    expect(compareTokens(Int32Array.of(1), Int32Array.of(2), undefined, undefined, 1)).toEqual({ mismatched: 1, nearTies: 0 });
  });
});
