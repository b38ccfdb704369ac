import { describe, expect, it } from 'vitest';
import { packModel } from '../../../src/engine/onnx/pack.ts';
import { unpackZip } from '../../../src/engine/onnx/unpack.ts';

const never = new AbortController().signal;

describe('a model folder as a zip file', () => {
  it('comes back as it was', async () => {
    const large = new Uint8Array(9 * 2 ** 20).map((_, i) => i % 251);
    const files = { 'manifest.json': new Blob(['{}']), 'weights.bin': new Blob([large]), 'empty.bin': new Blob([]) };
    const back = await unpackZip(await packModel(files, never), 'model.zip');
    expect(Object.keys(back)).toEqual(Object.keys(files));
    expect(Buffer.compare(Buffer.from(await back['weights.bin']!.arrayBuffer()), Buffer.from(large))).toBe(0);
    expect(await back['manifest.json']!.text()).toBe('{}');
    expect(back['empty.bin']!.size).toBe(0);
  });

  it('stops when asked to', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(packModel({ 'a.bin': new Blob(['x']) }, stop.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('packed by somebody else: folders, clutter, compression', async () => {
    const { zipSync } = await import('fflate');
    const text = new TextEncoder().encode('hello '.repeat(1000));
    const zip = zipSync({ model: { 'a.onnx': text, '.DS_Store': text }, __MACOSX: { 'a.onnx': text } });
    const files = await unpackZip(new Blob([Uint8Array.from(zip)]), 'model.zip');
    expect(Object.keys(files)).toEqual(['model/a.onnx']);
    expect(await files['model/a.onnx']!.text()).toBe('hello '.repeat(1000));
  });

  it('that is none, or leads out of itself', async () => {
    await expect(unpackZip(new Blob(['PK, but no zip']), 'a.zip')).rejects.toMatchObject({ code: 'checkpoint-damaged' });
    const { zipSync } = await import('fflate');
    const bad = zipSync({ '../../etc/passwd': new Uint8Array(3) });
    await expect(unpackZip(new Blob([Uint8Array.from(bad)]), 'a.zip')).rejects.toMatchObject({ code: 'checkpoint-unsafe' });
  });
});
