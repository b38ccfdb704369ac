import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_FRAMING } from '../../src/core/framing.ts';
import { packTokens, unpackTokens } from '../../src/core/token-bits.ts';
import { cutAtlas, cutStrip, recordedFor } from '../../src/state/recorded.ts';
import { surroundings } from './make-playground.ts';

test('tokens survive packing, whatever the codebook', () => {
  const codebooks = fc.integer({ min: 1, max: 2 ** 18 }).chain((entries) =>
    fc.record({
      entries: fc.constant(entries),
      tokens: fc.array(fc.integer({ min: 0, max: entries - 1 }), { maxLength: 300 }),
    }),
  );
  fc.assert(
    fc.property(codebooks, ({ entries, tokens }) => {
      expect([...unpackTokens(packTokens(tokens, entries), tokens.length, entries)]).toEqual(tokens);
    }),
  );
});

test('ten bits a token, most significant first', () => {
  expect(packTokens([1023, 0, 512], 1024)).toBe(btoa(String.fromCharCode(0b11111111, 0b11000000, 0b00001000, 0b00000000)));
});

test('a recorded result counts only for its sample and the framing it was made with', () => {
  const { manifest } = surroundings.catalog[0]!;
  expect(recordedFor(manifest, 'one', DEFAULT_FRAMING)).toBeDefined();
  expect(recordedFor(manifest, 'two', DEFAULT_FRAMING)).toBeUndefined();
  expect(recordedFor(manifest, undefined, DEFAULT_FRAMING)).toBeUndefined();
  expect(recordedFor(manifest, 'one', { ...DEFAULT_FRAMING, fit: 'stretch' })).toBeUndefined();
  expect(recordedFor(manifest, 'one', { ...DEFAULT_FRAMING, width: 128 })).toBeUndefined();
});

test('a strip is cut into frames, row by row', () => {
  // Five frames of 1 × 2 pixels in two columns; the sixth place is empty.
  const data = new Uint8ClampedArray(4 * 3 * 4).map((_, i) => (Math.floor(i / 16) * 2 + (Math.floor(i / 8) % 2)) * 10);
  const frames = cutStrip({ data, width: 4, height: 3 }, { height: 1, width: 2 }, 5);
  expect(frames.map((frame) => [...new Set(frame.data)])).toEqual([[0], [10], [20], [30], [40]]);
  expect(frames[0]).toMatchObject({ height: 1, width: 2 });
});

test('an atlas is cut into one picture for each entry', () => {
  // Three pictures of 2 × 2 in two columns; each pixel is the number of its entry.
  const width = 4;
  const data = new Uint8ClampedArray(width * 4 * 4);
  for (let y = 0; y < 4; y++)
    for (let x = 0; x < 4; x++) data.fill((y >> 1) * 2 + (x >> 1), (y * width + x) * 4, (y * width + x + 1) * 4);
  const { side, data: cut, known } = cutAtlas({ data, width, height: 4 }, 2, 2, 3);
  expect(side).toBe(2);
  expect([...known]).toEqual([1, 1, 1]);
  expect([0, 1, 2].map((entry) => [...new Set(cut.subarray(entry * 16, entry * 16 + 16))])).toEqual([[0], [1], [2]]);
});
