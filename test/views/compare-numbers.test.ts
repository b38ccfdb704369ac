import { describe, expect, it } from 'vitest';
import { bestOf, measureText, timeText } from '../../src/views/compare-numbers.ts';

describe('the best of several rows', () => {
  it('is the highest or the lowest, as the metric says', () => {
    expect(bestOf([19.7, 27, 24], 'higher', 2)).toEqual([false, true, false]);
    expect(bestOf([19.7, 27, 24], 'lower', 2)).toEqual([true, false, false]);
    expect(bestOf([1, 2], 'neither', 0)).toEqual([false, false]);
  });

  it('needs a second value, and a lead that can be read', () => {
    expect(bestOf([27, undefined, null], 'higher', 2)).toEqual([false, false, false]);
    expect(bestOf([0.7411, 0.7409], 'higher', 3)).toEqual([false, false]);
    expect(bestOf([5, 5, 1], 'higher', 0)).toEqual([true, true, false]);
  });
});

describe('numbers as people read them', () => {
  it('carry their unit', () => {
    expect(measureText(19.726, { digits: 2, unit: 'dB' })).toBe('19.73 dB');
    expect(measureText(10_240, { digits: 0, unit: 'bits' })).toBe('10,240');
    expect(measureText(153.6, { digits: 1, unit: ': 1' })).toBe('153.6 : 1');
  });

  it('say short times finely and long ones in seconds', () => {
    expect([timeText(4.26), timeText(92.4), timeText(12_340)]).toEqual(['4.3 ms', '92 ms', '12.3 s']);
  });
});
