import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { animationDurations, mayMove } from '../../src/media/clips/animation-times.ts';
import { rhythmOf } from '../../src/media/clips/rhythm.ts';
import { beginnings, frameAt, refuseEmpty, spreadTimes, ticksWithin } from '../../src/media/clips/ticks.ts';

const fixture = (name: string) => new Uint8Array(readFileSync(`test/fixtures/${name}`));

describe('ticks', () => {
  it('stand where the window says, and end with the clip', () => {
    expect(ticksWithin({ start: 1, duration: 1, rate: 4 }, 10)).toEqual([1, 1.25, 1.5, 1.75]);
    expect(ticksWithin({ start: 9.5, duration: 5, rate: 4 }, 10)).toEqual([9.5, 9.75]);
    expect(ticksWithin({ start: 10, duration: 1, rate: 4 }, 10)).toEqual([]);
    expect(ticksWithin({ start: 2, duration: 0, rate: 25 }, 10)).toEqual([2]);
  });

  it('beyond the end are refused by name', () => {
    const facts = { duration: 2 } as Parameters<typeof refuseEmpty>[1];
    expect(() => refuseEmpty('a.mp4', facts, { start: 3, duration: 1, rate: 4 })).toThrow('clip-nothing');
    expect(() => refuseEmpty('a.mp4', facts, { start: 1, duration: 9, rate: 4 })).not.toThrow();
  });

  it('spread evenly for a ruler', () => expect(spreadTimes(4, 8)).toEqual([1, 3, 5, 7]));

  it('show the newest frame at or before them', () => {
    const times = [0.5, 1, 1.5];
    expect([0, 0.5, 0.99, 0.9995, 1.2, 99].map((time) => frameAt(times, time))).toEqual([0, 0, 0, 1, 1, 2]);
  });

  it('at the rate of a clip show each frame once, however its times are rounded', () => {
    const rates = fc.constantFrom(8, 12, 15, 23.976, 24, 25, 29.97, 30, 50, 59.94, 60, 120, 240);
    fc.assert(
      fc.property(rates, fc.integer({ min: 2, max: 300 }), (rate, frames) => {
        const rounded = Array.from({ length: frames }, (_, i) => Math.round((1000 * i) / rate) / 1000);
        const ticks = ticksWithin({ start: 0, duration: frames / rate, rate }, frames / rate);
        expect(ticks.map((time) => frameAt(rounded, time))).toEqual(rounded.map((_, i) => i));
      }),
    );
  });
});

describe('the rhythm of frames', () => {
  it.each([24, 25, 30, 24000 / 1001, 30000 / 1001, 60, 240, 12.5])('at %d a second is found through rounding', (rate) => {
    const times = Array.from({ length: 200 }, (_, i) => Math.round((1000 * i) / rate) / 1000);
    const found = rhythmOf(times);
    expect(found.steady).toBe(true);
    expect(found.rate).toBeCloseTo(rate, 2);
  });

  it('is not steady where frames wait', () => {
    expect(rhythmOf([0, 0.04, 0.08, 0.3, 0.34])).toEqual({ rate: 4 / 0.34, steady: false, late: 0, fastest: 25 });
  });

  it('is steady where frames tremble a little, and says how late they come', () => {
    const trembling = [0, 0.0335, 0.0669, 0.0992, 0.1333, 0.1667];
    const { steady, late, rate } = rhythmOf(trembling);
    expect({ steady, rate: Math.round(rate) }).toEqual({ steady: true, rate: 30 });
    expect(late).toBeCloseTo(0.0002, 3);
    const ticks = ticksWithin({ start: 0, duration: 0.2, rate }, 0.2);
    expect(ticks.map((time) => frameAt(trembling, time, late + 0.001))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is not where small delays add up to a frame', () => {
    const slow = Array.from({ length: 60 }, (_, i) => (i < 30 ? i * 0.032 : 30 * 0.032 + (i - 30) * 0.035));
    expect(rhythmOf(slow)).toMatchObject({ steady: false, fastest: 31.25 });
  });

  it('of varying frames never counts two that only rounding tells apart', () => {
    expect(rhythmOf([0, 0.001, 0.04, 0.08, 0.5]).fastest).toBe(25.64);
    expect(rhythmOf([0, 0.004, 0.3, 0.31]).fastest).toBe(120);
  });

  it('of one frame, or of frames without times, is one a second', () => {
    expect([rhythmOf([]), rhythmOf([3]), rhythmOf([1, 1])]).toEqual(Array(3).fill({ rate: 1, steady: true, late: 0 }));
  });
});

describe('an animation', () => {
  it.each([
    ['clips/animated.gif', 'GIF', 18, 1.51],
    ['clips/animated.png', 'PNG', 18, 1.5],
    ['clips/animated.webp', 'WebP', 18, 1.499],
    ['media/corners.png', 'PNG', 1, 1],
    ['media/corners.webp', 'WebP', 1, 1],
  ])('%s tells how long its frames stand', (name, format, frames, seconds) => {
    const durations = animationDurations(fixture(name), format)!;
    expect(durations).toHaveLength(frames);
    expect(durations.reduce((sum, duration) => sum + duration, 0)).toBeCloseTo(seconds, 3);
  });

  it('that was cut off tells of the frames that are there', () => {
    const whole = fixture('clips/animated.gif');
    expect(animationDurations(whole.subarray(0, whole.length >> 1), 'GIF')!.length).toBeLessThan(12);
    expect(animationDurations(whole.subarray(0, 20), 'GIF')).toBeUndefined();
  });

  it('too fast to be meant so is slowed down, as browsers do', () => {
    const gif = fixture('clips/animated.gif');
    const control = gif.findIndex((byte, i) => byte === 0x21 && gif[i + 1] === 0xf9);
    gif.fill(0, control + 4, control + 6);
    expect(animationDurations(gif, 'GIF')![0]).toBe(0.1);
  });

  it('never hangs on broken bytes', () => {
    const formats = fc.constantFrom('GIF', 'PNG', 'WebP');
    fc.assert(
      fc.property(formats, fc.uint8Array({ maxLength: 400 }), fc.nat(400), (format, noise, at) => {
        const name = { GIF: 'animated.gif', PNG: 'animated.png', WebP: 'animated.webp' }[format]!;
        const bytes = fixture(`clips/${name}`);
        bytes.set(noise.subarray(0, bytes.length - at), at);
        for (const seconds of animationDurations(bytes, format) ?? []) expect(seconds).toBeGreaterThan(0);
      }),
    );
  });

  it.each([
    ['clips/animated.png', 'PNG', true],
    ['clips/animated.webp', 'WebP', true],
    ['clips/animated.avif', 'AVIF', true],
    ['media/corners.png', 'PNG', false],
    ['media/corners.webp', 'WebP', false],
    ['media/corners.avif', 'AVIF', false],
    ['media/corners.jpg', 'JPEG', false],
  ])('%s: whether it may move is seen at its head', (name, format, moves) => {
    expect(mayMove(fixture(name).subarray(0, 4096), format)).toBe(moves);
  });

  it('begins each frame where the one before ends', () => {
    expect(Array.from(beginnings([0.5, 0.25, 1]))).toEqual([0, 0.5, 0.75]);
  });
});
