import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { playersBehind } from '../insight/drill';
import type { ApiClient } from './client';
import type { LinksAnswer, PlayerPage, TimelinePage } from './player_types';

/** More than this the server does not list at once. */
export const foundPlayersMax = 500;
const refreshMs = 30_000;

/** Players one of whose ids holds the text, those seen last first. */
export const foundPlayersQuery = (api: ApiClient, search: string) =>
  queryOptions({
    queryKey: ['players', 'found', search],
    queryFn: ({ signal }) =>
      api.get<PlayerPage>('api/v1/players', { search: search || undefined, limit: foundPlayersMax }, signal),
    refetchInterval: refreshMs,
    placeholderData: keepPreviousData,
  });

const timelinePageSize = 200;

export const timelineQuery = (api: ApiClient, player: string) =>
  infiniteQueryOptions({
    queryKey: ['players', 'timeline', player],
    queryFn: ({ signal, pageParam }) =>
      api.get<TimelinePage>(
        `api/v1/players/${encodeURIComponent(player)}/events`,
        { limit: timelinePageSize, before: pageParam },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: TimelinePage) => page.next ?? undefined,
  });

/** What is known of one player, by the canonical id: the player list's own row. */
export const playerFactsQuery = (api: ApiClient, player: string, today: string) =>
  queryOptions({
    queryKey: ['players', 'facts', player, today],
    queryFn: async ({ signal }) => {
      const filter = { field: 'player.id', is: 'equals', value: player };
      const page = await playersBehind(
        api,
        { kind: 'segment', query: { from: today, to: today, filter } },
        null,
        signal,
      );
      return page.players[0] ?? null;
    },
  });

export const linksQuery = (api: ApiClient, player: string) =>
  queryOptions({
    queryKey: ['players', 'links', player],
    queryFn: ({ signal }) => api.get<LinksAnswer>('api/v1/identity/links', { player, limit: 50 }, signal),
    refetchInterval: refreshMs,
  });
