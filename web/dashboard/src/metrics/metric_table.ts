import type { Answer, Question } from '../api/questions';
import type { CsvCell } from '../format/csv';
import type { Comparison } from '../state/compare';
import { relativeChange } from './summary';

/** The answer of a question of kind "metrics" for one metric, compared with another range. */
export interface MetricRow {
  metric: string;
  date: string;
  value: number | null;
  previous?: number | null;
  provisional: boolean;
}

export type MetricTable = Answer<MetricRow> & {
  totals: { metric: string; value: number | null; previous?: number | null }[];
};

export const metricQuestion = (asks: Question, metric: string, compare: Comparison = 'previous'): Question => ({
  ...asks,
  metrics: [metric],
  interval: 'day',
  compare,
});

/** The server's own number for the whole range, not a sum of its days: distinct players cannot be added up. */
export const rangeTotal = (table: MetricTable): number | null => table.totals[0]?.value ?? null;

/** Against the period before; null where there is nothing to compare with. */
export const rangeChange = (table: MetricTable): number | null =>
  relativeChange(rangeTotal(table), table.totals[0]?.previous ?? null);

export const hasValues = (table: MetricTable): boolean =>
  table.rows.some((row) => row.value !== null && row.value !== 0);

export const metricCsv = (table: MetricTable): { header: string[]; rows: CsvCell[][] } => ({
  header: ['date', table.metric, 'previous', 'provisional'],
  rows: table.rows.map((row) => [row.date, row.value, row.previous ?? null, row.provisional]),
});
