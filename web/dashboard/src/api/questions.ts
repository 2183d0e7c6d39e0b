import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import type { ApiClient } from './client';
import type { Explanation } from './types';

/** The answer of a question (docs/reference/queries.md): what it says of itself, then one object a row. */
export type TableAnswer<Row> = Explanation & { rows: Row[] };

const refreshMs = 60_000;

export const questionQuery = <Answer extends Explanation>(api: ApiClient, kind: string, question: object) =>
  queryOptions({
    queryKey: ['question', kind, question],
    queryFn: ({ signal }) => api.post<Answer>(`api/v1/query/${kind}`, question, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });
