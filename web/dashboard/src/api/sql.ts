import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ApiClient } from './client';

// The shapes of docs/reference/sql.md.

export type SqlCell = string | number | boolean | null;

export interface SqlColumn {
  name: string;
  type: string;
}

export interface SqlAnswer {
  contract: number;
  as_of: string;
  row_count: number;
  columns: SqlColumn[];
  rows: SqlCell[][];
}

export interface SqlTable {
  name: string;
  meaning: string;
  columns: { name: string; type: string; meaning: string }[];
}

export const sqlTablesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['sql', 'tables'],
    queryFn: ({ signal }) => api.get<{ contract: number; tables: SqlTable[] }>('api/v1/sql/tables', {}, signal),
    staleTime: Infinity,
  });

// Numbers of JSON that JavaScript would round; the words of a text do not matter, they only make the check say yes for nothing.
const longNumber = /[[,]-?\d{16,}(?=[,\]])/;

/** Reads an answer, and keeps whole numbers beyond 2^53 as the digits that were sent. */
export function parseAnswer(text: string): SqlAnswer {
  if (!longNumber.test(text)) return JSON.parse(text) as SqlAnswer;
  // `source` is younger than some browsers; there the number is rounded, as it would be without this.
  const exact = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value) ? (context?.source ?? value) : value;
  return JSON.parse(text, exact as (key: string, value: unknown) => unknown) as SqlAnswer;
}

export interface TimedAnswer {
  answer: SqlAnswer;
  ms: number;
}

/** One run of a statement: the same text run again is another run. Leaving the page ends it. */
export const statementQuery = (api: ApiClient, sql: string, run: number) =>
  queryOptions({
    queryKey: ['sql', 'answer', sql, run],
    queryFn: async ({ signal }): Promise<TimedAnswer> => {
      const begin = performance.now();
      const response = await api.postForResponse('api/v1/sql', { sql }, 'application/json', signal);
      const answer = parseAnswer(await response.text());
      return { answer, ms: performance.now() - begin };
    },
    // Somebody waits for it and sees why it failed; asking again by itself would run it twice.
    retry: false,
    staleTime: Infinity,
    // An answer may be large.
    gcTime: 60_000,
  });

/** A statement of a page itself, which is asked again when the page is. */
export const sqlRowsQuery = (api: ApiClient, sql: string) =>
  queryOptions({
    queryKey: ['sql', 'rows', sql],
    queryFn: ({ signal }) => api.post<SqlAnswer>('api/v1/sql', { sql }, signal),
    staleTime: 60_000,
    placeholderData: keepPreviousData,
  });
