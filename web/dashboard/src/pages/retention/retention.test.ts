import { describe, expect, test } from 'vitest';
import { explanation } from '../../test_answers';
import {
  behindAverage,
  behindCohort,
  breakdownMatrix,
  cohortCurves,
  cohortMatrix,
  cohortMeans,
  type RetentionAnswer,
  type RetentionRow,
} from './cohort_rows';
import { retentionPlan } from './retention_plan';
import { retentionSearch } from './retention_search';

const range = { from: '2026-11-02', to: '2026-11-15' };
const row = (
  cohort_date: string,
  day: number,
  size: number,
  players: number,
  complete = true,
  more = {},
): RetentionRow => ({
  cohort_date,
  day,
  size,
  players,
  share: players / size,
  complete,
  ...more,
});
const answerOf = (rows: RetentionRow[], average: RetentionAnswer['average'] = []): RetentionAnswer => ({
  ...explanation,
  columns: [],
  rows,
  average,
});

describe('the question', () => {
  test('days reach as far as the oldest cohort has lived', () => {
    const { question, columns } = retentionPlan({}, range, '2026-11-16');
    expect(question).toEqual({ ...range, type: 'classic', days: [0, 1, 2, 3, 4, 5, 6, 7, 10, 14] });
    expect(columns[0]).toEqual({ day: 0, label: 'D0', long: 'Day 0', certain: true });
  });

  test('weeks ask for spans of seven days, named by their number', () => {
    const { question, columns } = retentionPlan({ by: 'week', start: 'a', back: 'b' }, range, '2026-11-16');
    expect(question).toMatchObject({ type: 'bracket', start: 'a', return: 'b' });
    expect(question['brackets']).toEqual([
      [0, 6],
      [7, 13],
      [14, 20],
    ]);
    // Coming back is another event than the start, so day 0 is not everybody.
    expect(columns[1]).toEqual({ day: 7, label: 'W1', long: 'Days 7 to 13', certain: false });
    expect(columns[0]!.certain).toBe(false);
  });

  test('who came by day 0 is not asked, and a single new cohort still has a column', () => {
    expect(
      retentionPlan({ kind: 'return' }, { from: '2026-11-15', to: '2026-11-15' }, '2026-11-15').question['days'],
    ).toEqual([1]);
  });

  test('the address keeps what differs from the usual, and drops nonsense', () => {
    expect(retentionSearch({ kind: 'classic', by: 'century', window: 'moon' })).toEqual({});
    expect(retentionSearch({ kind: 'classic', by: 'week' })).toEqual({ kind: 'classic', by: 'week' });
    expect(retentionSearch({ kind: 'bracket', by: 'week' })).toEqual({ by: 'week' });
    expect(retentionSearch({ start: 'a', back: 'b', filters: 'country:equals:DE' })).toEqual({
      start: 'a',
      back: 'b',
      filters: 'country:equals:DE',
    });
  });
});

describe('cohorts', () => {
  const rows = [
    row('2026-11-03', 0, 10, 10),
    row('2026-11-03', 7, 10, 4),
    row('2026-11-08', 0, 30, 30),
    row('2026-11-09', 0, 5, 5, false),
  ];
  const plan = retentionPlan({ by: 'week' }, range, '2026-11-16');
  const matrix = cohortMatrix(
    { answer: answerOf(rows), columns: plan.columns, unit: 'week', today: '2026-11-16' },
    plan.question,
  );

  test('days of a week add up; where one of them is missing or open, the sum is not final', () => {
    expect(matrix.rows.map(({ key, size }) => [key, size])).toEqual([
      ['2026-11-09', 5],
      ['2026-11-02', 40],
    ]);
    expect(matrix.rows[1]!.cells[0]).toEqual({ day: 0, players: 40, size: 40, share: 1, complete: true });
    // The cohort of 8 November has not reached day 7: the share is of the other one, and can still change.
    expect(matrix.rows[1]!.cells[1]).toEqual({ day: 7, players: 4, size: 10, share: 0.4, complete: false });
    expect(matrix.rows[0]!.cells).toEqual([{ day: 0, players: 5, size: 5, share: 1, complete: false }, null]);
    expect(matrix.columns.map(({ label }) => label)).toEqual(['W0', 'W1']);
    expect(matrix.highest).toBe(0.4);
  });

  test('a week leads to those of its days inside of the range, a day to its own', () => {
    const behind = behindCohort({ ...range, to: '2026-11-12' }, 'week', matrix.rows[0]!, 0);
    expect(behind).toEqual({ query: { from: '2026-11-09', to: '2026-11-12' }, cell: { day: 0 } });
    const day = { ...matrix.rows[0]!, key: '2026-11-03' };
    expect(behindCohort(range, 'day', day, 7)).toEqual({ query: range, cell: { cohort_date: '2026-11-03', day: 7 } });
  });

  test('curves leave out what is everybody by definition', () => {
    expect(cohortCurves(matrix, false).map(({ points }) => points.length)).toEqual([0, 1]);
    const average = cohortMatrix(
      {
        answer: answerOf(rows, [{ day: 7, size: 10, players: 4, share: 0.4, cohorts: 1 }]),
        columns: plan.columns,
        unit: 'week',
        today: '2026-11-16',
      },
      plan.question,
    );
    expect(cohortMeans(average)).toEqual([{ day: 7, players: 10, value: 0.4 }]);
  });

  test('"every day to N" has no cell before day N', () => {
    const full = retentionPlan({ kind: 'full' }, range, '2026-11-16');
    const open = cohortMatrix(
      {
        answer: answerOf([row('2026-11-14', 1, 5, 2), row('2026-11-14', 7, 5, 0, false)]),
        columns: full.columns,
        unit: 'day',
        today: '2026-11-16',
      },
      full.question,
    );
    expect(open.rows[0]!.cells.filter((cell) => cell !== null).map(({ day }) => day)).toEqual([1]);
  });
});

describe('a breakdown', () => {
  const ios = { platform: 'ios', other: false };
  const other = { platform: null, other: true };
  const answer = answerOf(
    [
      row('2026-11-03', 1, 10, 4, true, ios),
      row('2026-11-04', 1, 20, 5, true, ios),
      row('2026-11-05', 1, 7, 1, false, ios),
      row('2026-11-03', 1, 2, 1, true, other),
    ],
    [
      { day: 1, size: 30, players: 9, share: 0.3, cohorts: 2, ...ios },
      { day: 1, size: 2, players: 1, share: 0.5, cohorts: 1, ...other },
    ],
  );
  const { columns, question } = retentionPlan({ breakdown: 'platform' }, range, '2026-11-06');

  test('each value is a row of averages, with all that started in the range', () => {
    const matrix = breakdownMatrix({ answer, columns, unit: 'day', today: '2026-11-06' }, ['platform']);
    expect(matrix.rows.map(({ key, size }) => [key, size])).toEqual([
      ['ios', 37],
      ['Other', 2],
    ]);
    expect(matrix.rows[0]!.cells[1]).toEqual({ day: 1, players: 9, size: 30, share: 0.3, complete: true });
    expect(matrix.average).toBeNull();
  });

  test('an average leads to the cohorts that were in it; what comes together as "Other" leads nowhere', () => {
    expect(behindAverage(question, answer, ['platform'], 'ios', 1)).toEqual({
      query: { ...question, to: '2026-11-04', top: 100 },
      cell: { platform: 'ios', other: false, day: 1 },
    });
    expect(behindAverage(question, answer, ['platform'], 'Other', 1)).toBeNull();
    expect(behindAverage(question, answer, ['platform'], 'ios', 30)).toBeNull();
  });
});
