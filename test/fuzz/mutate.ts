import fc from 'fast-check';

/** How often: `npm test` bounded, `npm run test:full` more and from another start each time. */
export function rounds<T>(count: number): fc.Parameters<T> {
  const full = process.env.TOKENSCOPE_FULL === '1';
  return full ? { numRuns: count * 10, endOnFailure: true } : { numRuns: count, seed: 20_240_531, endOnFailure: true };
}

/** For one test, on a busy machine. */
export const PATIENCE = 600_000;

type Change = (bytes: Uint8Array) => Uint8Array;

/** Numbers at which lengths and offsets go wrong. */
const EDGES = [
  0n,
  1n,
  2n,
  7n,
  0x7fn,
  0x80n,
  0xffn,
  0x7fffn,
  0xffffn,
  0x10000n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  2n ** 53n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true });
const at = (bytes: Uint8Array, where: number) => Math.floor(where * bytes.length);

const flip = fc.tuple(place, fc.integer({ min: 1, max: 255 })).map(
  ([where, bits]): Change =>
    (bytes) => {
      const changed = bytes.slice();
      changed[at(bytes, where)]! ^= bits;
      return changed;
    },
);

const truncate = place.map(
  (where): Change =>
    (bytes) =>
      bytes.slice(0, at(bytes, where)),
);

/** A piece copied over, put into or cut out of another place. */
const splice = fc.tuple(place, place, fc.nat(64), fc.constantFrom('over', 'into', 'out')).map(
  ([from, to, length, how]): Change =>
    (bytes) => {
      const [start, target] = [at(bytes, from), at(bytes, to)];
      const piece = how === 'out' ? new Uint8Array(0) : bytes.slice(start, start + length);
      const rest = bytes.slice(how === 'into' ? target : target + length);
      return Uint8Array.from([...bytes.slice(0, target), ...piece, ...rest]);
    },
);

/** A length field: a number of 1, 2, 4 or 8 bytes, either way round. */
const field = fc.tuple(place, fc.constantFrom(1, 2, 4, 8), fc.constantFrom(...EDGES), fc.boolean()).map(
  ([where, width, value, bigEndian]): Change =>
    (bytes) => {
      const changed = bytes.slice();
      const start = at(bytes, where);
      for (let i = 0; i < width && start + i < changed.length; i++) {
        changed[start + i] = Number((value >> BigInt(8 * (bigEndian ? width - 1 - i : i))) & 0xffn);
      }
      return changed;
    },
);

/** One to four changes, one after the other. */
export const mutation: fc.Arbitrary<Change> = fc
  .array(fc.oneof({ weight: 3, arbitrary: flip }, { weight: 3, arbitrary: field }, splice, truncate), {
    minLength: 1,
    maxLength: 4,
  })
  .map((changes) => (bytes) => changes.reduce((changed, change) => change(changed), bytes));
