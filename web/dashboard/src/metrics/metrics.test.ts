import { describe, expect, test } from 'vitest';
import { metric, points, retention } from '../test_answers';
import { retentionCsv, retentionMatrix, tintStep } from './retention_matrix';
import { foldPoints, relativeChange, retentionByCohort, retentionSummary, summarize } from './summary';

describe('summary', () => {
  const today = '2026-11-04';

  test('a sum shows the total of the API', () => {
    const result = summarize({
      current: metric([1, 2, 3, 4], 10),
      previous: undefined,
      fold: { by: 'sum' },
      previousFold: undefined,
      today,
    });
    expect(result).toEqual({ value: 10, basis: 'total', change: null });
  });

  test('a ratio shows the number of the API for the range where it gives one', () => {
    const fold = { by: 'weighted_mean', weights: points([1, 1]) } as const;
    expect(
      summarize({ current: metric([1, 3], 2.5), previous: undefined, fold, previousFold: undefined, today }).value,
    ).toBe(2.5);
    expect(
      summarize({ current: metric([1, 3]), previous: undefined, fold, previousFold: undefined, today }).value,
    ).toBe(2);
  });

  test('a mean per day leaves out the day that still runs', () => {
    const result = summarize({
      current: metric([10, 20, 30, 1]),
      previous: undefined,
      fold: { by: 'daily_mean' },
      previousFold: undefined,
      today,
    });
    expect(result.value).toBe(20);
  });

  test('on the first day ever the running day is all there is', () => {
    const result = summarize({
      current: metric([7]),
      previous: undefined,
      fold: { by: 'daily_mean' },
      previousFold: undefined,
      today: '2026-11-01',
    });
    expect(result.value).toBe(7);
  });

  test('a ratio is weighted by its denominator', () => {
    expect(foldPoints(points([10, 2, null]), { by: 'weighted_mean', weights: points([1, 9, 5]) })).toBeCloseTo(2.8);
    expect(foldPoints(points([10]), { by: 'weighted_mean', weights: points([0]) })).toBeNull();
  });

  test('the change compares as many days as have ended', () => {
    const result = summarize({
      current: metric([20, 20, 20, 1], 61),
      previous: metric([10, 10, 10, 500], 530),
      fold: { by: 'sum' },
      previousFold: { by: 'sum' },
      today,
    });
    expect(result.change).toBe(1);
  });

  test('there is no change against nothing', () => {
    expect(relativeChange(5, 0)).toBeNull();
    expect(relativeChange(5, null)).toBeNull();
    expect(relativeChange(0, 5)).toBe(-1);
  });

  test('retention compares in points and takes only cohorts that are complete', () => {
    const better = retention({ average: [{ day: 1, share: 0.5, size: 10 }] });
    expect(retentionSummary(better, retention(), 1)).toMatchObject({ value: 0.5, change: expect.closeTo(0.1) });
    expect(retentionSummary(retention(), undefined, 7)).toMatchObject({ value: null, change: null });
    expect(retentionByCohort(retention(), 1).map((cohort) => cohort.value)).toEqual([0.4, null, null]);
  });
});

describe('retention matrix', () => {
  test('newest first, without empty cohorts and without the future', () => {
    const matrix = retentionMatrix(retention(), '2026-11-04');
    expect(matrix.rows.map((row) => row.key)).toEqual(['2026-11-03', '2026-11-01']);
    expect(matrix.rows[0]!.cells.map((cell) => cell?.players ?? null)).toEqual([50, 10, null]);
    // Day 7 of the older cohort lies in the future although the answer has a cell for it.
    expect(matrix.rows[1]!.cells[2]).toBeNull();
    expect(matrix.average).toEqual([{ share: 1, size: 150 }, { share: 0.4, size: 100 }, null]);
    expect(matrix.highest).toBe(0.4);
  });

  test('the csv has one line per cell, with its completeness', () => {
    expect(retentionCsv(retentionMatrix(retention(), '2026-11-04')).rows).toContainEqual([
      '2026-11-03',
      50,
      1,
      10,
      0.2,
      false,
    ]);
  });

  test('tints grow with the share and keep zero apart', () => {
    const steps = [0, 0.001, 0.1, 0.2, 0.4].map((share) => tintStep(share, 0.4, 8));
    expect(steps).toEqual([0, 1, 2, 4, 7]);
    expect(tintStep(0.9, 0.4, 8)).toBe(7);
    expect(tintStep(0, 0, 8)).toBe(0);
  });
});
