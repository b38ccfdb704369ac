import { describe, expect, it } from 'vitest';
import { modelKind, pictureAmong } from '../../src/state/model-files.ts';

const ONNX = Uint8Array.of(0x08, 0x08, 0x3a, 0x02, 0x0a, 0x00);
const PNG = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13);
const file = (name: string, content: Uint8Array<ArrayBuffer> = ONNX) => new File([content], name);

describe('files that were dropped together', () => {
  it.each([
    ['a graph with its weights', ['model.onnx', 'model.onnx.data'], 'onnx'],
    ['weights of a graph alone', ['encoder.onnx.data', 'decoder.onnx_data_1'], 'onnx'],
    ['a folder of this page', ['manifest.json', 'encoder.onnx'], 'folder'],
  ])('%s', async (_, names, kind) => {
    expect(await modelKind(names.map((name) => file(name, name.includes('data') ? PNG.slice(8) : ONNX)))).toBe(kind);
  });

  it('a picture beside a graph is to be looked at, one in a folder is not', async () => {
    const picture = file('photo.png', PNG);
    expect(await pictureAmong([file('model.onnx'), picture])).toBe(picture);
    const inFolder = file('figure.png', PNG);
    Object.defineProperty(inFolder, 'webkitRelativePath', { value: 'repository/assets/figure.png' });
    expect(await pictureAmong([file('model.onnx'), inFolder])).toBeUndefined();
  });
});
