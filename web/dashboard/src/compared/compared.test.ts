import { describe, expect, test } from 'vitest';
import { comparedRange } from '../state/compare';
import { changeOf, comparedRows, type ComparedValue } from './compared_rows';

const count = (name: string, value: number | null, share?: number): ComparedValue => ({
  name,
  kind: 'count',
  value,
  ...(share === undefined ? {} : { share }),
});
const fair = { isWhole: true, hasEnded: true };
const change = (now: ComparedValue, before: ComparedValue, fairness = fair) =>
  changeOf({ name: now.name, now, before }, fairness);

describe('what a range is compared with', () => {
  test('the days before, or the same weekdays a year ago', () => {
    const range = { from: '2026-11-02', to: '2026-11-15' };
    expect(comparedRange(range, 'previous')).toEqual({ from: '2026-10-19', to: '2026-11-01' });
    const lastYear = comparedRange(range, 'same_weekdays_last_year');
    expect(lastYear).toEqual({ from: '2025-11-03', to: '2025-11-16' });
    expect(new Date(lastYear.from).getUTCDay()).toBe(new Date(range.from).getUTCDay());
  });
});

describe('two answers side by side', () => {
  test('rows keep the order of the shown range; what only one of them has stays, without the other', () => {
    const rows = comparedRows([count('US', 9), count('DE', 5)], [count('DE', 7), count('FR', 3)]);
    expect(rows.map(({ name, now, before }) => [name, now?.value ?? null, before?.value ?? null])).toEqual([
      ['US', 9, null],
      ['DE', 5, 7],
      ['FR', null, 3],
    ]);
  });

  test('shares change in points, other numbers in relation', () => {
    expect(change(count('a', 30, 0.3), count('a', 90, 0.45))).toEqual({ value: 0.3 - 0.45, kind: 'points' });
    expect(change(count('a', 30), count('a', 24))).toEqual({ value: 0.25, kind: 'relative' });
    expect(change({ name: 'a', kind: 'share', value: 0.5 }, { name: 'a', kind: 'share', value: 0.25 })).toEqual({
      value: 0.25,
      kind: 'points',
    });
  });

  test('nothing is said where it would mislead: a range that still runs, a game that is younger, nothing before', () => {
    const running = { isWhole: true, hasEnded: false };
    expect(change(count('a', 30), count('a', 24), running)).toBeNull();
    expect(change(count('a', 30, 0.3), count('a', 24, 0.2), running)?.kind).toBe('points');
    expect(change(count('a', 30, 0.3), count('a', 24, 0.2), { isWhole: false, hasEnded: true })).toBeNull();
    expect(change(count('a', 30), count('a', 0))).toBeNull();
    expect(changeOf({ name: 'a', now: count('a', 3), before: null }, fair)).toBeNull();
  });
});
