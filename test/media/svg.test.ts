import { describe, expect, it } from 'vitest';
import { svgSize } from '../../src/media/svg.ts';

describe('svgSize', () => {
  it.each([
    ['width="48" height="32"', 48, 32, true],
    ['width="1in" height="2.54cm"', 96, 96, true],
    ["width='12pt' height = '3pc'", 16, 48, true],
    ['width="100" viewBox="0 0 20 10"', 100, 50, true],
    ['height="100" viewBox="0,0,20,10"', 200, 100, true],
    ['width="100%" height="100%" viewBox="0 0 24 12"', 512, 256, false],
    ['viewBox="0 0 1000 800"', 1000, 800, false],
    ['viewBox="0 0 0 0"', 512, 512, false],
    ['width="-3" height="abc"', 512, 512, false],
    ['stroke-width="3" data-height="9"', 512, 512, false],
    ['', 512, 512, false],
  ])('reads <svg %s>', (attributes, width, height, told) => {
    expect(svgSize(`<?xml version="1.0"?><svg ${attributes}><rect width="7" height="7"/></svg>`)).toEqual({
      width,
      height,
      told,
    });
  });

  it('passes over comments and prefixes', () => {
    const text = '<!-- <svg width="1" height="1"> --><s:svg xmlns:s="http://www.w3.org/2000/svg" width="5" height="6"/>';
    expect(svgSize(text)).toEqual({ width: 5, height: 6, told: true });
  });
});
