import { describe, expect, it } from 'vitest';
import { amountRamp, cssColour, geometryColours, hashColour, mix, oklab, parseColour, ramp } from '../../src/core/colour.ts';

describe('colours', () => {
  it('are written as CSS and read again', () => {
    expect(cssColour(0x00ff07)).toBe('#00ff07');
    expect(parseColour('#00ff07')).toBe(0x00ff07);
  });

  // Ottosson's own examples: white, and sRGB red at L 0.62796, a 0.22486, b 0.12585.
  it('agree with published OKLab values', () => {
    expect(cssColour(oklab(1, 0, 0))).toBe('#ffffff');
    expect(cssColour(oklab(0.62796, 0.22486, 0.12585))).toBe('#ff0000');
  });

  it('lie on the ramp from end to end', () => {
    const { light } = amountRamp;
    expect([ramp(light, -1), ramp(light, 0.25), ramp(light, 2)]).toEqual([light[0], light[1], light[4]]);
    expect(mix(0x000000, 0x204060, 0.5)).toBe(0x102030);
  });

  it('of tokens are the same each time and fit 24 bits', () => {
    expect(hashColour(7)).toBe(hashColour(7));
    const geometry = Float32Array.from({ length: 3 * 500 }, (_, i) => (Math.imul(i + 1, 0x9e3779b1) >>> 0) / 2 ** 32);
    const colours = [...geometryColours(geometry), ...Array.from({ length: 500 }, (_, i) => hashColour(i))];
    expect(colours).toHaveLength(1000);
    for (const colour of colours) {
      expect(colour).toBeGreaterThanOrEqual(0);
      expect(colour).toBeLessThanOrEqual(0xffffff);
    }
  });
});
