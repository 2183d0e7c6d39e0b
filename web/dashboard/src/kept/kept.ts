import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ApiClient } from '../api/client';
import { ApiError } from '../api/problem';
import { useApi } from '../session/session';

// What people keep about a project on the server (docs/reference/kept.md): the server knows its kinds and ids, this its words.

export type Kind = 'note' | 'segment' | 'board';

export interface Kept<Body> {
  id: string;
  changed_at: string;
  /** "user:3", "key:1" */
  changed_by: string;
  body: Body;
}

/** A body of somebody else's making, or null where it is none of ours. */
type Read<Body> = (body: unknown) => Body | null;

const path = (kind: Kind): string => `api/v1/kept/${kind}`;

async function list(api: ApiClient, kind: Kind, signal: AbortSignal): Promise<Kept<unknown>[]> {
  try {
    return (await api.get<{ items: Kept<unknown>[] }>(path(kind), {}, signal)).items ?? [];
  } catch (error) {
    // A server of before anything was kept has nothing.
    if (error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

const refreshMs = 60_000;

export const keptQuery = (api: ApiClient, kind: Kind) =>
  queryOptions({
    queryKey: ['kept', kind],
    queryFn: ({ signal }) => list(api, kind, signal),
    staleTime: refreshMs,
    refetchInterval: refreshMs,
  });

export function readAll<Body>(items: Kept<unknown>[] | undefined, read: Read<Body>): Kept<Body>[] {
  return (items ?? []).flatMap((item) => {
    const body = read(item.body);
    return body === null ? [] : [{ ...item, body }];
  });
}

export function useKept<Body>(kind: Kind, read: Read<Body>) {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error } = useQuery(keptQuery(api, kind));
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['kept', kind] });
  const keep = useMutation({
    mutationFn: ({ id, body }: { id: string; body: Body }) => api.put<Kept<Body>>(`${path(kind)}/${id}`, body),
    onSuccess,
  });
  const forget = useMutation({ mutationFn: (id: string) => api.remove<void>(`${path(kind)}/${id}`), onSuccess });
  return {
    items: readAll(data, read),
    keep: keep.mutate,
    forget: forget.mutate,
    busy: keep.isPending || forget.isPending,
    failure: keep.error ?? forget.error ?? error,
  };
}

/** Letters and digits that nobody chose: whoever keeps two things by one name keeps two things. */
export const newKeptId = (): string => Math.random().toString(36).slice(2, 12).padEnd(4, '0');
