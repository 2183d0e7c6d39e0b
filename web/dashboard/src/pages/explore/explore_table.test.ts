import { describe, expect, test } from 'vitest';
import { numberOf } from '../../api/questions';
import { explanation } from '../../test_answers';
import { parseSearch, stringifySearch } from '../../state/search';
import { exploreQuestion, exploreSearch } from './explore_search';
import { exploreCsv, exploreTable } from './explore_table';

const row = (date: string, country: string | null, value: number, provisional = false) => ({
  series: 'A',
  date,
  country,
  other: country === null,
  value,
  previous: 1,
  provisional,
});
const answer = {
  ...explanation,
  columns: [],
  totals: [],
  rows: [
    row('2026-11-01', 'US', 7),
    row('2026-11-02', 'US', 8, true),
    row('2026-11-01', null, 3),
    row('2026-11-02', null, 4, true),
  ],
};

describe('explore', () => {
  test('rows become series by position, and one provisional row makes its position provisional', () => {
    const table = exploreTable(answer, ['country'], 'Events');
    expect(table.positions).toEqual(['2026-11-01', '2026-11-02']);
    expect(table.provisional).toEqual([false, true]);
    expect(table.series.map(({ name, rows }) => [name, rows.map((one) => numberOf(one))])).toEqual([
      ['US', [7, 8]],
      ['Other', [3, 4]],
    ]);
    expect(exploreCsv(table, true).rows[3]).toEqual(['2026-11-02', 'Other', 4, 1, true]);
  });

  test('the address survives, and nonsense in it is dropped', () => {
    const query =
      '?filters=country%3Ain%3ADE%2CFR&breakdown=platform&event=purchase&measure=sum&field=revenue&view=bar&compare=previous';
    expect(stringifySearch(exploreSearch(parseSearch(query)) as Record<string, unknown>)).toBe(query);
    expect(exploreSearch({ measure: 'events', interval: 'year', view: 'pie', compare: 'x' })).toEqual({});
  });

  test('the address is the question', () => {
    const range = { from: '2026-11-01', to: '2026-11-02' };
    expect(exploreQuestion({ measure: 'sum' }, range)).toBeNull();
    expect(exploreQuestion({ metric: 'dau', event: 'x', interval: 'week' }, range)).toEqual({
      kind: 'metrics',
      question: { ...range, top: 5, interval: 'week', metrics: ['dau'] },
    });
    expect(exploreQuestion({ event: 'purchase', measure: 'players', compare: 'previous' }, range)).toEqual({
      kind: 'trend',
      question: {
        ...range,
        top: 5,
        interval: 'day',
        compare: 'previous',
        series: [{ event: 'purchase', measure: 'players' }],
      },
    });
  });
});
