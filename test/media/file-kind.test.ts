import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fileKind } from '../../src/media/file-kind.ts';

const folder = 'test/fixtures/media/';
const FORMATS: Readonly<Record<string, string>> = {
  ...{ png: 'PNG', jpg: 'JPEG', webp: 'WebP', avif: 'AVIF', gif: 'GIF', bmp: 'BMP', heic: 'HEIC', tif: 'TIFF', svg: 'SVG' },
};
const pictures = readdirSync(folder).filter((name) => name.split('.')[1]! in FORMATS && name !== 'not-a-picture.png');

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

describe('fileKind', () => {
  it.each(pictures)('knows %s', (name) => {
    expect(fileKind(readFileSync(folder + name))).toEqual({ family: 'picture', format: FORMATS[name.split('.')[1]!] });
  });

  it.each([
    ['clip.mp4', 'video', 'MP4'],
    ['document.pdf', 'pdf', 'PDF'],
    ['not-a-picture.png', 'text', 'text'],
  ])('knows that %s is a %s', (name, family, format) => {
    expect(fileKind(readFileSync(folder + name))).toEqual({ family, format });
  });

  it.each([
    ['\x08\x07\x12\x07pytorch', 'model', 'ONNX'],
    ['\x08\x0a:\x90\x01', 'model', 'ONNX'],
    ['\x40\0\0\0\0\0\0\0{"__metadata__":{}}', 'model', 'safetensors'],
    [`PK\x03\x04${'\0'.repeat(26)}archive/data.pkl`, 'model', 'PyTorch'],
    [`PK\x03\x04${'\0'.repeat(26)}photos/cat.jpg`, 'archive', 'ZIP'],
    ['\x80\x02}q\0', 'model', 'pickle'],
    ['\x1f\x8b\x08', 'archive', 'gzip'],
    ['\x1a\x45\xdf\xa3\x01', 'video', 'WebM'],
    ['RIFF\x10\0\0\0AVI LIST', 'video', 'AVI'],
    ['\0\0\0\x14ftypqt  \0\0\0\0qt  ', 'video', 'QuickTime'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1avif', 'picture', 'AVIF'],
    ['\0\0\0\x18ftypmif1\0\0\0\0mif1heic', 'picture', 'HEIC'],
    ['<!doctype html><html><body><svg></svg>', 'text', 'text'],
    ['{"a": 1}', 'text', 'text'],
    ['BMW is a car', 'text', 'text'],
    ['\0\0\0\0\0\0\0\0', 'unknown', ''],
    ['', 'unknown', ''],
  ])('knows %j', (head, family, format) => {
    expect(fileKind(bytes(head))).toEqual({ family, format });
  });

  it('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (head) => {
        expect(fileKind(head).family).toEqual(expect.any(String));
      }),
    );
  });
});
