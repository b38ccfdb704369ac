import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '../../../src/convert/containers/safetensors.ts';
import { readValues } from '../../../src/convert/tensors.ts';
import { TokenscopeError } from '../../../src/core/errors.ts';

/** A file from the text of its header (or its declared length) and its data. */
function file(header: string, data: readonly number[] = [], length = new TextEncoder().encode(header).length): Blob {
  const prefix = new Uint8Array(8);
  new DataView(prefix.buffer).setBigUint64(0, BigInt(length), true);
  return new Blob([prefix, header, Uint8Array.from(data)]);
}

const entry = (dtype: string, shape: readonly number[], from: number, to: number) =>
  `{"dtype":"${dtype}","shape":${JSON.stringify(shape)},"data_offsets":[${from},${to}]}`;

async function refusal(blob: Blob): Promise<string | undefined> {
  try {
    await readSafetensors(blob, 'a.safetensors');
    return undefined;
  } catch (error) {
    if (error instanceof TokenscopeError && error.code === 'model-corrupt') {
      return (error.parameters as { reason: string }).reason;
    }
    throw error;
  }
}

describe('a safetensors file', () => {
  it('of the published Python library: float32, bfloat16 and a scalar', async () => {
    const hex =
      'c0000000000000007b227175616e74697a652e656d62656464696e672e776569676874223a7b226474797065223a22463332222c227368617065223a5b' +
      '322c325d2c22646174615f6f666673657473223a5b302c31365d7d2c2268223a7b226474797065223a2242463136222c227368617065223a5b325d2c22' +
      '646174615f6f666673657473223a5b31362c32305d7d2c2273223a7b226474797065223a22493634222c227368617065223a5b5d2c22646174615f6f66' +
      '6673657473223a5b32302c32385d7d7d200000803f000000400000404000008040803f00c0fdffffffffffffff';
    const tensors = await readSafetensors(new Blob([Buffer.from(hex, 'hex')]), 'a.safetensors');
    expect([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
      ['quantize.embedding.weight', 'F32', [2, 2]],
      ['h', 'BF16', [2]],
      ['s', 'I64', []],
    ]);
    const values = await Promise.all([...tensors.values()].map(readValues));
    expect(values.map((each) => [...each!])).toEqual([[1, 2, 3, 4], [1, -2], [-3]]);
  });

  it('may have metadata, spaces after its header, empty tensors and scalars', async () => {
    const header = `{"__metadata__":{"a":"b"},"empty":${entry('F32', [0, 3], 0, 0)},"one":${entry('U8', [], 0, 1)}}   `;
    const tensors = await readSafetensors(file(header, [7]), 'a.safetensors');
    expect([...tensors.keys()]).toEqual(['empty', 'one']);
    expect([...(await readValues(tensors.get('one')!))!]).toEqual([7]);
  });

  it.each<[string, Blob, string]>([
    ['nothing', new Blob([]), 'too short for a safetensors file'],
    ['a header longer than the file', file('{}', [], 99), 'its header reaches past its end'],
    ['a header beyond all measure', file('{}', [], 2 ** 40), `a header of ${2 ** 40} bytes`],
    ['a web page', file('<!doctype html>'), 'its header does not begin with {'],
    ['spaces first', file(' {}'), 'its header does not begin with {'],
    ['half a header', file('{"a":'), 'its header is not JSON'],
    ['bytes that are no UTF-8', new Blob([file('{"', [], 4), Uint8Array.of(0xff, 0x7d)]), 'its header is not JSON'],
    [
      'a key twice',
      file(`{"a":${entry('U8', [1], 0, 1)},"a":${entry('U8', [1], 0, 1)}}`, [1]),
      'a key of its header occurs twice',
    ],
    ['lists in lists without end', file(`{"a":${'['.repeat(1e5)}${']'.repeat(1e5)}}`), 'its header is nested too deep'],
    ['an unknown type', file(`{"a":${entry('C64', [1], 0, 8)}}`, Array(8).fill(0)), 'tensor a has the type C64'],
    ['a type that every object has', file(`{"a":${entry('toString', [1], 0, 1)}}`, [1]), 'tensor a has the type toString'],
    ['no tensor at all', file('{"a":null}'), 'tensor a has the type undefined'],
    ['a shape below zero', file(`{"a":${entry('U8', [-1], 0, 1)}}`, [1]), 'tensor a has no shape'],
    ['a shape of halves', file(`{"a":${entry('U8', [0.5], 0, 1)}}`, [1]), 'tensor a has no shape'],
    ['one offset', file('{"a":{"dtype":"U8","shape":[1],"data_offsets":[0]}}', [1]), 'tensor a has no place'],
    ['too few bytes', file(`{"a":${entry('F32', [2], 0, 4)}}`, Array(4).fill(0)), 'tensor a has the wrong length'],
    ['an endless shape', file(`{"a":${entry('F32', [2 ** 40, 2 ** 40], 0, 8)}}`, [1]), 'tensor a has the wrong length'],
    ['offsets turned round', file(`{"a":${entry('U8', [1], 1, 0)}}`, [1]), 'tensor a has the wrong length'],
    ['a hole', file(`{"a":${entry('U8', [1], 1, 2)}}`, [0, 1]), 'bytes between its tensors'],
    ['an overlap', file(`{"a":${entry('U8', [2], 0, 2)},"b":${entry('U8', [2], 1, 3)}}`, [0, 0, 0]), 'tensors that overlap'],
    ['a cut end', file(`{"a":${entry('U8', [4], 0, 4)}}`, [0, 0]), 'it ends within a tensor'],
    ['something behind', file(`{"a":${entry('U8', [1], 0, 1)}}`, [0, 0]), 'bytes after its last tensor'],
    ['metadata with numbers', file('{"__metadata__":{"a":1}}'), '__metadata__ is not a map of words'],
    ['metadata that is a list', file('{"__metadata__":["a"]}'), '__metadata__ is not a map of words'],
  ])('is refused: %s', async (_, blob, reason) => {
    expect(await refusal(blob)).toBe(reason);
  });

  it('may say much in its metadata, colons and quotes too', async () => {
    const said = JSON.stringify(`"a": \\ ${'x'.repeat(2e7)}`);
    const blob = file(`{"__metadata__":{"about":${said}},"a":${entry('U8', [1], 0, 1)}}`, [1]);
    expect([...(await readSafetensors(blob, 'a.safetensors')).keys()]).toEqual(['a']);
  });

  it('any damage gives tensors or a named error', async () => {
    const good = new Uint8Array(
      await file(`{"a":${entry('F32', [1], 0, 4)},"b":${entry('U8', [2], 4, 6)}}`, [0, 0, 0, 0, 1, 2]).arrayBuffer(),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), async (at, byte, length) => {
        const bad = good.slice(0, length);
        if (at < length) bad[at] = byte;
        await refusal(new Blob([bad]));
      }),
      { numRuns: 300 },
    );
  });

  it('that we write is read back, with each tensor where its place says and aligned to its element', async () => {
    const tensor = fc.oneof(
      fc.uint8Array({ maxLength: 5 }).map((data) => ({ dtype: 'U8' as const, shape: [data.length], data })),
      fc.uint16Array({ maxLength: 5 }).map((data) => ({ dtype: 'F16' as const, shape: [1, data.length], data })),
      fc.int32Array({ maxLength: 5 }).map((data) => ({ dtype: 'I32' as const, shape: [data.length, 1], data })),
    );
    const name = fc.string({ maxLength: 6 }).filter((each) => each !== '__metadata__');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.tuple(name, tensor), { selector: ([each]) => each, maxLength: 6 }), async (list) => {
        const { bytes, places } = writeSafetensors(new Map(list));
        const read = await readSafetensors(new Blob([bytes]), 'a.safetensors');
        expect(new Set(read.keys())).toEqual(new Set(list.map(([each]) => each)));
        for (const [each, { dtype, shape, data }] of list) {
          const own = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
          expect(read.get(each)).toMatchObject({ dtype, shape });
          expect(new Uint8Array(await read.get(each)!.bytes())).toEqual(new Uint8Array(own));
          const { offset, length } = places.get(each)!;
          expect(bytes.subarray(offset, offset + length)).toEqual(new Uint8Array(own));
          expect(offset % data.BYTES_PER_ELEMENT).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('tensors that share their numbers', () => {
  it('are found under the names that save_model left out', async () => {
    const header = JSON.stringify({
      __metadata__: { b: 'a', c: 'nowhere', format: 'pt' },
      a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    });
    const bytes = new Uint8Array(8 + header.length + 4);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true);
    bytes.set(new TextEncoder().encode(header), 8);
    new DataView(bytes.buffer).setFloat32(8 + header.length, 7, true);
    const tensors = await readSafetensors(new Blob([bytes]), 'tied.safetensors');
    expect([...tensors.keys()]).toEqual(['a', 'b']);
    expect(new Float32Array(await tensors.get('b')!.bytes())).toEqual(Float32Array.of(7));
  });
});
