// The questions of docs/reference/queries.md: their shapes, and how a page asks them.
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { DateRange } from '../state/range';
import type { ApiClient } from './client';
import type { Explanation } from './types';

export type QuestionKind =
  | 'trend'
  | 'metrics'
  | 'retention'
  | 'first_purchase'
  | 'funnel'
  | 'paths'
  | 'segment'
  | 'lifecycle'
  | 'stickiness'
  | 'churn'
  | 'ltv'
  | 'spenders'
  | 'progression';

export type Scalar = string | number | boolean | null;

export type Condition =
  | { field: string; is: string; value?: Scalar; values?: Scalar[] }
  | { did: string | null; at_least?: number; days?: number; where?: Condition }
  | { did_not: string | null; at_least?: number; days?: number; where?: Condition }
  | { all: Condition[] }
  | { any: Condition[] };

/** Whether who is meant depends on the days that are asked about, as with "did it twice in the last 7 days". */
export function looksAtRange(condition: Condition | undefined): boolean {
  if (condition === undefined) return false;
  if ('all' in condition) return condition.all.some(looksAtRange);
  if ('any' in condition) return condition.any.some(looksAtRange);
  return 'did' in condition || 'did_not' in condition;
}

/** Some questions are about players as they are now: a condition on single events says nothing there. */
export function isAboutPlayers(condition: Condition | undefined): boolean {
  if (condition === undefined) return true;
  if ('all' in condition) return condition.all.every(isAboutPlayers);
  if ('any' in condition) return condition.any.every(isAboutPlayers);
  return 'field' in condition ? condition.field.startsWith('player.') : true;
}

/** What every kind takes; the members of one kind come on top. */
export interface Question extends DateRange {
  filter?: Condition;
  breakdown?: string[];
  top?: number;
  [member: string]: unknown;
}

/** `coordinate` columns say where a row's number stands; the players behind it are found by them. */
export interface Column {
  name: string;
  type: string;
  coordinate?: boolean;
}

export type Row = Record<string, Scalar>;

export interface Answer<OneRow = Row> extends Explanation {
  columns: Column[];
  rows: OneRow[];
}

/** Coordinates of a number as they stand in its row, and `value` where a row has several numbers. */
export type Cell = Record<string, Scalar>;

export const numberOf = (row: Row | null | undefined, name = 'value'): number | null => {
  const value = row?.[name];
  return typeof value === 'number' ? value : null;
};

export const cellOf = (answer: { columns: Column[] }, row: Row): Cell =>
  Object.fromEntries(answer.columns.filter((column) => column.coordinate).map(({ name }) => [name, row[name] ?? null]));

/** What a row's breakdown reads as: its values, or that it stands for all others together. */
export const breakdownName = (row: Row, fields: string[]): string =>
  row['other'] === true ? 'Other' : fields.map((field) => String(row[field] ?? '(none)')).join(' · ');

/** Leaving the page, or asking something else, ends the request: the server stops working on it. */
export const questionQuery = <OneAnswer = Answer>(api: ApiClient, kind: QuestionKind, question: Question) =>
  queryOptions({
    queryKey: ['question', kind, question],
    queryFn: ({ signal }) => api.post<OneAnswer>(`api/v1/query/${kind}`, question, signal),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
