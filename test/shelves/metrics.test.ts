import { describe, expect, it } from 'vitest';
import type { MetricSample } from '../../src/core/metric.ts';
import type { Picture } from '../../src/core/picture.ts';
import type { TokenGrid } from '../../src/core/token-grid.ts';
import { measureAll, metrics } from '../../src/metrics/index.ts';

const grid: TokenGrid = { shape: { t: 1, h: 3, w: 4 }, tokens: Int32Array.of(0, 0, 0, 1, 1, 2, 2, 2, 5, 7, 7, 7) };

function draw(width: number, height: number, value: (x: number, y: number, channel: number) => number): Picture {
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let i = 0; i < width * height; i++) {
    for (let channel = 0; channel < 3; channel++) data[i * 4 + channel] = value(i % width, Math.floor(i / width), channel);
  }
  return { data, width, height };
}

const wave = (x: number, y: number, channel: number) => (x * (channel + 1) + 2 * y + ((x * y) >> 4)) & 255;
const noise = (x: number, y: number, channel: number) => ((x * 31 + y * 17 + channel * 7) % 23) - 11;

function sample(width: number, height: number): MetricSample {
  const source = draw(width, height, wave);
  const reconstruction = draw(width, height, (x, y, channel) => wave(x, y, channel) + noise(x, y, channel));
  return { source, reconstruction, grid, codebookSize: 8 };
}

function flat(width: number, height: number, value: number): Picture {
  return draw(width, height, () => value);
}

describe('every metric', () => {
  it('that needs tokens and a size alone does not look at the source', () => {
    const ordinary = sample(64, 48);
    const alone = Object.values(metrics).filter((metric) => metric.alone);
    expect(alone.length).toBeGreaterThan(3);
    for (const { measure } of alone) expect(measure({ ...ordinary, source: ordinary.reconstruction })).toBe(measure(ordinary));
  });

  it.each(Object.entries(metrics))('%s is a number for ordinary, identical, flat and tiny pictures', (_, metric) => {
    const ordinary = sample(201, 179);
    const samples = [
      ordinary,
      { ...ordinary, reconstruction: ordinary.source },
      { ...ordinary, source: flat(16, 16, 90), reconstruction: flat(16, 16, 90) },
      { ...ordinary, source: flat(1, 1, 0), reconstruction: flat(1, 1, 255) },
    ];
    for (const each of samples) expect(metric.measure(each)).not.toBeNaN();
    expect(metric.measure(ordinary)).toEqual(expect.any(Number));
  });

  it('has its own place in the list', () => {
    const orders = Object.values(metrics).map(({ order }) => order);
    expect(orders.length).toBeGreaterThanOrEqual(11);
    expect(new Set(orders).size).toBe(orders.length);
  });
});

describe('measureAll', () => {
  // Pictures: PSNR and SSIM by scikit-image 0.26, the rest by NumPy from the definitions.
  it('agrees with independent implementations on a small picture', () => {
    const measures = measureAll(sample(24, 20));
    expect(measures.psnr).toBeCloseTo(31.74757532151333, 10);
    expect(measures.ssim).toBeCloseTo(0.9042626471316213, 10);
    expect(measures.sharpness).toBeCloseTo(2.1189123346353402, 10);
    expect(measures['ms-ssim']).toBeNull();
  });

  it('agrees with independent implementations on a picture with odd sides', () => {
    const measures = measureAll(sample(201, 179));
    expect(measures.psnr).toBeCloseTo(31.79819965483352, 10);
    expect(measures.ssim).toBeCloseTo(0.9804071862452286, 10);
    expect(measures['ms-ssim']).toBeCloseTo(0.998530670663692, 10);
    expect(measures.sharpness).toBeCloseTo(1.0425547489833038, 10);
  });

  it('counts tokens as worked out by hand', () => {
    const measures = measureAll(sample(24, 20));
    expect(measures).toMatchObject({ bits: 36, 'bits-per-pixel': 36 / 480, 'compression-ratio': 320 });
    expect(measures).toMatchObject({ 'entries-used': 5, usage: 62.5 });
    expect(measures.entropy).toBeCloseTo(2.2295739585136225, 12);
    expect(measures.perplexity).toBeCloseTo(4.689954604468752, 12);
  });

  it('says that a picture is identical to itself', () => {
    const { source } = sample(200, 180);
    const measures = measureAll({ source, reconstruction: source, grid, codebookSize: 8 });
    expect(measures).toMatchObject({ psnr: Number.POSITIVE_INFINITY, sharpness: 1 });
    expect(measures.ssim).toBeCloseTo(1, 12);
    expect(measures['ms-ssim']).toBeCloseTo(1, 12);
  });

  it('leaves out what is not defined', () => {
    const black = flat(10, 10, 0);
    const measures = measureAll({ source: black, reconstruction: flat(10, 10, 255), grid, codebookSize: 1 });
    expect(measures).toMatchObject({ ssim: null, 'ms-ssim': null, sharpness: null, 'compression-ratio': null, psnr: 0 });
  });
});
