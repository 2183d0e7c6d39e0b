import { expect, test } from 'vitest';
import { stackEnds } from './bars_plugin';
import { nextPart, partAt } from './parts';

const one = (values: (number | null)[], below = false) => ({ label: '', color: '--series-1', values, below });
const series = [one([10]), one([5]), one([null]), one([7], true)];

test('a stack grows up from the axis, and down for what stands below it', () => {
  expect(partAt(series, 0, 3)).toBe(0);
  expect(partAt(series, 0, 12)).toBe(1);
  expect(partAt(series, 0, -2)).toBe(3);
});

test('beyond the ends the outermost part is meant', () => {
  expect(partAt(series, 0, 40)).toBe(1);
  expect(partAt(series, 0, -40)).toBe(3);
  expect(partAt([one([0])], 0, 1)).toBe(0);
});

test('of lines the nearest one is meant', () => {
  const lines = [one([10]), one([100]), one([null])];
  expect(partAt(lines, 0, 20, 'lines')).toBe(0);
  expect(partAt(lines, 0, 70, 'lines')).toBe(1);
});

test('keys go over parts without a value and stop at the end', () => {
  expect(nextPart(series, 0, 1, 1)).toBe(3);
  expect(nextPart(series, 0, 3, 1)).toBe(3);
  expect(nextPart(series, 0, 1, -1)).toBe(0);
});

test('a value below zero hangs down as well', () => {
  expect(stackEnds({ series: [one([-3]), one([2])], shape: 'bars', line: null })).toEqual({ tops: [2], bottoms: [-3] });
  expect(stackEnds({ series: [one([-3])], shape: 'lines', line: null })).toEqual({ tops: [0], bottoms: [-3] });
});

test('the scale holds both ends of every stack, and the compared line', () => {
  expect(stackEnds({ series, shape: 'bars', line: null })).toEqual({ tops: [15], bottoms: [-7] });
  expect(stackEnds({ series: [one([1])], shape: 'bars', line: [4] })).toEqual({ tops: [4], bottoms: [0] });
  expect(stackEnds({ series: [one([1]), one([9])], shape: 'lines', line: null })).toEqual({ tops: [9], bottoms: [0] });
});
