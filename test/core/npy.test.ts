import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNpy, writeNpy } from '../../src/core/npy.ts';

// Written by NumPy 2.4, in base64.
const files = JSON.parse(readFileSync('test/fixtures/numpy-files.json', 'utf8')) as Record<string, string>;
const open = (name: string) => readNpy(Uint8Array.from(Buffer.from(files[name]!, 'base64')), `${name}.npy`);
const ramp = (value: (i: number) => number, count = 6) => Array.from({ length: count }, (_, i) => value(i));

describe('readNpy', () => {
  it.each([
    ['<f4', ramp((i) => i / 4)],
    ['<f2', ramp((i) => i / 4 - 1)],
    ['<f8', ramp((i) => i / 8)],
    ['<i4', ramp((i) => i - 3)],
    ['<i8', ramp((i) => i * 2 ** 40)],
    ['<i2', ramp((i) => i - 3)],
    ['<u2', ramp((i) => i + 65000)],
    ['<u4', ramp((i) => i + 4_000_000_000)],
    ['|u1', ramp((i) => i + 250)],
  ])('reads %s as NumPy wrote it', (name, values) => {
    const { shape, data } = open(name);
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual(values);
  });

  it('turns Fortran order into C order', () => {
    const { shape, data } = open('fortran');
    expect(shape).toEqual([2, 3, 4]);
    expect([...data]).toEqual(ramp((i) => i, 24));
  });

  it('reads a single number', () => {
    expect(open('scalar')).toEqual({ shape: [], data: Float32Array.of(7) });
  });

  it.each([
    ['big', 'type'],
    ['bool', 'type'],
  ])('refuses %s by name', (name, reason) => {
    expect(() => open(name)).toThrow(
      expect.objectContaining({ code: 'npy-invalid', parameters: { file: `${name}.npy`, reason } }),
    );
  });

  it('refuses a shape larger than its file before it takes memory', () => {
    const bytes = writeNpy(Float32Array.of(1, 2), [2]);
    const text = Buffer.from(bytes).toString('latin1').replace('(2,), }  ', '(99999999,), }').slice(0, bytes.length);
    expect(() => readNpy(Uint8Array.from(Buffer.from(text, 'latin1')), 'x')).toThrow(
      expect.objectContaining({ parameters: { file: 'x', reason: 'short' } }),
    );
  });
});

describe('writeNpy', () => {
  it.each([
    [Float32Array.of(1.5, -2), [2]],
    [Int32Array.of(1, 2, 3, 4), [1, 2, 2]],
    [Uint16Array.of(1, 65535), [2, 1]],
    [Uint8Array.of(0, 255), [1, 2]],
  ])('writes %o so that it reads back', (data, shape) => {
    const bytes = writeNpy(data, shape);
    expect(bytes.length - data.byteLength).toBe(64 * Math.ceil((bytes.length - data.byteLength) / 64));
    expect(readNpy(bytes, 'x')).toEqual({ shape, data });
  });
});
