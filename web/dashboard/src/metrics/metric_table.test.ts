import { expect, test } from 'vitest';
import { explanation } from '../test_answers';
import { hasValues, metricCsv, metricQuestion, rangeChange, rangeTotal, type MetricTable } from './metric_table';

const table = (totals: MetricTable['totals'], values: (number | null)[] = [1]): MetricTable => ({
  ...explanation,
  metric: 'payers',
  totals,
  columns: [],
  rows: values.map((value, index) => ({
    metric: 'payers',
    date: `2026-11-0${index + 1}`,
    value,
    previous: null,
    provisional: index > 0,
  })),
});

test('the number of a range is the server’s, and its change is against the server’s for the period before', () => {
  const payers = table([{ metric: 'payers', value: 90, previous: 60 }], [50, 60]);
  expect(rangeTotal(payers)).toBe(90);
  expect(rangeChange(payers)).toBe(0.5);
  expect(rangeChange(table([{ metric: 'payers', value: 90, previous: 0 }]))).toBeNull();
  expect(rangeChange(table([]))).toBeNull();
});

test('days without a value, or of nothing but 0, are no chart', () => {
  expect(hasValues(table([], [null, 0]))).toBe(false);
  expect(hasValues(table([], [null, 2]))).toBe(true);
});

test('one metric is asked for by day and compared, within what the page looks at', () => {
  expect(metricQuestion({ from: 'a', to: 'b' }, 'revenue')).toEqual({
    from: 'a',
    to: 'b',
    metrics: ['revenue'],
    interval: 'day',
    compare: 'previous',
  });
});

test('the CSV says which days can still change', () => {
  expect(metricCsv(table([], [3, null]))).toEqual({
    header: ['date', 'payers', 'previous', 'provisional'],
    rows: [
      ['2026-11-01', 3, null, false],
      ['2026-11-02', null, null, true],
    ],
  });
});
