import { expect, test } from 'vitest';
import { dragged, movedBy, resizedBy } from '../../src/app/crop.ts';
import { sizeChoices } from '../../src/app/size-choices.ts';

const rule = { reduction: 8, multipleOf: 16, minimum: 32, maximum: 512 };

test('a crop never leaves the picture', () => {
  expect(dragged({ x: 0.75, y: 1.5 }, { x: -1, y: 0.25 })).toEqual({ x: 0, y: 0.25, width: 0.75, height: 0.75 });
  const rect = { x: 0.5, y: 0.5, width: 0.25, height: 0.25 };
  expect(movedBy(rect, 9, -9)).toEqual({ x: 0.75, y: 0, width: 0.25, height: 0.25 });
  expect(resizedBy(rect, 9, -9)).toEqual({ x: 0.5, y: 0.5, width: 0.5, height: 0.02 });
});

test('size choices obey the model and hold the present size', () => {
  const choices = sizeChoices(rule, { height: 208, width: 304 }, { height: 1000, width: 2000 });
  expect(choices).toContainEqual({ height: 208, width: 304 });
  expect(choices).toContainEqual({ height: 128, width: 256 });
  expect(choices.every(({ height, width }) => height % 16 === 0 && width % 16 === 0 && height >= 32 && width <= 512)).toBe(true);
  expect(new Set(choices.map(({ height, width }) => `${height} ${width}`)).size).toBe(choices.length);
});

test('a model of one size offers that one', () => {
  const fixed = { ...rule, preferred: [256, 256] as const, fixed: true };
  expect(sizeChoices(fixed, { height: 256, width: 256 }, { height: 10, width: 20 })).toEqual([{ height: 256, width: 256 }]);
});
