import type { ApiClient } from '../api/client';
import type { Cell } from '../api/questions';
import type { PlayerPage } from '../api/player_types';
import { infiniteQueryOptions } from '@tanstack/react-query';

/** A number of an answer, told so that the server can list the players behind it: the question and the cell's coordinates. */
export interface Drill {
  kind: string;
  query: object;
  cell?: Cell;
}

const pageSize = 100;

/** One page of the players behind a number. List and number come from the same statement of the server. */
export const playersBehind = (
  api: ApiClient,
  drill: Drill,
  after: number | null,
  signal: AbortSignal,
): Promise<PlayerPage> =>
  api.post<PlayerPage>(
    'api/v1/query/players',
    { ...drill, limit: pageSize, ...(after === null ? {} : { after }) },
    signal,
  );

export const playersBehindQuery = (api: ApiClient, drill: Drill) =>
  infiniteQueryOptions({
    queryKey: ['players', 'behind', drill],
    queryFn: ({ signal, pageParam }) => playersBehind(api, drill, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: (page: PlayerPage) => page.next,
  });
