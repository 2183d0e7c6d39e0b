import { describe, expect, test } from 'vitest';
import { labelledIndexes, labelSteps, scaleTop } from './axis';
import { stackEnds } from './bars_plugin';
import { sparklineStrokes } from './sparkline';

describe('axis labels', () => {
  test('the last bar always has one and they never touch', () => {
    for (const count of [1, 7, 30, 90, 400]) {
      for (const width of [300, 560, 1100]) {
        const indexes = labelledIndexes(count, width, 62, labelSteps.days);
        expect(indexes.at(-1)).toBe(count - 1);
        for (let i = 1; i < indexes.length; i += 1)
          expect(((indexes[i]! - indexes[i - 1]!) * width) / count).toBeGreaterThanOrEqual(55);
      }
    }
    expect(labelledIndexes(0, 500, 62, labelSteps.days)).toEqual([]);
  });

  test('days step by weeks, minutes by round numbers', () => {
    expect(labelledIndexes(30, 560, 62, labelSteps.days)).toEqual([1, 8, 15, 22, 29]);
    expect(labelledIndexes(30, 560, 62, labelSteps.minutes)).toEqual([4, 9, 14, 19, 24, 29]);
  });

  test('an empty chart still has a scale', () => expect(scaleTop(0)).toBe(1));
});

test('stacks are as high as their parts, or as the line over them', () => {
  const series = [
    { label: 'a', color: '--x', values: [1, null, 3] },
    { label: 'b', color: '--y', values: [2, 2, null] },
  ];
  expect(stackEnds({ series, line: [0, 9, null] }).tops).toEqual([3, 9, 3]);
});

test('a sparkline breaks where nothing is known', () => {
  expect(sparklineStrokes([1, 2, null, 3, 4])).toHaveLength(2);
  expect(sparklineStrokes([null, 5, null])).toEqual([]);
  expect(sparklineStrokes([0, 0])).toEqual(['0,26 100,26']);
});
