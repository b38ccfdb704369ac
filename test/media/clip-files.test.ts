import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { quantize } from 'gifenc';
import { describe, expect, it } from 'vitest';
import { bitDepthOf, codecName } from '../../src/media/clips/codec-names.ts';
import { outlineOfBoxes, outlineOfSegment } from '../../src/media/clips/cut-off.ts';
import { ColourCount, gifTiming } from '../../src/media/clips/gif-palette.ts';
import { reducePlane } from '../../src/media/clips/reduce-planes.ts';
import { statedSize } from '../../src/media/clips/stated-size.ts';
import { outlineOfTransport } from '../../src/media/clips/transport-codecs.ts';
import { fileKind } from '../../src/media/file-kind.ts';

const blob = (name: string, keep = 1) => {
  const bytes = readFileSync(`test/fixtures/clips/${name}`);
  return new Blob([bytes.subarray(0, Math.floor(bytes.length * keep))]);
};

describe('the outline of a film', () => {
  it.each([
    ['h264.mp4', 1, true, false],
    ['h264.mov', 1, true, false],
    ['h264.mp4', 0.9, true, true],
    ['h264.mp4', 0.1, false, true],
    ['h264.mov', 0.6, false, true],
    ['h264.mov', 0.001, false, true],
  ])('%s of which %d is there', async (name, keep, hasIndex, cutOff) => {
    const outline = await outlineOfBoxes(blob(name, keep));
    expect([outline.index !== undefined, outline.cutOff]).toEqual([hasIndex, cutOff]);
  });

  it.each([
    ['vp9.webm', 1, false],
    ['h264.mkv', 1, false],
    ['vp9.webm', 0.9, true],
  ])('%s of which %d is there', async (name, keep, cutOff) => {
    expect(await outlineOfSegment(blob(name, keep))).toEqual({ cutOff });
  });
});

describe('a transport stream', () => {
  const bytes = (name: string) => new Uint8Array(readFileSync(`test/fixtures/clips/${name}`));

  it('names its video', () => {
    expect(outlineOfTransport(bytes('mpeg2.ts'))).toEqual({ listed: true, video: ['MPEG-2'] });
    expect(outlineOfTransport(bytes('h264.ts'))).toEqual({ listed: true, video: ['H.264'] });
  });

  it('says nothing where there is no table', () => {
    expect(outlineOfTransport(bytes('h264.mp4'))).toEqual({ listed: false, video: [] });
    expect(outlineOfTransport(bytes('mpeg2.ts').subarray(0, 300))).toEqual({ listed: false, video: [] });
  });

  it('never hangs on broken bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(700), (noise, at) => {
        const broken = bytes('mpeg2.ts');
        broken.set(noise, at);
        expect(outlineOfTransport(broken).video.length).toBeLessThan(64);
      }),
    );
  });
});

describe('the size that a picture states', () => {
  const stated = (name: string) => statedSize(new Blob([readFileSync(`test/fixtures/${name}`)]));

  it('is that of its header', async () => {
    expect(await stated('media/corners.png')).toMatchObject({ mayTurn: false });
    const [png, jpeg] = [await stated('media/corners.png'), await stated('media/corners.jpg')];
    expect(jpeg).toEqual({ ...png, mayTurn: true });
    expect(await stated('media/corners.webp')).toBeUndefined();
    expect(await statedSize(new Blob([new Uint8Array(9)]))).toBeUndefined();
  });
});

describe('codecs', () => {
  it('have the names people know', () => {
    expect(['avc', 'hevc', 'mp4v', 'V_THEORA', 'xyz1', ' '].map(codecName)).toEqual([
      ...['H.264', 'HEVC (H.265)', 'MPEG-4 Part 2', 'Theora', 'xyz1', '?'],
    ]);
  });

  it.each([
    ['avc1.64001f', 8],
    ['avc1.6e0016', 10],
    ['avc1.f4000d', undefined],
    ['hvc1.1.6.L93.B0', 8],
    ['hvc1.2.4.L120.B0', 10],
    ['vp09.00.10.08', 8],
    ['vp09.02.10.10.01', 10],
    ['av01.0.04M.10', 10],
    ['vp8', 8],
    ['', undefined],
  ])('%s has %s bits a channel', (parameter, bits) => expect(bitDepthOf(parameter)).toBe(bits));
});

describe('fileKind', () => {
  it.each([
    ['h264.mov', 'QuickTime'],
    ['h264.mkv', 'WebM'],
    ['av1.mp4', 'MP4'],
  ])('knows that %s is a film', (name, format) => {
    expect(fileKind(readFileSync(`test/fixtures/clips/${name}`))).toEqual({ family: 'video', format });
  });

  it('knows a transport stream by its packets', () => {
    const packets = new Uint8Array(188 * 3);
    for (const at of [0, 188, 376]) packets[at] = 0x47;
    expect(fileKind(packets)).toEqual({ family: 'video', format: 'MPEG-TS' });
  });
});

describe('a GIF', () => {
  it('has one palette, nearest to what all frames hold', () => {
    const colours = new ColourCount();
    const frame = (red: number) => new Uint8ClampedArray(Array.from({ length: 64 }, () => [red, 100, 50, 255]).flat());
    const bins = [10, 130, 250].map((red) => colours.add(frame(red)));
    const palette = quantize(colours.sample(), 255);
    const table = colours.nearest(palette);
    expect(bins.map((each) => palette[table[each[0]!]!]![0])).toEqual([10, 130, 250]);
  });

  it('keeps the shares of many colours in a sample that is not too large', () => {
    const colours = new ColourCount();
    const noise = new Uint8ClampedArray(4 << 20).map((_, i) => (i * 2654435761) >>> 24);
    colours.add(noise);
    expect(colours.sample().length).toBeLessThan(4 * (1 << 19));
  });

  it.each([
    [25, 1, [40, 40, 40]],
    [30, 1, [30, 40, 30]],
    [12, 1, [80, 90, 80]],
    [60, 2, [30, 40, 30]],
    [240, 5, [20, 20, 20]],
  ])('at %d frames a second keeps every %dth and its time', (rate, step, delays) => {
    const timing = gifTiming(rate);
    expect(timing.step).toBe(step);
    expect([0, 1, 2].map(timing.delayOf)).toEqual(delays);
  });
});

describe('a plane', () => {
  const plane = (width: number, height: number, at = 0, stride = width) => ({ at, stride, width, height });

  it('is reduced by averaging whole samples', () => {
    const source = Uint8Array.from([9, 9, 0, 10, 20, 30, 9, 9, 40, 50, 60, 71]);
    const out = new Uint8Array(3);
    reducePlane(source, plane(4, 2, 2, 6), out, plane(2, 1, 1));
    expect([...out]).toEqual([0, 25, 45]);
  });

  it('keeps one colour at any size, and the mean of all', () => {
    const sides = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));
    fc.assert(
      fc.property(sides, sides, fc.nat(255), ([w, h], [toW, toH], value) => {
        const to = plane(Math.min(w, toW), Math.min(h, toH));
        const out = new Uint8Array(to.width * to.height);
        reducePlane(new Uint8Array(w * h).fill(value), plane(w, h), out, to);
        expect(new Set(out)).toEqual(new Set([value]));
        const ramp = Uint8Array.from({ length: w * h }, (_, i) => (i * 37) % 256);
        reducePlane(ramp, plane(w, h), out, to);
        const mean = (values: Uint8Array) => values.reduce((sum, each) => sum + each, 0) / values.length;
        expect(Math.abs(mean(out) - mean(ramp))).toBeLessThan(4);
      }),
    );
  });
});
