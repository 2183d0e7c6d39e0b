import { expect, test } from 'vitest';
import { linear, roundTicks } from './scale';

test('ticks are round and reach over the highest value', () => {
  expect(roundTicks(11, 5)).toEqual([0, 5, 10, 15]);
  expect(roundTicks(0.28, 3)).toEqual([0, 0.1, 0.2, 0.3]);
  expect(roundTicks(100, 5)).toEqual([0, 20, 40, 60, 80, 100]);
  expect(roundTicks(0, 5)).toEqual([0, 1]);
});

test('a scale runs from the bottom up', () => {
  const y = linear(10, 100, 20);
  expect([y(0), y(5), y(10)]).toEqual([100, 60, 20]);
  expect(linear(0, 100, 20)(3)).toBe(100);
});
