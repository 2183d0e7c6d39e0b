import { queryOptions } from '@tanstack/react-query';
import type { ApiClient } from './client';

// The shapes of docs/reference/exports.md.

export interface RunningQuery {
  id: string;
  kind: string;
  text: string;
  /** Who asks: "key:3" with the number of `gamemetrics key list`, "user:3", "token:7". */
  asker: string;
  started_at: string;
  running_ms: number;
  /** Of a streamed answer: what was sent. */
  rows: number;
  bytes: number;
  cancelled: boolean;
}

// What is watched lasts seconds; a cancelled one has to be seen leaving.
const refreshMs = 2000;

export const runningQueriesQuery = (api: ApiClient) =>
  queryOptions({
    queryKey: ['queries', 'running'],
    queryFn: ({ signal }) => api.get<{ queries: RunningQuery[] }>('api/v1/queries', {}, signal),
    refetchInterval: refreshMs,
  });

export const cancelQuery = (api: ApiClient, id: string) =>
  api.remove<{ id: string; cancelled: boolean }>(`api/v1/queries/${encodeURIComponent(id)}`);
